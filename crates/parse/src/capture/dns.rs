//! DNS messages (RFC 1035): what was asked for, and how it was answered. A message is read as far as it
//! can be, since those who tunnel through DNS write odd ones.

use std::fmt::Write as _;

use crate::exports::bytes::Bytes;

/// Labels of a name, pointers within it, and records of a message, at most.
const LABELS_MAX: usize = 128;
const ANSWERS_MAX: u16 = 32;

/// The longest label.
const LABEL_MAX: u8 = 63;

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: u16,
    pub(super) is_answer: bool,
    pub(super) outcome: u16,
    /// The name asked for, without its last dot.
    pub(super) name: String,
    pub(super) kind: u16,
    /// Addresses and names.
    pub(super) answers: Vec<String>,
}

impl Message {
    /// Bytes that it takes.
    pub(super) fn held(&self) -> usize {
        let answers = self.answers.iter().map(|answer| size_of::<String>() + answer.len());
        size_of::<Message>() + self.name.len() + answers.sum::<usize>()
    }
}

/// Reads a message; `None` where it asks for nothing.
pub(super) fn message(payload: &[u8]) -> Option<Message> {
    let mut bytes = Bytes(payload);
    let (id, flags, questions, answers) = (bytes.u16()?, bytes.u16()?, bytes.u16()?, bytes.u16()?);
    bytes.take(4)?;
    // Opcodes but of a query, and more questions than anybody asks.
    if flags & 0x7800 != 0 || !(1..=4).contains(&questions) {
        return None;
    }
    let name = name(payload, &mut bytes)?;
    let (kind, _class) = (bytes.u16()?, bytes.u16()?);
    let mut message = Message {
        id,
        is_answer: flags & 0x8000 != 0,
        outcome: flags & 0xf,
        name,
        kind,
        answers: Vec::new(),
    };
    if questions == 1 {
        for _ in 0..answers.min(ANSWERS_MAX) {
            let Some(answer) = answer(payload, &mut bytes) else { break };
            message.answers.extend(answer);
        }
    }
    Some(message)
}

/// A record; the text of those that are an address, a name or free text.
fn answer<'b>(payload: &'b [u8], bytes: &mut Bytes<'b>) -> Option<Option<String>> {
    name(payload, bytes)?;
    let (kind, _class, _ttl, length) = (bytes.u16()?, bytes.u16()?, bytes.u32()?, bytes.u16()?);
    let mut data = Bytes(bytes.take(length.into())?);
    Some(match kind {
        1 => data.ipv4().map(|ip| ip.to_string()),
        28 => data.ipv6().map(|ip| ip.to_string()),
        2 | 5 | 12 => {
            let at = payload.len() - bytes.0.len() - usize::from(length);
            name(payload, &mut Bytes(payload.get(at..)?))
        }
        16 => {
            let length = data.u8()?;
            data.take(length.into()).map(|text| String::from_utf8_lossy(text).into_owned())
        }
        _ => None,
    })
}

/// A name, which may go on elsewhere in the message (RFC 1035, 4.1.4).
fn name<'b>(payload: &'b [u8], bytes: &mut Bytes<'b>) -> Option<String> {
    let mut name = String::new();
    let mut elsewhere: Option<Bytes<'b>> = None;
    for _ in 0..LABELS_MAX {
        let from = elsewhere.as_mut().unwrap_or(bytes);
        let length = from.u8()?;
        match length {
            0 => return Some(name),
            1..=LABEL_MAX => {
                if !name.is_empty() {
                    name.push('.');
                }
                label(from.take(length.into())?, &mut name);
            }
            0xc0.. => {
                let at = usize::from(length & 0x3f) << 8 | usize::from(from.u8()?);
                elsewhere = Some(Bytes(payload.get(at..)?));
            }
            _ => return None,
        }
    }
    None
}

/// Appends a label: as text, or where it is none, or would part the name otherwise, byte by byte as Zeek
/// writes those (`\xe4`).
fn label(bytes: &[u8], name: &mut String) {
    let is_apart = |c: char| c.is_control() || matches!(c, '.' | '\\');
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(is_apart) => name.push_str(text),
        _ => {
            for byte in bytes {
                match char::from(*byte) {
                    plain if plain.is_ascii() && !is_apart(plain) => name.push(plain),
                    // Writing to a String cannot fail.
                    _ => drop(write!(name, "\\x{byte:02x}")),
                }
            }
        }
    }
}

/// The names of the kinds of records that are asked for most; others have their number.
pub(super) fn kind_name(kind: u16) -> String {
    let name = match kind {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        10 => "NULL",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        43 => "DS",
        48 => "DNSKEY",
        64 => "SVCB",
        65 => "HTTPS",
        252 => "AXFR",
        255 => "*",
        _ => return format!("query-{kind}"),
    };
    name.to_owned()
}

/// How a query ended.
pub(super) fn outcome_name(outcome: u16) -> &'static str {
    match outcome {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        _ => "unassigned",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_point_and_must_end() {
        let mut payload =
            b"\0\x07\x81\x80\0\x01\0\x01\0\0\0\0\x01a\x07example\0\0\x01\0\x01".to_vec();
        payload.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
        let read = message(&payload).unwrap();
        assert_eq!((read.id, read.is_answer, &*read.name), (7, true, "a.example"));
        assert_eq!(read.answers, ["192.0.2.1"]);
        // A name that points to itself.
        assert_eq!(message(b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\xc0\x0c\0\x01\0\x01"), None);
    }
}
