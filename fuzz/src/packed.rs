//! Whole files: packed, in UTF-16, of login records, with holes. Each is read or named with a
//! reason, and whatever the order of events, as much is read.

use std::io::Write;
use std::path::Path;

use tocsin_node::progress::Progress;
use tocsin_node::source::{Order, ReadOptions, find, read};

/// Reads the bytes as a file of any kind.
pub(crate) fn check(bytes: &[u8]) {
    // A journal is read by the journal's own program, which is not ours to fuzz.
    if bytes.starts_with(b"LPKSHHRH") {
        return;
    }
    let mut file = tempfile::NamedTempFile::new().unwrap_or_else(|problem| panic!("{problem}"));
    file.write_all(bytes).unwrap_or_else(|problem| panic!("{problem}"));
    let read_in = |order| read_file(file.path(), order);
    assert_eq!(
        read_in(Order::OneByOne),
        read_in(Order::ByTime),
        "in either order, as much is read"
    );
}

/// Reads a file; gives how many records it has.
fn read_file(path: &Path, order: Order) -> u64 {
    let options = ReadOptions { order, ..ReadOptions::default() };
    let mut events = 0;
    let found = find(&[path.to_owned()]);
    let report = read(found, &options, &mut Progress::hidden(), &mut |event| {
        assert!(!event.raw().contains('\0'));
        events += 1;
        Ok(())
    });
    let report = report.unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(report.sources.len() + report.skipped.len(), 1);
    let read: u64 = report.sources.iter().map(|source| source.read).sum();
    assert!(events <= read, "{events} events of {read} records");
    read
}
