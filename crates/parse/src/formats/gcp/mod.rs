//! Google Cloud's audit logs: `{"protoPayload": {"methodName": ..., ...}, "timestamp": ...}`. Calls to
//! its Kubernetes clusters have the fields of Kubernetes' own audit log too.

use tocsin_event::{Field, LogSource, Severity, Status, Writer};

use crate::address;
use crate::call::{self, Call};
use crate::format::Format;
use crate::header::Record;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "gcp", category: "", service: "gcp.audit" },
    ..Format::service("gcp", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// The names under which Sigma rules know members of the payload.
const NAMED: &[(&str, &str)] = &[
    ("gcp.audit.method_name", "protoPayload.methodName"),
    ("gcp.audit.service_name", "protoPayload.serviceName"),
    ("data.protoPayload.methodName", "protoPayload.methodName"),
    ("data.protoPayload.serviceName", "protoPayload.serviceName"),
    ("data.protoPayload.resource.name", "protoPayload.resourceName"),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(call) = Call::read(record, &["protoPayload"], out) else { return false };
    call.date(&["timestamp", "receiveTimestamp"], record);
    let method = call.get("protoPayload.methodName");
    // Google's codes of remote procedure calls: 7 is "permission denied", 16 "unauthenticated".
    let (status, detail) = match call.get("protoPayload.status.code") {
        "" | "0" => (Status::Success, ""),
        "7" | "16" => (Status::Failure, "forbidden"),
        _ => (Status::Failure, ""),
    };
    let last = method.rsplit('.').next().unwrap_or_default();
    call::meaning(last, status).because(detail).severe(severity(call.get("severity"))).apply(out);
    out.set(Field::ApiOperation, method);
    out.set(Field::ServiceName, call.get("protoPayload.serviceName"));
    out.set(Field::MetadataUid, call.get("insertId"));
    let agent = "protoPayload.requestMetadata.callerSuppliedUserAgent";
    out.set(Field::UserAgent, call.get(agent));
    out.event.src.ip = address::ip(call.get("protoPayload.requestMetadata.callerIp"));
    let email = call.get("protoPayload.authenticationInfo.principalEmail");
    let subject = call.get("protoPayload.authenticationInfo.principalSubject");
    call::caller(if email.is_empty() { subject } else { email }, "", out);
    for (name, member) in NAMED {
        let value = call.get(member);
        if !value.is_empty() {
            out.native(name, value);
        }
    }
    if let Some(method) = method.strip_prefix("io.k8s.") {
        kubernetes(method, &call, out);
    }
    true
}

/// A call to the API server of a cluster: what was asked of it, and what `core.v1.pods.exec.create` of `core/v1/namespaces/shop/pods/web-1/exec`.
fn kubernetes(method: &str, call: &Call<'_>, out: &mut Writer<'_>) {
    for (name, value) in call.members() {
        if let Some(asked) = name.strip_prefix("protoPayload.request.") {
            out.native(&format!("requestObject.{asked}"), value);
        }
    }
    let mut parts = method.split('.').skip(2).collect::<Vec<_>>();
    let verb = parts.pop().unwrap_or_default();
    let object = call.get("protoPayload.resourceName");
    let mut path = object.split('/').skip(2);
    let mut named = [("namespaces", ""), (parts.first().copied().unwrap_or_default(), "")];
    while let Some(step) = path.next() {
        if let Some((_, name)) = named.iter_mut().find(|(kind, _)| *kind == step) {
            *name = path.next().unwrap_or_default();
        }
    }
    let [(_, namespace), (resource, name)] = named;
    for (field, value) in [
        ("verb", verb),
        ("objectRef.resource", resource),
        ("objectRef.subresource", parts.get(1).copied().unwrap_or_default()),
        ("objectRef.namespace", namespace),
        ("objectRef.name", name),
        ("user.username", call.get("protoPayload.authenticationInfo.principalEmail")),
    ] {
        if !value.is_empty() {
            out.native(field, value);
        }
    }
}

fn severity(named: &str) -> Severity {
    match named {
        "WARNING" => Severity::Low,
        "ERROR" => Severity::Medium,
        "CRITICAL" | "ALERT" | "EMERGENCY" => Severity::High,
        _ => Severity::Info,
    }
}
