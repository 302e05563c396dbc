//! Bytes as stored: files, standard input, the output of a child. Counts what is read, and never
//! holds more than a fixed number of files open.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::limits;

/// A stream of bytes that a thread may take along.
pub(super) type Bytes = Box<dyn Read + Send>;

/// What all sources together are doing.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// Stored bytes read so far.
    pub(super) read: AtomicU64,
    /// Sources being read.
    pub(super) open: AtomicUsize,
}

impl Gauge {
    /// How much text each source may hold now.
    pub(super) fn chunk(&self) -> usize {
        let open = self.open.load(Ordering::Relaxed).max(1);
        (limits::TEXT_HELD / open).clamp(limits::CHUNK_MIN, limits::CHUNK)
    }

    /// How many batches of each source may wait for the consumer.
    pub(super) fn batches_ahead(&self) -> usize {
        if self.crowded() { 1 } else { limits::BATCHES_AHEAD }
    }

    /// Whether more sources are open than files should be.
    fn crowded(&self) -> bool {
        self.open.load(Ordering::Relaxed) > limits::FILES_OPEN
    }
}

/// Counts what passes, for one source and for all.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    /// Stored bytes read of this source.
    pub(super) own: Arc<AtomicU64>,
    pub(super) gauge: Arc<Gauge>,
}

impl Counter {
    pub(super) fn new(gauge: &Arc<Gauge>) -> Self {
        Counter { own: Arc::default(), gauge: Arc::clone(gauge) }
    }

    fn add(&self, bytes: usize) {
        self.own.fetch_add(bytes as u64, Ordering::Relaxed);
        self.gauge.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A stream that is counted.
pub(super) struct Counted<R> {
    pub(super) inner: R,
    pub(super) counter: Counter,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counter.add(read);
        Ok(read)
    }
}

/// A file that may be closed and opened again between blocks.
pub(super) struct Stored {
    path: PathBuf,
    identity: (u64, u64),
    at: u64,
    handle: Option<File>,
    gauge: Arc<Gauge>,
}

impl Stored {
    /// Opens a regular file; anything else is refused before it is opened, since opening a FIFO
    /// waits for its writer.
    pub(super) fn open(path: &Path, gauge: &Arc<Gauge>) -> io::Result<Stored> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("no longer a regular file"));
        }
        let handle = File::open(path)?;
        let identity = identity(&handle.metadata()?);
        let (path, gauge) = (path.to_owned(), Arc::clone(gauge));
        Ok(Stored { path, identity, at: 0, handle: Some(handle), gauge })
    }

    fn opened(&mut self) -> io::Result<File> {
        if let Some(handle) = self.handle.take() {
            return Ok(handle);
        }
        let mut handle = File::open(&self.path)?;
        if identity(&handle.metadata()?) != self.identity {
            return Err(io::Error::other("replaced by another file while it was read"));
        }
        handle.seek(SeekFrom::Start(self.at))?;
        Ok(handle)
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut handle = self.opened()?;
        let read = handle.read(buffer)?;
        self.at += read as u64;
        if !self.gauge.crowded() {
            self.handle = Some(handle);
        }
        Ok(read)
    }
}

/// What makes a file the same file under any name: device and inode.
pub(super) fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Reads on until the buffer holds `most` bytes or the stream ends, and says whether it ended. What
/// was read before an error stays in the buffer, which grows no more than a block beyond it.
pub(super) fn read_up_to(
    input: &mut impl Read,
    buffer: &mut Vec<u8>,
    most: usize,
) -> io::Result<bool> {
    let mut filled = buffer.len();
    let ended = loop {
        if filled >= most {
            break Ok(false);
        }
        buffer.resize(most.min(filled + limits::BLOCK), 0);
        match input.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break Ok(true),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(filled);
    ended
}

/// A stream whose beginning has been looked at.
pub(super) struct Begun {
    head: Vec<u8>,
    given: usize,
    rest: Bytes,
}

impl Begun {
    pub(super) fn new(head: Vec<u8>, rest: Bytes) -> Self {
        Begun { head, given: 0, rest }
    }
}

impl Read for Begun {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head.get(self.given..).unwrap_or_default();
        if head.is_empty() {
            // Thousands of sources may be open: none keeps what it has given.
            self.head = Vec::new();
            return self.rest.read(buffer);
        }
        let count = head.len().min(buffer.len());
        buffer[..count].copy_from_slice(&head[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_crowd_a_file_is_opened_anew_and_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "0123456789").unwrap();
        let gauge = Arc::new(Gauge::default());
        gauge.open.store(limits::FILES_OPEN + 1, Ordering::Relaxed);
        let mut stored = Stored::open(&path, &gauge).unwrap();
        let (mut four, mut rest) = ([0; 4], String::new());
        stored.read_exact(&mut four).unwrap();
        assert!(stored.handle.is_none());
        fs::rename(&path, folder.path().join("log.1")).unwrap();
        assert!(stored.read_to_string(&mut rest).is_err(), "the file is gone");
        fs::write(&path, "another file").unwrap();
        assert!(stored.read_to_string(&mut rest).is_err(), "another one took its place");
        fs::rename(folder.path().join("log.1"), &path).unwrap();
        stored.read_to_string(&mut rest).unwrap();
        assert_eq!((&four, rest.as_str()), (b"0123", "456789"));
    }
}
