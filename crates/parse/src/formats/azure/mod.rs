//! Azure's activity log and Entra ID's audit and sign-in logs, as Azure Monitor writes them:
//! `{"time": ..., "operationName": "MICROSOFT.COMPUTE/.../WRITE", "category": ..., ...}`. The audit
//! log of a Kubernetes cluster comes within such records.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::address;
use crate::call::{self, Call};
use crate::format::Format;
use crate::formats::kubernetes;
use crate::header::Record;
use crate::object::{Flat, Object};
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: of("activitylogs"),
    ..Format::service("azure", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

static ACTIVITY: LogSource = of("activitylogs");
static AUDIT: LogSource = of("auditlogs");
static SIGN_IN: LogSource = of("signinlogs");

const fn of(service: &'static str) -> LogSource {
    LogSource { product: "azure", category: "", service }
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(object) = record.object else { return false };
    if object.get("category").starts_with("kube-audit") {
        return cluster(object.get("properties.log"), record, out);
    }
    // Others name operations too.
    let placed = ["resourceId", "subscriptionId", "callerIpAddress"];
    if !placed.iter().any(|key| object.has(key)) {
        return false;
    }
    let Some(call) = Call::read(record, &["operationName"], out) else { return false };
    let category = call.any(&["category", "category.value"]);
    call.date(&["time", "eventTimestamp", "createdDateTime"], record);
    let sign_in = category.ends_with("SignInLogs");
    out.event.logsource = match category {
        _ if sign_in => &SIGN_IN,
        "AuditLogs" => &AUDIT,
        _ => &ACTIVITY,
    };
    let operation = call.any(&["operationName", "operationName.value"]);
    if sign_in { signing_in(&call) } else { calling(operation, &call) }.apply(out);
    out.set(Field::ApiOperation, operation);
    out.set(Field::MetadataUid, call.get("correlationId"));
    out.set(Field::UserAgent, call.get("properties.userAgent"));
    let source = call.any(&[
        "callerIpAddress",
        "properties.ipAddress",
        "properties.initiatedBy.user.ipAddress",
        "identity.claims.ipaddr",
    ]);
    out.event.src = address::peer(source, out).unwrap_or_default();
    let (name, uid) = who(&call);
    call::caller(name, uid, out);
    true
}

/// What the API server of a cluster has written, handed on as text: `{"properties": {"log": "{...}"}}`.
fn cluster(log: &str, record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let mut flat = Flat::default();
    let object = flat.read(log).filter(Object::is_whole);
    let mut inner = Record { body: log, stamp: record.stamp, object, ..Record::default() };
    let read = kubernetes::read(&mut inner, out);
    record.stamp = inner.stamp;
    read
}

/// The caller's name and number.
fn who<'c>(call: &'c Call<'_>) -> (&'c str, &'c str) {
    let name = call.any(&[
        "properties.userPrincipalName",
        "properties.initiatedBy.user.userPrincipalName",
        "identity.claims.http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "caller",
        "identity.claims.http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "identity.claims.name",
        "properties.servicePrincipalName",
        "properties.initiatedBy.app.displayName",
        "identity",
    ]);
    let uid = ["identity.authorization.evidence.principalId", "identity.claims.appid"];
    (name, call.any(&uid))
}

/// Entra ID's numbers of errors: 0 for none, 50126 for a wrong password.
fn signing_in(call: &Call<'_>) -> Meaning {
    let login = Meaning::LOGIN_FAILED;
    match call.any(&["properties.status.errorCode", "resultType"]) {
        "" => Meaning { status: Status::Unknown, ..login },
        "0" => Meaning::LOGIN,
        "50126" | "50056" | "50064" | "80014" => login.because("wrong credentials"),
        "50034" | "51004" => login.because("invalid user"),
        "50053" => login.because("too many attempts"),
        // Something more is asked for: another factor, a new password, consent.
        "50055" | "50072" | "50074" | "50076" | "50079" | "50125" | "50140" | "65001" => {
            Meaning::new(Class::Authentication, Activity::PREAUTH, Status::Unknown)
        }
        _ => login.because("not allowed"),
    }
}

fn calling(operation: &str, call: &Call<'_>) -> Meaning {
    let results = ["resultType", "status", "status.value", "resultSignature", "properties.result"];
    let result = call.any(&results).to_ascii_lowercase();
    let status = match &*result {
        "success" | "succeeded" | "0" | "200" | "201" | "202" | "204" => Status::Success,
        "failure" | "failed" => Status::Failure,
        _ => Status::Unknown,
    };
    // `MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION` ends with what is done.
    let mut meaning = call::meaning(operation, status);
    let done = operation.rsplit('/').next().unwrap_or_default();
    if done.eq_ignore_ascii_case("write") {
        meaning.activity = Activity(3);
    }
    meaning
}
