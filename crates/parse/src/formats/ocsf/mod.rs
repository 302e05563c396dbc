//! OCSF events as they come, ours among them: what `tocsin parse` wrote is read back as the same
//! events. Attributes that the vocabulary has no name for are kept as the record's own fields.

use std::borrow::Cow;

use tocsin_event::{
    Activity, Class, Field, LogSource, PATHS, Severity, Span, Status, Time, Writer,
};

use crate::format::Format;
use crate::header::Record;
use crate::json;
use crate::timestamp::Stamp;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "", category: "", service: "ocsf" },
    ..Format::service("ocsf", &["*"], &[]).with_reader(read)
};

const CLASSES: [Class; 9] = [
    Class::Base,
    Class::File,
    Class::Process,
    Class::AccountChange,
    Class::Authentication,
    Class::Network,
    Class::Http,
    Class::Dns,
    Class::Api,
];

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
    "connection_info.direction_id",
    "file.name",
    "file.type_id",
    "process.file.name",
    "process.file.type_id",
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let marked =
        |mark: &str| memchr::memmem::find(record.body.as_bytes(), mark.as_bytes()).is_some();
    if !record.body.starts_with('{') || !marked("\"class_uid\"") || !marked("\"metadata\"") {
        return false;
    }
    let mut rest = Rest::default();
    if !json::flatten(record.body, &mut |name, value| member(name, value, &mut rest, out)) {
        return false;
    }
    record.stamp = rest.time.map(Stamp::Instant).or(record.stamp);
    // A program that was not known is written as the parser; a known one also names the process.
    if out.event.pid != 0 && out.get(Field::ProcessName).is_empty() {
        out.event.program = Span::NONE;
    }
    true
}

/// What is known only once the whole event was read.
#[derive(Default)]
struct Rest {
    time: Option<Time>,
}

fn member(name: &str, value: Cow<'_, str>, rest: &mut Rest, out: &mut Writer<'_>) {
    if let Some(name) = name.strip_prefix("unmapped.") {
        return out.native(name, &value);
    }
    let number = || value.parse::<i64>().unwrap_or_default();
    match name {
        "time" => rest.time = number().checked_mul(1_000_000).filter(|t| *t != 0).map(Time),
        "class_uid" => out.event.class = class(number()),
        "activity_id" => out.event.activity = Activity(number().try_into().unwrap_or(99)),
        "status_id" => out.event.status = status(number()),
        "severity_id" => out.event.severity = severity(number()),
        "count" => out.event.count = number().try_into().unwrap_or(1),
        "metadata.sequence" => out.event.record = number().try_into().unwrap_or_default(),
        "metadata.log_provider" => provider(&value, out),
        "message" => out.event.message = out.span(&value),
        "raw_data" => out.event.raw = out.span(&value),
        "src_endpoint.ip" => out.event.src.ip = value.parse().ok(),
        "dst_endpoint.ip" => out.event.dst.ip = value.parse().ok(),
        "src_endpoint.port" => out.event.src.port = number().try_into().unwrap_or_default(),
        "dst_endpoint.port" => out.event.dst.port = number().try_into().unwrap_or_default(),
        "src_endpoint.hostname" => out.event.src.hostname = out.span(&value),
        "dst_endpoint.hostname" => out.event.dst.hostname = out.span(&value),
        "user.name" => out.event.user = out.span(&value),
        "actor.user.name" => out.event.actor = out.span(&value),
        "actor.app_name" => out.event.program = out.span(&value),
        "device.hostname" => out.event.host = out.span(&value),
        "process.pid" => out.event.pid = number().try_into().unwrap_or_default(),
        _ if IMPLIED.contains(&name) => {}
        _ => match PATHS.iter().find(|(_, path)| *path == name) {
            Some((field, _)) => out.set(*field, &value),
            None => out.native(name, &value),
        },
    }
}

fn class(uid: i64) -> Class {
    let known = CLASSES.into_iter().find(|class| i64::from(class.uid()) == uid);
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
        (out.event.provider, out.event.logsource) = (format.name, format.logsource);
    } else if name == text {
        (out.event.provider, out.event.logsource) = (text, crate::generic::LOGSOURCE);
    }
}
