//! OCSF events as they come, ours among them: what `tocsin parse` wrote is read back as the same
//! events. Attributes that the vocabulary has no name for are kept as the record's own fields.

use std::borrow::Cow;

use tocsin_event::{Activity, Class, Field, LogSource, Severity, Span, Status, Time, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
use crate::timestamp::Stamp;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "", category: "", service: "ocsf" },
    ..Format::service("ocsf", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// Members that repeat what others say, or that are written anew.
const IMPLIED: &[&str] = &[
    "category_uid",
    "type_uid",
    "metadata.version",
    "metadata.product.name",
    "metadata.product.vendor_name",
    "metadata.log_name",
    "src_endpoint.name",
    "dst_endpoint.name",
    "device.name",
    "device.type_id",
    "file.name",
    "file.type_id",
    "process.file.name",
    "process.file.type_id",
    "process.parent_process.file.name",
    "process.parent_process.file.type_id",
    "process.parent_process.uid",
    "process.uid",
    "http_request.url.url_string",
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let is_event = |object: &Object<'_>| !object.get("class_uid").is_empty();
    let Some(object) = record.object.filter(is_event) else { return false };
    let mut rest = Rest::default();
    for (name, value) in object.written() {
        member(name, Cow::Borrowed(value), &mut rest, out);
    }
    rest.apply(out);
    if out.event.message.is_empty() && !out.event.raw.is_empty() {
        // It was written without a message; the record as a whole is none.
        record.body = "";
    }
    record.stamp = rest.time.map(Stamp::Instant).or(record.stamp);
    true
}

/// What is known only once the whole event was read.
#[derive(Default)]
struct Rest<'t> {
    time: Option<Time>,
    /// Whom the event is about, who acted, and whose the process is.
    user: Person<'t>,
    actor: Person<'t>,
    owner: Person<'t>,
    /// Bytes and packets of both ways together, which those of each way imply.
    both_ways: [Cow<'t, str>; 2],
}

#[derive(Default)]
struct Person<'t> {
    name: Cow<'t, str>,
    uid: Cow<'t, str>,
    domain: Cow<'t, str>,
}

impl<'t> Person<'t> {
    fn member(&mut self, name: &str, value: Cow<'t, str>) {
        match name {
            "name" => self.name = value,
            "uid" => self.uid = value,
            "domain" => self.domain = value,
            _ => {}
        }
    }

    fn is_known(&self) -> bool {
        !(self.name.is_empty() && self.uid.is_empty())
    }
}

impl Rest<'_> {
    fn apply(&self, out: &mut Writer<'_>) {
        let ways = [
            ("traffic.bytes", [Field::BytesIn, Field::BytesOut]),
            ("traffic.packets", [Field::PacketsIn, Field::PacketsOut]),
        ];
        for ((name, ways), both) in ways.into_iter().zip(&self.both_ways) {
            if !both.is_empty() && ways.iter().all(|way| out.get(*way).is_empty()) {
                out.native(name, both);
            }
        }
        let (user, actor) = match (&self.user, &self.owner, &self.actor) {
            (user, _, actor) if user.is_known() => (user, Some(actor)),
            (_, owner, actor) if owner.is_known() => (owner, Some(actor)),
            (_, _, actor) => (actor, None),
        };
        out.event.user = out.span(&user.name);
        out.set(Field::UserUid, &user.uid);
        out.set(Field::UserDomain, &user.domain);
        if let Some(actor) = actor {
            out.event.actor = out.span(&actor.name);
            out.set(Field::ActorUid, &actor.uid);
        }
        // A program that was not known is written as the parser; a known one also names the process.
        if out.event.pid != 0 && out.get(Field::ProcessName).is_empty() {
            out.event.program = Span::NONE;
        }
    }
}

fn member<'t>(name: &str, value: Cow<'t, str>, rest: &mut Rest<'t>, out: &mut Writer<'_>) {
    match name {
        "traffic.bytes" => return rest.both_ways[0] = value,
        "traffic.packets" => return rest.both_ways[1] = value,
        _ => {}
    }
    // The process and the session of the actor are those of the event.
    let of_actor = name.strip_prefix("actor.");
    let name = of_actor
        .filter(|name| name.starts_with("process.") || name.starts_with("session."))
        .unwrap_or(name);
    let persons = [
        ("user.", &mut rest.user),
        ("actor.user.", &mut rest.actor),
        ("process.user.", &mut rest.owner),
    ];
    for (prefix, person) in persons {
        if let Some(name) = name.strip_prefix(prefix) {
            return person.member(name, value);
        }
    }
    if name == "time" {
        let millis = value.parse::<i64>().ok().filter(|millis| *millis != 0);
        rest.time = millis.and_then(|millis| millis.checked_mul(1_000_000)).map(Time);
    } else if !number_member(name, &value, out) {
        text_member(name, &value, out);
    }
}

