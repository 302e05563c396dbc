//! What the fuzzer found worth keeping: an archive a target (`corpus/NAME.tar.zst`), one file an
//! input.

use std::io;

/// Bytes of a block of a tar archive (POSIX.1-1988, ustar).
const BLOCK: usize = 512;
/// Where a header holds the length, in octal digits.
const LENGTH: std::ops::Range<usize> = 124..135;
/// Where a header says what is stored, and how it says that it is a file.
const KIND: (usize, u8) = (156, b'0');

/// The inputs kept for the target of this name; none where nothing is kept yet.
///
/// # Errors
/// When the archive cannot be read.
pub fn kept(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let archive = format!("corpus/{target}.tar.zst");
    let packed = match std::fs::read(crate::folder().join(archive)) {
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        packed => packed?,
    };
    Ok(files(&zstd::decode_all(packed.as_slice())?))
}

/// The files of a tar archive, whose names do not matter.
fn files(mut archive: &[u8]) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    while let Some((header, rest)) = archive.split_first_chunk::<BLOCK>() {
        let length = header[LENGTH].iter().fold(0, |n, digit| n * 8 + usize::from(digit & 7));
        let (content, _) = rest.split_at(length.min(rest.len()));
        if header[KIND.0] == KIND.1 {
            files.push(content.to_vec());
        }
        archive = rest.get(length.next_multiple_of(BLOCK)..).unwrap_or_default();
    }
    files
}
