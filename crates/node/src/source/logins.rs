//! The login records of Linux (`wtmp`, `btmp`, `lastlog`) as lines of text.

use tocsin_parse::utmp::Layout;

use super::convert::{Convert, converted};
use super::input::Bytes;

/// Whether a file that begins like this holds login records.
pub(super) fn is_logins(head: &[u8]) -> bool {
    Layout::of(head).is_some()
}

/// Login records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Logins { layout: None, given: 0 })
}

struct Logins {
    /// Known from the first block on.
    layout: Option<Layout>,
    /// Records converted so far.
    given: usize,
}

impl Convert for Logins {
    fn convert(&mut self, raw: &mut Vec<u8>, _ended: bool, out: &mut String) {
        self.layout = self.layout.or_else(|| Layout::of(raw));
        let Some(layout) = self.layout else { return raw.clear() };
        let records = raw.len() / layout.record_len();
        layout.write(raw, self.given, out);
        self.given += records;
        raw.drain(..records * layout.record_len());
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use tocsin_parse::utmp;

    use super::*;

    #[test]
    fn records_are_numbered_across_blocks() {
        let record = |uid: u32| {
            let mut record = vec![0; Layout::Last.record_len()];
            if uid.is_multiple_of(7) {
                record[..4].copy_from_slice(&(1_715_500_000 + uid).to_le_bytes());
                record[4..9].copy_from_slice(b"pts/0");
            }
            record
        };
        let bytes: Vec<u8> = (0..5000).flat_map(record).collect();
        assert!(is_logins(&bytes));
        let mut converted = String::new();
        text(Box::new(Cursor::new(bytes.clone()))).read_to_string(&mut converted).unwrap();
        assert_eq!(converted, utmp::to_text(&bytes));
        assert_eq!(converted.lines().count(), 715);
    }
}
