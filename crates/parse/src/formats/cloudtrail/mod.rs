//! AWS CloudTrail: one JSON object an API call. Rules know its members by their dotted names,
//! `userIdentity.type`, `requestParameters.policyArn`.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
use crate::wording::Meaning;
use crate::{address, timestamp};

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "aws", category: "", service: "cloudtrail" },
    ..Format::service("cloudtrail", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// The members that OCSF has a place for.
#[derive(Default)]
struct Call<'t> {
    time: &'t str,
    name: &'t str,
    service: &'t str,
    read_only: bool,
    error: &'t str,
    /// What a sign-in came to.
    sign_in: &'t str,
    who: Who<'t>,
}

/// The caller, named in several ways.
#[derive(Default)]
struct Who<'t> {
    user: &'t str,
    /// The role that a session was issued for.
    issuer: &'t str,
    arn: &'t str,
    /// AWS's own number of it.
    id: &'t str,
    kind: &'t str,
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(object) = record.object.filter(is_call) else { return false };
    let mut call = Call::default();
    object.keep(out);
    for (name, value) in object.members() {
        call.take(name, value, out);
    }
    record.stamp = timestamp::bare(call.time).map(|(stamp, _)| stamp).or(record.stamp);
    call.meaning().apply(out);
    out.set(Field::ApiOperation, call.name);
    out.set(Field::ServiceName, call.service);
    // OCSF's `uid` of an AWS user is the ARN.
    out.set(Field::ActorUid, if call.who.arn.is_empty() { call.who.id } else { call.who.arn });
    let who = call.who.name();
    match out.event.class {
        Class::Authentication => out.event.user = out.span(who),
        _ => out.event.actor = out.span(who),
    }
    true
}

/// Shippers may have taken the time away, or the caller.
fn is_call(object: &Object<'_>) -> bool {
    let has = |key| object.has(key);
    let named = has("eventSource") && has("eventName");
    named && ["eventTime", "userIdentity", "awsRegion"].into_iter().any(has)
}

impl<'t> Call<'t> {
    fn take(&mut self, name: &str, value: &'t str, out: &mut Writer<'_>) {
        match name {
            "eventTime" => self.time = value,
            "@timestamp" if self.time.is_empty() => self.time = value,
            "eventName" => self.name = value,
            "eventSource" => self.service = value,
            "readOnly" => self.read_only = value == "true",
            "errorCode" => self.error = value,
            "responseElements.ConsoleLogin" => self.sign_in = value,
            "userIdentity.userName" => self.who.user = value,
            "userIdentity.sessionContext.sessionIssuer.userName" => self.who.issuer = value,
            "userIdentity.arn" => self.who.arn = value,
            "userIdentity.type" => self.who.kind = value,
            "userIdentity.principalId" => self.who.id = value,
            // Services call for their owners: then there is a name such as `ec2.amazonaws.com`.
            "sourceIPAddress" => out.event.src.ip = address::ip(value),
            "userAgent" => out.set(Field::UserAgent, value),
            "eventID" => out.set(Field::MetadataUid, value),
            _ => {}
        }
    }

    fn meaning(&self) -> Meaning {
        let status = match (self.sign_in, self.error) {
            ("Failure", _) => Status::Failure,
            (_, "") => Status::Success,
            _ => Status::Failure,
        };
        let detail = match status {
            Status::Failure if !self.sign_in.is_empty() => "wrong credentials",
            Status::Failure if self.is_denied() => "forbidden",
            _ => "",
        };
        let (class, activity) = match self.sign_in.is_empty() {
            true => (Class::Api, self.activity()),
            false => (Class::Authentication, Activity::LOGON),
        };
        Meaning::new(class, activity, status).because(detail)
    }

    fn is_denied(&self) -> bool {
        ["AccessDenied", "Unauthorized", "Forbidden"].iter().any(|word| self.error.contains(word))
    }

    /// OCSF's activities of an API: 1 create, 2 read, 3 update, 4 delete.
    fn activity(&self) -> Activity {
        let begins = |words: &[&str]| words.iter().any(|word| self.name.starts_with(word));
        Activity(match () {
            () if self.read_only || begins(&["Describe", "Get", "List", "Head", "Lookup"]) => 2,
            () if begins(&["Create", "Run", "Import", "Register", "Allocate"]) => 1,
            () if begins(&["Delete", "Terminate", "Remove", "Deregister", "Release"]) => 4,
            () => 3,
        })
    }
}

impl Who<'_> {
    fn name(&self) -> &str {
        let of_arn = self.arn.rsplit(['/', ':']).next().unwrap_or_default();
        let names = [self.user, self.issuer, of_arn];
        let named = names.into_iter().find(|name| !name.is_empty() && self.kind != "Root");
        named.unwrap_or(if self.kind == "Root" { "Root" } else { "" })
    }
}
