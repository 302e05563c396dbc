//! An event as rules see it: a field name of a rule is an OCSF path, a name that the rule's
//! community uses for one, or the record's own field.

use std::cell::OnceCell;

use tocsin_event::{Class, EventRef, Field, PATHS};
use tocsin_sigma::{FieldId, Record, RuleSet, Value};

use crate::key::{Key, KeyHasher};
use crate::places::{Country, Origin};

/// Names that Sigma rules use for OCSF attributes, per the taxonomy of the Sigma specification.
const ALIASES: &[(&str, Field)] = &[
    ("c-ip", Field::SrcIp),
    ("cs-method", Field::HttpMethod),
    ("cs-uri-stem", Field::UrlPath),
    ("cs-uri-query", Field::UrlQuery),
    ("c-uri", Field::UrlPath),
    ("cs-user-agent", Field::UserAgent),
    ("c-useragent", Field::UserAgent),
    ("cs-referer", Field::Referrer),
    ("cs-host", Field::HttpHost),
    ("sc-status", Field::HttpStatus),
    ("CommandLine", Field::ProcessCmdLine),
    ("Image", Field::ProcessPath),
    ("ParentImage", Field::ParentPath),
    ("ParentCommandLine", Field::ParentCmdLine),
    ("CurrentDirectory", Field::ProcessCwd),
    ("User", Field::User),
    ("src_ip", Field::SrcIp),
    ("dst_ip", Field::DstIp),
    ("src_port", Field::SrcPort),
    ("dst_port", Field::DstPort),
];

/// What the engine knows of an event besides what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Derived {
    /// How often its source has signed in before. A rule that counts by it begins anew with each sign-in.
    SignIns,
    /// The country that a sign-in or a call came from.
    Country,
    /// The network, by the number of its autonomous system.
    Network,
    /// Whether its account, which is known, never came from there before.
    CountryIsNew,
    NetworkIsNew,
    /// The country in which the account was used last, if it is another one, and from which address.
    TravelFrom,
    TravelFromIp,
    /// How far it is from there, at least.
    TravelKm,
    /// How fast that would have been.
    TravelSpeed,
    /// The domain that a name asked for is registered under.
    QueryDomain,
}

/// What rules call it.
const DERIVED: &[(&str, Derived)] = &[
    ("tocsin.sign_ins_before", Derived::SignIns),
    ("src_endpoint.location.country", Derived::Country),
    ("src_endpoint.autonomous_system.number", Derived::Network),
    ("tocsin.country_is_new", Derived::CountryIsNew),
    ("tocsin.network_is_new", Derived::NetworkIsNew),
    ("tocsin.travel_from", Derived::TravelFrom),
    ("tocsin.travel_from_ip", Derived::TravelFromIp),
    ("tocsin.travel_km", Derived::TravelKm),
    ("tocsin.travel_km_per_hour", Derived::TravelSpeed),
    ("tocsin.query_domain", Derived::QueryDomain),
];

/// What rules may call fields of events of any log: OCSF's attributes, the usual names of some, and what the
/// engine knows beside.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    let derived = DERIVED.iter().map(|(name, _)| *name);
    PATHS
        .iter()
        .map(|(_, path)| *path)
        .chain(ALIASES.iter().map(|(alias, _)| *alias))
        .chain(derived)
}

/// How a field of the rules is read from an event.
#[derive(Debug)]
struct Accessor {
    name: String,
    field: Option<Field>,
    derived: Option<Derived>,
}

/// How every field of a rule set is read from events, resolved once.
#[derive(Debug, Default)]
pub(crate) struct Accessors(Vec<Accessor>);

impl Accessors {
    pub(crate) fn of(rules: &RuleSet) -> Self {
        let resolve = |name: &String| {
            let alias = || ALIASES.iter().find(|(alias, _)| alias == name).map(|(_, field)| *field);
            let field = Field::from_path(name).or_else(alias);
            let derived = DERIVED.iter().find(|(derived, _)| derived == name);
            Accessor { name: name.clone(), field, derived: derived.map(|(_, derived)| *derived) }
        };
        Accessors(rules.fields().iter().map(resolve).collect())
    }
}

/// The keys of one event's fields, each made when it is first asked for: correlations ask for the
/// same few again and again.
#[derive(Debug)]
pub(crate) struct FieldKeys(Vec<FieldKey>);

#[derive(Clone, Copy, Debug)]
enum FieldKey {
    NotAsked,
    Absent,
    Known(Key),
}

