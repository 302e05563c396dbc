//! The binary login records: each becomes one line, which the format `utmp` reads.

use crate::text;
use tocsin_parse::utmp::{self, Layout};

/// Reads the bytes as a file of login records.
pub(crate) fn check(bytes: &[u8]) {
    let told = utmp::to_text(bytes);
    let Some(layout) = Layout::of(bytes) else {
        return assert!(told.is_empty(), "{told:?} of what is none");
    };
    assert!(told.lines().count() <= bytes.len() / layout.record_len(), "a forged line in {told:?}");
    text::check(told.as_bytes());
    let (batch, _) = text::read(&told);
    assert_eq!(batch.len(), told.lines().count());
    for event in batch.iter() {
        assert_eq!(event.provider, "utmp", "{:?}", event.raw());
    }
}
