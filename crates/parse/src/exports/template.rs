//! Templates, and the records they explain.

use tocsin_event::json::{Name, Object};

use super::Head;
use super::bytes::Bytes;
use super::element::{self, Element, PADDING};

/// The length of a field that says its own.
const VARIABLE: u16 = u16::MAX;
/// The bit of a number that says that the number of a vendor follows.
const OF_VENDOR: u16 = 0x8000;
/// More fields than any exporter has.
const FIELDS_MAX: u16 = 1024;

/// When a flow began and ended, in milliseconds since the exporter was started.
const END_SINCE_START: u16 = 21;
const BEGIN_SINCE_START: u16 = 22;
/// When the exporter was started, in milliseconds since 1970.
const STARTED: u16 = 160;

/// How a template of options tells which of its fields say what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Two lengths in bytes, of the scope and of the rest (RFC 3954, 6.1).
    InBytes,
    /// The number of all fields, and of those (RFC 7011, 3.4.2.2).
    InFields,
}

/// What the records of a set are made of.
#[derive(Clone, Debug)]
pub(super) struct Template {
    fields: Vec<Field>,
    /// Bytes of the shortest record.
    least: usize,
}

#[derive(Clone, Debug)]
struct Field {
    name: Name,
    vendor: u32,
    number: u16,
    length: u16,
    element: Option<Element>,
    is_scope: bool,
}

impl Field {
    fn new(vendor: u32, number: u16, length: u16) -> Field {
        Field {
            name: Name::new(&element::name(vendor, number)),
            vendor,
            number,
            length,
            element: element::written_as(vendor, number),
            is_scope: false,
        }
    }

    fn read(bytes: &mut Bytes<'_>) -> Option<Field> {
        let (number, length) = (bytes.u16()?, bytes.u16()?);
        Some(Field::new(0, number, length))
    }

    /// The same, where vendors have numbers of their own.
    fn read_of_vendor(bytes: &mut Bytes<'_>) -> Option<Field> {
        let (number, length) = (bytes.u16()?, bytes.u16()?);
        let vendor = if number & OF_VENDOR == 0 { 0 } else { bytes.u32()? };
        Some(Field::new(vendor, number & !OF_VENDOR, length))
    }

    /// What an export of version 9 calls its scope by numbers of its own: 1 the system, 2 an interface.
    fn into_scope(self) -> Field {
        let name = match self.number {
            1 => "scopeSystem",
            2 => "scopeInterface",
            3 => "scopeLineCard",
            4 => "scopeCache",
            5 => "scopeTemplate",
            _ => "scope",
        };
        Field { name: Name::new(name), element: element::known(0, 10), is_scope: true, ..self }
    }
}

impl Template {
    fn new(fields: Vec<Field>) -> Template {
        let least = |field: &Field| if field.length == VARIABLE { 1 } else { field.length.into() };
        let least = fields.iter().map(least).sum();
        Template { fields, least }
    }

    /// A template that is written down nowhere: the numbers and lengths of its fields.
    pub(super) fn fixed(fields: &[(u16, u16)]) -> Template {
        Template::new(
            fields.iter().map(|(number, length)| Field::new(0, *number, *length)).collect(),
        )
    }

    /// The next template of a set, and its number.
    pub(super) fn read(bytes: &mut Bytes<'_>, version: u16) -> Option<(u16, Template)> {
        let (id, count) = (bytes.u16()?, bytes.u16()?);
        let read = if version == 9 { Field::read } else { Field::read_of_vendor };
        let fields = (0..count.min(FIELDS_MAX)).map(|_| read(bytes)).collect::<Option<_>>()?;
        (id >= 256).then(|| (id, Template::new(fields)))
    }

    /// The next template of options of a set, and its number.
    pub(super) fn read_options(bytes: &mut Bytes<'_>, scope: Scope) -> Option<(u16, Template)> {
        let (id, first, second) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
        let fields: Vec<Field> = match scope {
            Scope::InBytes => {
                let scopes = (0..first / 4).map(|_| Field::read(bytes).map(Field::into_scope));
                let mut fields = scopes.collect::<Option<Vec<_>>>()?;
                for _ in 0..second / 4 {
                    fields.push(Field::read(bytes)?);
                }
                fields
            }
            Scope::InFields => (0..first.min(FIELDS_MAX))
                .map(|_| Field::read_of_vendor(bytes))
                .collect::<Option<_>>()?,
        };
        (id >= 256).then(|| (id, Template::new(fields)))
    }

    /// Whether it has no fields: so a template is withdrawn.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Appends a line for each record of a set. What is too short for another is padding.
    pub(super) fn records(&self, id: u16, set: &[u8], head: &Head, out: &mut Vec<u8>) {
        let mut bytes = Bytes(set);
        // What the message says of all its records is written once.
        let mut common = None;
        // A record of no bytes would be there without end.
        while self.least > 0 && bytes.0.len() >= self.least {
            let start = out.len();
            let mut whole = Some(());
            Object::write(out, |o| {
                match common.clone() {
                    Some(members) => o.again(members),
                    None => {
                        let begin = o.at();
                        head.write(o);
                        o.number("templateId", id);
                        common = Some(begin..o.at());
                    }
                }
                whole = self.record(&mut bytes, head, o);
            });
            if whole.is_none() {
                out.truncate(start);
                out.extend_from_slice(b"a record is longer than its set");
                out.push(b'\n');
                return;
            }
            out.push(b'\n');
        }
    }

    fn record(&self, bytes: &mut Bytes<'_>, head: &Head, o: &mut Object<'_>) -> Option<()> {
        let mut started = head.started;
        let (mut begin, mut end) = (None, None);
        for field in &self.fields {
            let value = value(bytes, field.length)?;
            match field.number {
                _ if field.vendor != 0 || field.is_scope => {}
                PADDING => continue,
                BEGIN_SINCE_START => begin = Some(element::unsigned(value)),
                END_SINCE_START => end = Some(element::unsigned(value)),
                STARTED => started = Some(element::unsigned(value) as i64),
                _ => {}
            }
            match field.element {
                Some(element) => element.write(&field.name, value, o),
                None => element::hexadecimal(&field.name, value, o),
            }
        }
        for (name, since) in [("flowStartMilliseconds", begin), ("flowEndMilliseconds", end)] {
            if let (Some(started), Some(since)) = (started, since) {
                o.number(name, started.saturating_add_unsigned(since));
            }
        }
        Some(())
    }
}

/// The value of a field, which may say its own length (RFC 7011, 7).
fn value<'b>(bytes: &mut Bytes<'b>, length: u16) -> Option<&'b [u8]> {
    if length != VARIABLE {
        return bytes.take(length.into());
    }
    let length = match bytes.u8()? {
        255 => bytes.u16()?,
        short => short.into(),
    };
    bytes.take(length.into())
}
