//! The audit log of a Kubernetes API server, of whichever provider:
//! `{"apiVersion": "audit.k8s.io/v1", "verb": "create", "objectRef": {"resource": "pods"}, ...}`.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::address;
use crate::call::{self, Call};
use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "kubernetes", category: "application", service: "audit" },
    ..Format::service("kubernetes", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

pub(super) fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    // What is asked of the server itself is about no object.
    let is_audit = |object: Object<'_>| {
        object.has("objectRef") || object.get("apiVersion").starts_with("audit.k8s.io/")
    };
    if !record.object.is_some_and(is_audit) {
        return false;
    }
    let Some(call) = Call::read(record, &["verb"], out) else { return false };
    call.date(&["requestReceivedTimestamp", "stageTimestamp"], record);
    meaning(&call).apply(out);
    let parts = ["verb", "objectRef.resource", "objectRef.subresource"].map(|name| call.get(name));
    let operation = match parts {
        [verb, "", _] => verb.to_owned(),
        [verb, resource, ""] => format!("{verb} {resource}"),
        [verb, resource, sub] => format!("{verb} {resource}/{sub}"),
    };
    out.set(Field::ApiOperation, &operation);
    out.set(Field::ServiceName, "kubernetes");
    out.set(Field::MetadataUid, call.get("auditID"));
    out.set(Field::UserAgent, call.get("userAgent"));
    out.event.src.ip = address::ip(call.get("sourceIPs"));
    call::caller(call.get("user.username"), call.get("user.uid"), out);
    true
}

fn meaning(call: &Call<'_>) -> Meaning {
    let code = call.get("responseStatus.code").parse::<u16>().ok();
    let forbidden = call.get("annotations.authorization.k8s.io/decision") == "forbid";
    let (status, detail) = match code {
        _ if forbidden => (Status::Failure, "forbidden"),
        Some(401) => (Status::Failure, "wrong credentials"),
        Some(403) => (Status::Failure, "forbidden"),
        Some(400..) => (Status::Failure, ""),
        Some(_) => (Status::Success, ""),
        None => (Status::Unknown, ""),
    };
    let activity = match call.get("verb") {
        "create" => 1,
        "get" | "list" | "watch" => 2,
        "update" | "patch" => 3,
        "delete" | "deletecollection" => 4,
        _ => 0,
    };
    Meaning::new(Class::Api, Activity(activity), status).because(detail)
}
