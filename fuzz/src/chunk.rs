//! Chunks of Windows' event logs, which stand for themselves: whatever is in one, the file is read.

use crate::packed;

/// The length of a file's head, before its first chunk.
pub(crate) const HEAD: usize = 4096;
/// The length of a chunk.
const CHUNK: usize = 64 * 1024;

/// What of a chunk is used: its head says where the rest begins.
pub(crate) fn used(chunk: &[u8]) -> &[u8] {
    let end = chunk.get(48..52).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    end.and_then(|end| chunk.get(..end as usize)).unwrap_or(chunk)
}

/// Reads the bytes as the chunk of a file, filled up with zeros.
pub(crate) fn check(bytes: &[u8]) {
    let mut file = vec![0; HEAD + CHUNK];
    file[..8].copy_from_slice(b"ElfFile\0");
    // How many chunks there are.
    file[42] = 1;
    let chunk = bytes.iter().take(CHUNK);
    file.iter_mut().skip(HEAD).zip(chunk).for_each(|(place, byte)| *place = *byte);
    packed::check(&file);
}
