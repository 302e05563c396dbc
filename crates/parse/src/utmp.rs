//! The login records of Linux (`wtmp`, `btmp`, `utmp`: 384 bytes a record; `lastlog`: 292), as
//! x86-64 and every other 64-bit machine with 32-bit times lays them out, decoded to lines of
//! text such as utmpdump(1) prints. Reading those lines is the business of the format `utmp`.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use tocsin_event::Time;

/// Bytes of a record of `wtmp`, `btmp` and `utmp`.
const LOGIN_LEN: usize = 384;
/// Bytes of a record of `lastlog`, which has one for each user id.
const LAST_LEN: usize = 292;
/// One byte in so many at least is zero: the padding of fields, of which few are ever full. Text
/// has none, and may else pass for a record of `lastlog`.
const ZEROS: usize = 8;
/// Times that a record may hold, in seconds: 1990 to 2038.
const SECS: std::ops::RangeInclusive<u32> = 631_152_000..=2_147_483_647;

/// Whether a file that begins like this holds login records. A dozen records are enough to tell.
#[must_use]
pub fn looks_like(head: &[u8]) -> bool {
    Layout::of(head).is_some()
}

/// The records as lines of text: [`Layout::write`] for a file that is held whole. What follows the
/// last whole record is left out.
#[must_use]
pub fn to_text(bytes: &[u8]) -> String {
    let mut out = String::new();
    if let Some(layout) = Layout::of(bytes) {
        layout.write(bytes, 0, &mut out);
    }
    out
}

/// What records a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Those of `wtmp`, `btmp` and `utmp`.
    Login,
    /// Those of `lastlog`.
    Last,
}

impl Layout {
    /// The layout of a file that begins like this, if it is one of these.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Layout> {
        if head.iter().filter(|byte| **byte == 0).count() < head.len() / ZEROS {
            return None;
        }
        let all = |records: &mut dyn Iterator<Item = Option<bool>>| {
            let mut some = false;
            for record in records.take(64) {
                some |= record?;
            }
            some.then_some(())
        };
        let (logins, _) = head.as_chunks::<LOGIN_LEN>();
        let (lasts, _) = head.as_chunks::<LAST_LEN>();
        let login = all(&mut logins.iter().map(check_login));
        let last = all(&mut lasts.iter().map(check_last));
        login.map(|()| Layout::Login).or(last.map(|()| Layout::Last))
    }

    /// Bytes of a record.
    #[must_use]
    pub fn record_len(self) -> usize {
        match self {
            Layout::Login => LOGIN_LEN,
            Layout::Last => LAST_LEN,
        }
    }

    /// Appends the records as lines of text, `[type] [pid] [id] [user] [line] [host] [address]
    /// [time]`. A record of `lastlog` has the type `lastlog` and the user id, its number in the
    /// file counted on from `first`, in place of the process. Empty records are left out.
    pub fn write(self, records: &[u8], first: usize, out: &mut String) {
        match self {
            Layout::Login => {
                let (records, _) = records.as_chunks::<LOGIN_LEN>();
                records.iter().for_each(|record| login(record, out));
            }
            Layout::Last => {
                let (records, _) = records.as_chunks::<LAST_LEN>();
                let numbered = records.iter().enumerate();
                numbered.for_each(|(at, record)| last(first + at, record, out));
            }
        }
    }
}

/// Whether a record is a login record, and if so, whether there is anything in it.
fn check_login(record: &[u8; LOGIN_LEN]) -> Option<bool> {
    if record.iter().all(|b| *b == 0) {
        return Some(false);
    }
    let kind = u16::from_le_bytes([record[0], record[1]]);
    let texts = [(8, 40), (44, 76), (76, 332)];
    let padded = texts.into_iter().all(|(from, to)| is_padded(&record[from..to]));
    let unused = record[2..4].iter().chain(&record[364..]).all(|b| *b == 0);
    let secs = number(record, 340);
    (kind <= 9 && padded && unused && (SECS.contains(&secs) || secs == 0)).then_some(true)
}

fn check_last(record: &[u8; LAST_LEN]) -> Option<bool> {
    if record.iter().all(|b| *b == 0) {
        return Some(false);
    }
    let padded = is_padded(&record[4..36]) && is_padded(&record[36..]);
    (SECS.contains(&number(record, 0)) && padded).then_some(true)
}

/// Text that is followed by zeros only. A text may fill its field.
fn is_padded(field: &[u8]) -> bool {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    field[end..].iter().all(|b| *b == 0)
}

