//! From stored bytes to text bytes: unpacking, and decoders for files that are logs but not text.
//! Everything streams, and nothing unfolds without bound.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tocsin_event::Time;
use tocsin_parse::{capture, exports};

use super::input::{Begun, Bytes, Counted, Counter, Gauge, Stored, read_up_to};
use super::kind::{self, Packing};
use super::limits::{self, Unfolding};
use super::{
    Origin, Source, columns, documents, evtx, journal, logins, network, otel, utf16, zeek,
};

/// A kind of file that is a log but not a record a line.
struct Decoder {
    /// Whether a file that begins like this is one.
    looks_like: fn(&[u8]) -> bool,
    /// Its records as lines.
    text: fn(Bytes) -> Bytes,
    /// Whether nothing but a log looks like this.
    surely_log: bool,
}

/// The decoders, tried in this order on the unpacked bytes.
const DECODERS: &[Decoder] = &[
    Decoder { looks_like: logins::is_logins, text: logins::text, surely_log: true },
    Decoder { looks_like: evtx::is_evtx, text: evtx::text, surely_log: true },
    Decoder { looks_like: capture::is_capture, text: network::capture, surely_log: true },
    Decoder { looks_like: exports::is_export, text: network::messages, surely_log: true },
    Decoder { looks_like: zeek::is_columns, text: zeek::text, surely_log: true },
    Decoder { looks_like: columns::is_columns, text: columns::text, surely_log: true },
    Decoder { looks_like: otel::is_otel, text: otel::text, surely_log: true },
    Decoder { looks_like: documents::is_documents, text: documents::text, surely_log: false },
];

/// Text bytes, and what else is known of them.
pub(super) struct Unpacked {
    pub(super) text: Bytes,
    /// When the packer says the text was last written.
    pub(super) written: Option<Time>,
    /// Whether this is a log, whatever its records say.
    pub(super) surely_log: bool,
}

/// Opens a source as text.
///
/// # Errors
/// When it cannot be read, or is no log: the message says what it is.
pub(super) fn open(source: &Source, gauge: &Arc<Gauge>) -> io::Result<Unpacked> {
    let counter = Counter::new(gauge);
    let taken = Arc::clone(&counter.own);
    let mut stored: Bytes = match &source.origin {
        Origin::Stdin => Box::new(Counted { inner: io::stdin(), counter }),
        Origin::File(path) => Box::new(Counted { inner: Stored::open(path, gauge)?, counter }),
    };
    let mut start = Vec::new();
    read_up_to(&mut stored, &mut start, limits::MARK)?;
    if start.starts_with(kind::JOURNAL) {
        return journal::open(&source.origin);
    }
    let packing = Packing::of(&start);
    let written = if packing == Packing::Gzip { gzip_time(&start) } else { None };
    let plain = unpack(packing, Box::new(Begun::new(start, stored)))?;
    let (text, surely_log) = match packing {
        Packing::Plain => decode(plain)?,
        _ => decode(Box::new(Bounded { taken, ..Bounded::new(plain) }))?,
    };
    Ok(Unpacked { text, written, surely_log })
}

/// The bytes of a file that is no log, unpacked.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn unpacked(path: &Path) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    read_up_to(&mut file, &mut start, limits::MARK)?;
    let packing = Packing::of(&start);
    unpack(packing, Box::new(Begun::new(start, Box::new(file))))
}

fn unpack(packing: Packing, stored: Bytes) -> io::Result<Bytes> {
    if packing == Packing::Plain {
        return Ok(stored);
    }
    let stored = BufReader::with_capacity(limits::PACKED_BLOCK, stored);
    Ok(match packing {
        Packing::Plain => Box::new(stored),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(stored)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(stored)),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?;
            decoder.window_log_max(limits::ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        Packing::Xz => {
            let flags = liblzma::stream::CONCATENATED;
            let stream = liblzma::stream::Stream::new_stream_decoder(limits::DECODER_MEMORY, flags)
                .map_err(io::Error::other)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(stored, stream))
        }
    })
}

/// When the packed file was written (RFC 1952, 2.3.1: MTIME).
fn gzip_time(start: &[u8]) -> Option<Time> {
    let seconds = start.get(4..8)?.iter().rev().fold(0, |n, byte| n << 8 | i64::from(*byte));
    (seconds != 0).then(|| Time::from_secs(seconds))
}

/// The text of unpacked bytes, and whether they are surely a log.
fn decode(plain: Bytes) -> io::Result<(Bytes, bool)> {
    let (mut head, mut whole) = begun(plain)?;
    // Templates of exports are small numbers of two bytes, as letters are in UTF-16.
    if let Some(utf16) = utf16::text(&head).filter(|_| !exports::is_export(&head)) {
        (head, whole) = begun(utf16(whole))?;
    }
    if let Some(what) = kind::known(&head) {
        return Err(no_log(what));
    }
    let decoder = DECODERS.iter().find(|decoder| (decoder.looks_like)(&head));
    match decoder {
        Some(decoder) => Ok(((decoder.text)(whole), decoder.surely_log)),
        None if kind::is_text(&head) => Ok((whole, false)),
        None => Err(no_log("a binary file")),
    }
}

/// How a stream begins, and all of it.
fn begun(mut stream: Bytes) -> io::Result<(Vec<u8>, Bytes)> {
    let mut head = Vec::new();
    let rest: Bytes = match read_up_to(&mut stream, &mut head, limits::HEAD) {
        Ok(_) => stream,
        Err(error) if head.is_empty() => return Err(error),
        Err(error) => Box::new(Fails(Some(error))),
    };
    Ok((head.clone(), Box::new(Begun::new(head, rest))))
}

fn no_log(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Gives an error once, then the end.
struct Fails(Option<io::Error>);

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Stops a stream that unfolds to more than its stored bytes can stand for.
struct Bounded {
    inner: Bytes,
    taken: Arc<AtomicU64>,
    given: u64,
    bounds: Unfolding,
}

impl Bounded {
    fn new(inner: Bytes) -> Self {
        Bounded { inner, taken: Arc::default(), given: 0, bounds: limits::UNFOLDING }
    }

    fn is_bomb(&self) -> bool {
        let by_ratio = self.taken.load(Ordering::Relaxed).saturating_mul(self.bounds.ratio);
        self.given > self.bounds.most || self.given > by_ratio.max(self.bounds.free)
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_bomb() {
            return Err(io::Error::other(format!(
                "decompression bomb: stopped after {} MiB",
                self.given >> 20
            )));
        }
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(given: usize, taken: u64) -> io::Result<u64> {
        let bounds = Unfolding { free: 1 << 16, ratio: 10, most: 1 << 20 };
        let inner: Bytes = Box::new(io::repeat(b'a').take(given as u64));
        let mut stream = Bounded { taken: Arc::new(taken.into()), bounds, ..Bounded::new(inner) };
        io::copy(&mut stream, &mut io::sink())
    }

    #[test]
    fn what_unfolds_too_far_is_stopped() {
        assert_eq!(bounded(60_000, 1).unwrap(), 60_000, "little is free");
        assert_eq!(bounded(200_000, 30_000).unwrap(), 200_000, "within the ratio");
        assert!(bounded(200_000, 10_000).is_err(), "beyond the ratio");
        assert!(bounded(2_000_000, 1_000_000).is_err(), "beyond any size");
    }
}
