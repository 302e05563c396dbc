//! Okta's System Log: `{"published": ..., "eventType": "user.session.start", "actor": {...}}`.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::address;
use crate::call::{self, Call};
use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "okta", category: "", service: "okta" },
    ..Format::service("okta", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// What happened; some shippers write all names small.
const EVENT: &[&str] = &["eventType", "eventtype"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let tells = |object: &Object<'_>| EVENT.iter().any(|name| !object.get(name).is_empty());
    if !record.object.is_some_and(|object| tells(&object)) {
        return false;
    }
    let Some(call) = Call::read(record, &["actor", "client", "severity"], out) else {
        return false;
    };
    let event = call.any(EVENT);
    call.date(&["published"], record);
    meaning(event, &call).apply(out);
    out.set(Field::ApiOperation, event);
    out.set(Field::MetadataUid, call.get("uuid"));
    out.set(Field::UserAgent, call.get("client.userAgent.rawUserAgent"));
    out.event.src.ip = address::ip(call.get("client.ipAddress"));
    let name = call.any(&["actor.alternateId", "actor.displayName"]);
    call::caller(name, call.get("actor.id"), out);
    true
}

fn meaning(event: &str, call: &Call<'_>) -> Meaning {
    let status = match call.get("outcome.result") {
        "SUCCESS" | "ALLOW" => Status::Success,
        "FAILURE" | "DENY" => Status::Failure,
        _ => Status::Unknown,
    };
    let activity = match event {
        "user.session.start" | "user.authentication.sso" => Activity::LOGON,
        "user.session.end" => Activity::LOGOFF,
        _ if event.starts_with("user.authentication.") => Activity::LOGON,
        _ => return call::meaning(event, status),
    };
    let detail = match call.get("outcome.reason") {
        "INVALID_CREDENTIALS" | "VERIFICATION_ERROR" => "wrong credentials",
        "LOCKED_OUT" => "too many attempts",
        "UNKNOWN_USER" => "invalid user",
        _ if status == Status::Failure => "not allowed",
        _ => "",
    };
    Meaning::new(Class::Authentication, activity, status).because(detail)
}
