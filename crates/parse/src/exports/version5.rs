//! NetFlow version 5, whose records are all alike.

use std::sync::LazyLock;

use super::bytes::Bytes;
use super::element::PADDING;
use super::template::Template;
use super::{Engine, Head, Message};

const HEAD: usize = 24;
const RECORD: usize = 48;
/// Records that fit into a message.
const RECORDS_MAX: u16 = 30;

/// The fields of a record by the numbers of IANA's registry, and their lengths.
const FIELDS: &[(u16, u16)] = &[
    (8, 4),
    (12, 4),
    (15, 4),
    (10, 2),
    (14, 2),
    (2, 4),
    (1, 4),
    (22, 4),
    (21, 4),
    (7, 2),
    (11, 2),
    (PADDING, 1),
    (6, 1),
    (4, 1),
    (5, 1),
    (16, 2),
    (17, 2),
    (9, 1),
    (13, 1),
    (PADDING, 2),
];

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| Template::fixed(FIELDS));

/// Whether a payload begins like a message: with as many records as it says.
pub(super) fn is_message(payload: &[u8]) -> bool {
    let mut bytes = Bytes(payload.get(2..).unwrap_or_default());
    let count = bytes.u16().filter(|count| (1..=RECORDS_MAX).contains(count));
    count.is_some_and(|count| payload.len() >= HEAD + RECORD * usize::from(count))
}

/// See [`Exports::read`](super::Exports::read).
pub(super) fn read(message: Message<'_>, out: &mut Vec<u8>) -> Option<usize> {
    let Message { exporter, payload, .. } = message;
    let mut bytes = Bytes(payload);
    let (version, count, up) = (bytes.u16()?, bytes.u16()?, bytes.u32()?);
    let (sent, nanoseconds, sequence) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let (kind, id, sampling) = (bytes.u8()?, bytes.u8()?, bytes.u16()?);
    let engine = Some(Engine { kind, id, sampling: (sampling >> 14, sampling & 0x3fff) });
    let records = bytes.take(RECORD * usize::from(count.min(RECORDS_MAX)))?;
    let sent_ms = i64::from(sent) * 1000 + i64::from(nanoseconds / 1_000_000);
    let started = Some(sent_ms - i64::from(up));
    let head = Head { exporter, version, sent, started, sequence, domain: 0, engine };
    TEMPLATE.records(0, records, &head, out);
    Some(payload.len() - bytes.0.len())
}