fn number(record: &[u8], at: usize) -> u32 {
    record.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn login(record: &[u8; LOGIN_LEN], out: &mut String) {
    let kind = u16::from_le_bytes([record[0], record[1]]);
    if kind == 0 {
        return;
    }
    let time =
        Time::from_parts(i64::from(number(record, 340)), number(record, 344).min(999_999) * 1_000);
    let [line, id, user, host] =
        [(8, 40), (40, 44), (44, 76), (76, 332)].map(|(from, to)| text(&record[from..to]));
    let address = address(&record[348..364]);
    let pid = number(record, 4);
    // Writing to a String cannot fail.
    let _ =
        writeln!(out, "[{kind}] [{pid:05}] [{id}] [{user}] [{line}] [{host}] [{address}] [{time}]");
}

fn last(uid: usize, record: &[u8; LAST_LEN], out: &mut String) {
    let secs = number(record, 0);
    if secs == 0 {
        return;
    }
    let (line, host) = (text(&record[4..36]), text(&record[36..]));
    let time = Time::from_secs(i64::from(secs));
    let _ = writeln!(out, "[lastlog] [{uid:05}] [] [] [{line}] [{host}] [] [{time}]");
}

/// The text of a field. Brackets and control characters, which would forge a line, become `?`.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    let text = String::from_utf8_lossy(&field[..end]);
    text.chars().map(|c| if c.is_control() || matches!(c, '[' | ']') { '?' } else { c }).collect()
}

/// An address in network order; IPv4 leaves all but the first four bytes zero.
fn address(bytes: &[u8]) -> String {
    let Ok(bytes) = <[u8; 16]>::try_from(bytes) else { return String::new() };
    match bytes {
        [0, 0, 0, 0, rest @ ..] if rest == [0; 12] => String::new(),
        [a, b, c, d, rest @ ..] if rest == [0; 12] => Ipv4Addr::new(a, b, c, d).to_string(),
        _ => Ipv6Addr::from(bytes).to_canonical().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put(record: &mut [u8], at: usize, text: &str) {
        record[at..at + text.len()].copy_from_slice(text.as_bytes());
    }

    fn record(kind: u8, user: &str, host: &str) -> Vec<u8> {
        let mut record = vec![0; LOGIN_LEN];
        record[0] = kind;
        record[4..8].copy_from_slice(&812u32.to_le_bytes());
        put(&mut record, 8, "pts/0");
        put(&mut record, 40, "ts/0");
        put(&mut record, 44, user);
        put(&mut record, 76, host);
        record[340..344].copy_from_slice(&1_715_500_000u32.to_le_bytes());
        record[344..348].copy_from_slice(&250_000u32.to_le_bytes());
        record[348..352].copy_from_slice(&[192, 0, 2, 1]);
        record
    }

    #[test]
    fn login_records_are_told_one_a_line() {
        let bytes = [record(7, "alice", "192.0.2.1"), vec![0; LOGIN_LEN], vec![1, 2, 3]].concat();
        assert!(looks_like(&bytes));
        let line = "[7] [00812] [ts/0] [alice] [pts/0] [192.0.2.1] [192.0.2.1] [2024-05-12T07:46:40.250Z]\n";
        assert_eq!(to_text(&bytes), line);
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let text = to_text(&record(6, "x] [\n[7] [1", ""));
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains("[x? ???7? ?1]"), "{text}");
    }

    #[test]
    fn the_last_login_of_each_user_is_told() {
        let mut bytes = vec![0; LAST_LEN * 3];
        bytes[LAST_LEN * 2..LAST_LEN * 2 + 4].copy_from_slice(&1_715_500_000u32.to_le_bytes());
        put(&mut bytes, LAST_LEN * 2 + 4, "pts/1");
        put(&mut bytes, LAST_LEN * 2 + 36, "host.example.com");
        let line = "[lastlog] [00002] [] [] [pts/1] [host.example.com] [] [2024-05-12T07:46:40Z]\n";
        assert_eq!(to_text(&bytes), line);
    }

    #[test]
    fn other_files_do_not_look_like_login_records() {
        let log = b"May 12 07:46:40 web1 sshd[1]: Invalid user x from 192.0.2.1\n".repeat(20);
        let line = &log[..300];
        for bytes in
            [&log[..], line, &b"2024".repeat(80), &[0; 4096], &[0xff; 4096], b"", b"\x07\0\0\0"]
        {
            assert!(!looks_like(bytes));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..900), kind in 0u8..12) {
            let _ = to_text(&bytes);
            let whole = record(kind, "u", "h");
            bytes.splice(0..0, whole);
            let _ = to_text(&bytes);
        }
    }
}