impl FieldKeys {
    pub(crate) fn of(rules: &RuleSet) -> Self {
        FieldKeys(vec![FieldKey::NotAsked; rules.fields().len()])
    }

    /// Makes ready for another event.
    pub(crate) fn forget(&mut self) {
        self.0.fill(FieldKey::NotAsked);
    }

    /// The key of a field's value; none where the event has no such field.
    pub(crate) fn of_field(&mut self, id: FieldId, record: &EventRecord<'_>) -> Option<Key> {
        let known = self.0.get_mut(id.0 as usize)?;
        if let FieldKey::NotAsked = known {
            let mut hasher = KeyHasher::new();
            let found = record.hash(id, &mut hasher);
            *known = if found { FieldKey::Known(hasher.finish()) } else { FieldKey::Absent };
        }
        match known {
            FieldKey::Known(key) => Some(*key),
            FieldKey::NotAsked | FieldKey::Absent => None,
        }
    }
}

/// One event with the accessors of the rules that look at it.
pub(crate) struct EventRecord<'e> {
    event: EventRef<'e>,
    accessors: &'e Accessors,
    sign_ins: u32,
    origin: Option<Origin>,
    source: OnceCell<String>,
    target: OnceCell<String>,
    travelled_from: OnceCell<String>,
    /// The values of each of the record's own fields that has several.
    lists: OnceCell<Vec<(&'e str, Vec<&'e str>)>>,
}

impl<'e> EventRecord<'e> {
    pub(crate) fn new(event: EventRef<'e>, accessors: &'e Accessors) -> Self {
        EventRecord {
            event,
            accessors,
            sign_ins: 0,
            origin: None,
            source: OnceCell::new(),
            target: OnceCell::new(),
            travelled_from: OnceCell::new(),
            lists: OnceCell::new(),
        }
    }

    /// The same, its source having signed in so often before.
    pub(crate) fn after_sign_ins(self, sign_ins: u32) -> Self {
        EventRecord { sign_ins, ..self }
    }

    /// The same, its source being there.
    pub(crate) fn coming_from(self, origin: Option<Origin>) -> Self {
        EventRecord { origin, ..self }
    }

    /// Adds the value of a field to a key; false where the event has no such field.
    fn hash(&self, id: FieldId, hasher: &mut KeyHasher) -> bool {
        let Some(accessor) = self.accessors.0.get(id.0 as usize) else { return false };
        let asks = matches!(self.event.class, Class::Authentication | Class::Http);
        let peer = match accessor.field {
            Some(Field::SrcEndpoint) if asks => {
                let source = self.event.source_name();
                source.into_iter().for_each(|source| hasher.asker(source));
                return source.is_some();
            }
            Some(Field::SrcEndpoint) => self.event.source_name(),
            Some(Field::DstEndpoint) => self.event.target_name(),
            _ => None,
        };
        if let Some(peer) = peer {
            hasher.peer(peer);
            return true;
        }
        let value = match self.value(id) {
            Value::List(items) => items.item(0),
            single => single,
        };
        match value {
            Value::Absent | Value::Null | Value::List(_) => return false,
            Value::Str(text) => hasher.text(text),
            Value::Int(number) => hasher.number(number),
            Value::Float(number) => hasher.number(number.to_bits() as i64),
            Value::Bool(truth) => hasher.number(i64::from(truth)),
        }
        true
    }

