//! Every bound of reading, in one place: what a hostile file can cost at most.

/// Text parsed at once. Smaller where many sources are open: see [`TEXT_HELD`].
pub(super) const CHUNK: usize = 256 * 1024;
/// The least text parsed at once, however many sources are open.
pub(super) const CHUNK_MIN: usize = 8 * 1024;
/// Text held for all open sources together, before [`CHUNK_MIN`] is reached. The events of a text
/// take about three times its memory.
pub(super) const TEXT_HELD: usize = 16 * 1024 * 1024;
/// Bytes read at once.
pub(super) const BLOCK: usize = 64 * 1024;
/// Bytes of a packed file read at once.
pub(super) const PACKED_BLOCK: usize = 16 * 1024;
/// What is looked at to tell how a file is packed.
pub(super) const MARK: usize = 16;
/// What is looked at to tell what a file is, and where it begins in time.
pub(super) const HEAD: usize = 64 * 1024;
/// A longer line is cut here; the parser cuts it further, and counts it.
pub(super) const LINE: usize = 1024 * 1024;
/// Files kept open; with more sources than that, each is opened anew for every block.
pub(super) const FILES_OPEN: usize = 128;
/// Batches parsed ahead of the consumer for each source; one where sources are many.
pub(super) const BATCHES_AHEAD: usize = 2;
/// Folders within folders.
pub(super) const FOLDER_DEPTH: usize = 64;
/// Memory a decompressor may ask for (xz names it itself; zstd as the power of two below).
pub(super) const DECODER_MEMORY: u64 = 256 * 1024 * 1024;
/// The longest zstd window, as a power of two: 128 MiB, zstd's own default.
pub(super) const ZSTD_WINDOW_LOG: u32 = 27;

/// The most text turned round in a temporary file, 16 GiB: a log that unfolds must not fill a disk.
pub(super) const TURNED: u64 = 16 << 30;

/// How much a compressed source may unfold to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unfolding {
    /// Bytes that may come of any source, whatever its size.
    pub(super) free: u64,
    /// Beyond those, bytes that may come of each stored byte.
    pub(super) ratio: u64,
    /// Bytes that no source may exceed.
    pub(super) most: u64,
}

/// Logs fold 5 to 100 times. gzip cannot reach 1,100, so a source beyond 1,000 was made to harm.
pub(super) const UNFOLDING: Unfolding = Unfolding { free: 256 << 20, ratio: 1000, most: 256 << 30 };
