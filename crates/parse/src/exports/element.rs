//! What the fields of a flow record are called and how they are written: the information elements of
//! IANA's registry (RFC 7012), those of vendors, and those that only NetFlow has.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::LazyLock;

use hashbrown::HashMap;
use tocsin_event::json::{Name, Object};

use super::bytes::Bytes;

/// Elements by the private number of their vendor (0 is IANA) and their own: `elements.tsv`.
static ELEMENTS: LazyLock<HashMap<(u32, u16), Element, foldhash::fast::FixedState>> =
    LazyLock::new(|| TABLE.lines().filter_map(row).collect());

const TABLE: &str = include_str!("elements.tsv");

/// The number under which elements count what came back (RFC 5103).
const REVERSE: u32 = 29305;

/// `paddingOctets`, which mean nothing.
pub(super) const PADDING: u16 = 210;

/// An information element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    kind: Kind,
}

/// How a value is written on the wire. Numbers may have fewer bytes than their type (RFC 7011, 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unsigned,
    Signed,
    Float,
    Bool,
    Text,
    Octets,
    Ipv4,
    Ipv6,
    Mac,
    Seconds,
    Milliseconds,
    /// Seconds since 1900 and a fraction of 2^32, told in microseconds.
    Microseconds,
    /// The same, told in nanoseconds.
    Nanoseconds,
}

fn row(line: &'static str) -> Option<((u32, u16), Element)> {
    let mut columns = line.split('\t');
    let key = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
    let kind = match columns.next()? {
        "u" => Kind::Unsigned,
        "i" => Kind::Signed,
        "f" => Kind::Float,
        "b" => Kind::Bool,
        "s" => Kind::Text,
        "4" => Kind::Ipv4,
        "6" => Kind::Ipv6,
        "m" => Kind::Mac,
        "S" => Kind::Seconds,
        "M" => Kind::Milliseconds,
        "U" => Kind::Microseconds,
        "N" => Kind::Nanoseconds,
        _ => Kind::Octets,
    };
    Some((key, Element { name: columns.next()?, kind }))
}

/// The element of this number; `None` for one that nobody told us of.
pub(super) fn known(vendor: u32, number: u16) -> Option<Element> {
    ELEMENTS.get(&(vendor, number)).copied()
}

/// What a field is called: as the registry says, `reverseOctetDeltaCount` for what came back, and by its
/// numbers (`element_6871_40`) where it is unknown.
pub(super) fn name(vendor: u32, number: u16) -> String {
    match (known(vendor, number), vendor) {
        (Some(element), _) => element.name.to_owned(),
        (None, REVERSE) => {
            let forward = name(0, number);
            let (first, rest) = forward.split_at_checked(1).unwrap_or(("", &forward));
            ["reverse", &first.to_ascii_uppercase(), rest].concat()
        }
        (None, 0) => format!("element_{number}"),
        (None, vendor) => format!("element_{vendor}_{number}"),
    }
}

/// The element whose values are written like those of this field.
pub(super) fn written_as(vendor: u32, number: u16) -> Option<Element> {
    known(if vendor == REVERSE { 0 } else { vendor }, number)
}

/// Seconds between the epochs of NTP (1900) and of Unix.
const NTP_TO_UNIX: i64 = 2_208_988_800;

impl Element {
    /// Adds a value under `name`; as hexadecimal where it does not have the form of its kind.
    pub(super) fn write(self, name: &Name, value: &[u8], o: &mut Object<'_>) {
        let mut bytes = Bytes(value);
        match (self.kind, value.len()) {
            (_, 0) => {}
            (Kind::Unsigned | Kind::Seconds | Kind::Milliseconds, 1..=8) => {
                o.named_number(name, unsigned(value));
            }
            (Kind::Signed, 1..=8) => o.named_number(name, signed(value)),
            (Kind::Bool, 1) => o.named_number(name, u8::from(value == [1])),
            (Kind::Float, 4) => float(name, bytes.u32().map(f32::from_bits).map(f64::from), o),
            (Kind::Float, 8) => float(name, bytes.u64().map(f64::from_bits), o),
            (Kind::Ipv4, 4) => address(name, bytes.ipv4(), o),
            (Kind::Ipv6, 16) => address(name, bytes.ipv6(), o),
            (Kind::Mac, 6) => o.named_text(name, &octets(value, ":")),
            (Kind::Microseconds, 8) => o.named_number(name, since_1970(unsigned(value), 1_000_000)),
            (Kind::Nanoseconds, 8) => {
                o.named_number(name, since_1970(unsigned(value), 1_000_000_000));
            }
            (Kind::Text, _) => {
                let end = value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                o.named_text(name, &String::from_utf8_lossy(value.get(..end).unwrap_or_default()));
            }
            _ => hexadecimal(name, value, o),
        }
    }
}

/// Adds a value of which nothing is known.
pub(super) fn hexadecimal(name: &Name, value: &[u8], o: &mut Object<'_>) {
    if !value.is_empty() {
        o.named_text(name, &["0x", &octets(value, "")].concat());
    }
}

fn address(name: &Name, value: Option<IpAddr>, o: &mut Object<'_>) {
    if let Some(value) = value {
        o.named_ip(name, value);
    }
}

fn float(name: &Name, value: Option<f64>, o: &mut Object<'_>) {
    if let Some(value) = value.filter(|value| value.is_finite()) {
        o.named_text(name, &value.to_string());
    }
}

fn octets(value: &[u8], between: &str) -> String {
    let mut text = String::with_capacity(value.len() * 3);
    for (at, byte) in value.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{byte:02x}", if at == 0 { "" } else { between });
    }
    text
}

/// A number of up to eight bytes.
pub(super) fn unsigned(value: &[u8]) -> u64 {
    value.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(value: &[u8]) -> i64 {
    let unused = 64 - 8 * value.len() as u32;
    (unsigned(value) << unused) as i64 >> unused
}

/// A time of NTP (RFC 5905) in so many parts of a second since 1970.
fn since_1970(ntp: u64, parts: i64) -> i64 {
    let (seconds, fraction) = ((ntp >> 32) as i64, ntp & 0xffff_ffff);
    let within = (fraction as i128 * i128::from(parts)) >> 32;
    (seconds - NTP_TO_UNIX) * parts + within as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_an_element() {
        assert_eq!(ELEMENTS.len(), TABLE.lines().count());
    }

    #[test]
    fn names_are_the_registrys_or_say_the_numbers() {
        assert_eq!(name(0, 1), "octetDeltaCount");
        assert_eq!(name(REVERSE, 1), "reverseOctetDeltaCount");
        assert_eq!(name(0, 60_000), "element_60000");
        assert_eq!(name(4711, 1), "element_4711_1");
    }

    #[test]
    fn numbers_may_be_short_and_times_may_count_from_1900() {
        assert_eq!(signed(&[0xff, 0xfe]), -2);
        assert_eq!(unsigned(&[1, 0]), 256);
        // RFC 5905, figure 4: 1970 began at this second of NTP; half a second later.
        assert_eq!(since_1970(0x83aa_7e80_8000_0000, 1_000_000), 500_000);
    }
}