/// Members that are numbers; false where the member is none of them.
fn number_member(name: &str, value: &str, out: &mut Writer<'_>) -> bool {
    let number = || value.parse::<i64>().unwrap_or_default();
    let port = || value.parse().unwrap_or_default();
    match name {
        "class_uid" => out.event.class = class(number()),
        "activity_id" => out.event.activity = Activity(number().try_into().unwrap_or(99)),
        "status_id" => out.event.status = status(number()),
        "severity_id" => out.event.severity = severity(number()),
        "count" => out.event.count = number().try_into().unwrap_or(1),
        "metadata.sequence" => out.event.record = number().try_into().unwrap_or_default(),
        "src_endpoint.ip" => out.event.src.ip = value.parse().ok(),
        "dst_endpoint.ip" => out.event.dst.ip = value.parse().ok(),
        "src_endpoint.port" => out.event.src.port = port(),
        "dst_endpoint.port" => out.event.dst.port = port(),
        "process.pid" => out.event.pid = value.parse().unwrap_or_default(),
        _ => return false,
    }
    true
}

fn text_member(name: &str, value: &str, out: &mut Writer<'_>) {
    match name {
        "metadata.log_provider" => provider(value, out),
        "message" => out.event.message = out.span(value),
        "raw_data" => out.event.raw = out.span(value),
        "src_endpoint.hostname" => out.event.src.hostname = out.span(value),
        "dst_endpoint.hostname" => out.event.dst.hostname = out.span(value),
        // An address of IPv4 as the record wrote it, within one of IPv6.
        "src_endpoint.name" if value.starts_with("::") && value.contains('.') => {
            out.event.src.hostname = out.span(value);
        }
        "dst_endpoint.name" if value.starts_with("::") && value.contains('.') => {
            out.event.dst.hostname = out.span(value);
        }
        "actor.app_name" => out.event.program = out.span(value),
        "device.hostname" => out.event.host = out.span(value),
        _ if IMPLIED.contains(&name) => {}
        _ => other_member(name, value, out),
    }
}

/// Attributes by their paths; what had no place in its class; and what the record itself had.
fn other_member(name: &str, value: &str, out: &mut Writer<'_>) {
    let unmapped = name.strip_prefix("unmapped.");
    let path = match unmapped {
        Some(own) => own.strip_prefix("ocsf."),
        None => Some(name),
    };
    let field = path.and_then(Field::from_path);
    match (field, path) {
        (Some(Field::SrcIp | Field::SrcPort | Field::DstIp | Field::DstPort), Some(path)) => {
            number_member(path, value, out);
        }
        (Some(Field::SrcHostname), _) => out.event.src.hostname = out.span(value),
        (Some(Field::DstHostname), _) => out.event.dst.hostname = out.span(value),
        (Some(field), _) => out.set(field, value),
        (None, _) => out.native(unmapped.unwrap_or(name), value),
    }
}

fn class(uid: i64) -> Class {
    let known = Class::ALL.into_iter().find(|class| i64::from(class.uid()) == uid);
    known.unwrap_or_default()
}

fn status(id: i64) -> Status {
    match id {
        1 => Status::Success,
        2 => Status::Failure,
        _ => Status::Unknown,
    }
}

fn severity(id: i64) -> Severity {
    match id {
        2 => Severity::Low,
        3 => Severity::Medium,
        4 => Severity::High,
        5 | 6 => Severity::Critical,
        _ => Severity::Info,
    }
}

/// Our own formats speak for themselves; rules then look for the event where they would have.
fn provider(name: &str, out: &mut Writer<'_>) {
    let text = crate::generic::NAME;
    if let Some(format) = super::FORMATS.iter().find(|format| format.name == name) {
        (out.event.provider, out.event.logsource) = (format.name, &format.logsource);
    } else if name == text {
        (out.event.provider, out.event.logsource) = (text, crate::generic::LOGSOURCE);
    }
}