    fn field(&self, field: Field) -> Value<'_> {
        let event = &self.event;
        match field {
            Field::Time => Value::Int(event.time.as_millis()),
            Field::ClassUid => Value::Int(i64::from(event.class.uid())),
            Field::ActivityId => Value::Int(i64::from(event.activity.0)),
            Field::StatusId => Value::Int(i64::from(event.status.id())),
            Field::SeverityId => Value::Int(i64::from(event.severity.id())),
            Field::Count => Value::Int(i64::from(event.count)),
            Field::SrcPort => number(event.src.port),
            Field::DstPort => number(event.dst.port),
            Field::ProcessPid => number(event.pid),
            Field::SrcIp => event.src.ip.map_or(Value::Absent, |_| self.source()),
            Field::DstIp => event.dst.ip.map_or(Value::Absent, |_| self.target()),
            Field::SrcEndpoint => self.source(),
            Field::DstEndpoint => self.target(),
            _ => text(event.attribute(field)),
        }
    }

    /// One of the record's own fields: in a document, the elements of an array have its name.
    fn native(&self, name: &str) -> Value<'_> {
        let mut values = self.event.native_fields().filter(|(own, _)| *own == name);
        match (values.next(), values.next()) {
            (None, _) => Value::Absent,
            (Some((_, only)), None) => Value::Str(only),
            (Some(_), Some(_)) => {
                let list = self.lists().iter().find(|(own, _)| *own == name);
                list.map_or(Value::Absent, |(_, values)| Value::List(values))
            }
        }
    }

    fn lists(&self) -> &Vec<(&'e str, Vec<&'e str>)> {
        self.lists.get_or_init(|| {
            let mut fields: Vec<_> = self.event.native_fields().collect();
            fields.sort_by_key(|(name, _)| *name);
            let same = fields.chunk_by(|(name, _), (next, _)| name == next);
            let several = same.filter(|fields| fields.len() > 1);
            several.map(|fields| (fields[0].0, fields.iter().map(|(_, v)| *v).collect())).collect()
        })
    }

    fn derived(&self, derived: Derived) -> Value<'_> {
        let number = |number: Option<u32>| number.map_or(Value::Absent, |n| Value::Int(n.into()));
        let origin = self.origin.as_ref();
        let travel = origin.and_then(|origin| origin.travel.as_ref());
        match derived {
            Derived::SignIns => Value::Int(self.sign_ins.into()),
            Derived::Country => {
                let country = origin.and_then(|origin| origin.place.country.as_ref());
                text(country.map(Country::code).unwrap_or_default())
            }
            Derived::Network => number(origin.and_then(|origin| origin.place.network)),
            Derived::CountryIsNew => {
                origin.map_or(Value::Absent, |o| Value::Bool(o.country_is_new))
            }
            Derived::NetworkIsNew => {
                origin.map_or(Value::Absent, |o| Value::Bool(o.network_is_new))
            }
            Derived::TravelFrom => {
                text(travel.map(|travel| travel.from.country.code()).unwrap_or_default())
            }
            Derived::TravelFromIp => {
                let ip = || travel.map(|travel| travel.from.ip.to_string()).unwrap_or_default();
                text(self.travelled_from.get_or_init(ip))
            }
            Derived::TravelKm => number(travel.map(|travel| travel.km)),
            Derived::TravelSpeed => number(travel.map(|travel| travel.speed)),
            Derived::QueryDomain => text(registered(self.event.attribute(Field::DnsQuery))),
        }
    }

    fn source(&self) -> Value<'_> {
        let name = || self.event.source_name().map(|name| name.to_string()).unwrap_or_default();
        text(self.source.get_or_init(name))
    }

    fn target(&self) -> Value<'_> {
        let name = || self.event.target_name().map(|name| name.to_string()).unwrap_or_default();
        text(self.target.get_or_init(name))
    }
}

impl Record for EventRecord<'_> {
    fn value(&self, id: FieldId) -> Value<'_> {
        let Some(accessor) = self.accessors.0.get(id.0 as usize) else { return Value::Absent };
        if let Some(derived) = accessor.derived {
            return self.derived(derived);
        }
        if let Some(field) = accessor.field {
            let value = self.field(field);
            if !matches!(value, Value::Absent) {
                return value;
            }
        }
        self.native(&accessor.name)
    }

    fn text(&self) -> &str {
        self.event.raw()
    }
}

/// The domain that a name is registered under, as far as that shows: its last two labels, or three where
/// those are short, as in `example.co.uk`.
fn registered(name: &str) -> &str {
    let name = name.trim_end_matches('.');
    let mut labels = name.rsplit('.');
    let (Some(top), Some(second)) = (labels.next(), labels.next()) else { return name };
    let shared = top.len() == 2 && second.len() <= 3;
    let third = if shared { labels.next().map_or(0, |label| label.len() + 1) } else { 0 };
    let length = top.len() + 1 + second.len() + third;
    name.get(name.len() - length..).unwrap_or(name)
}

fn text(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Absent } else { Value::Str(text) }
}

fn number(number: impl Into<i64>) -> Value<'static> {
    match number.into() {
        0 => Value::Absent,
        number => Value::Int(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_registered_under_two_labels_or_three() {
        for (name, domain) in [
            ("a.b.example.com", "example.com"),
            ("www.example.co.uk.", "example.co.uk"),
            ("example.de", "example.de"),
            ("co.uk", "co.uk"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert_eq!(registered(name), domain);
        }
    }
}
