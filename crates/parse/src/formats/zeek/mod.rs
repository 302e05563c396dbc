//! Zeek's logs, as JSON: one object a connection, query, request or whatever the log is of. Those
//! written as columns come here as JSON too, with the log's name as `_path`.

mod kind;

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::object::Object;
use crate::timestamp::{self, Stamp};
use crate::wording::Meaning;
use crate::{address, traffic};

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "zeek", category: "", service: "" },
    ..Format::service("zeek", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// The members that OCSF has a place for, as they are found.
#[derive(Default)]
struct Found<'t> {
    path: &'t str,
    time: &'t str,
    state: &'t str,
    /// Whether the one who called and the one called are of the network watched.
    local: (&'t str, &'t str),
    signed_in: &'t str,
    outcome: &'t str,
    method: &'t str,
    uri: &'t str,
    status: &'t str,
    agent: &'t str,
    referrer: &'t str,
    version: &'t str,
}

/// Reads a record, whoever wrote it.
pub(crate) fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(object) = record.object.filter(is_of_zeek) else { return false };
    let mut found = Found::default();
    object.keep(out);
    for (name, value) in object.members() {
        found.take(name, value, out);
    }
    record.stamp = stamp(found.time).or(record.stamp);
    out.set(Field::Direction, found.direction());
    let looks_like = || object.members().map(|(name, _)| kind::of_member(name));
    let path = match found.path {
        // A notice may be about a file, whose name it then has as well.
        "" if object.has("note") => "notice",
        "" => looks_like().find(|path| !path.is_empty()).unwrap_or_default(),
        path => path,
    };
    out.event.provider = FORMAT.name;
    out.event.logsource = kind::logsource(path).unwrap_or(&FORMAT.logsource);
    match path {
        "http" => found.request(out),
        path => {
            if path == "ssl" {
                out.set(Field::TlsVersion, found.version);
            }
            found.meaning(path).apply(out);
        }
    }
    true
}

/// Zeek's names of the ends of a connection; the logs of other things have a time and a member that
/// nobody else writes.
fn is_of_zeek(object: &Object<'_>) -> bool {
    let named = || object.has("id.orig_h") || object.has("_path");
    let marked = || kind::MARKS.iter().any(|key| object.has(key));
    let noted = || {
        ["true", "false"].contains(&object.get("notice"))
            || object.get("actions").starts_with("Notice::")
    };
    object.has("ts") && (named() || marked() || noted())
}

impl<'t> Found<'t> {
    fn take(&mut self, name: &str, value: &'t str, out: &mut Writer<'_>) {
        match name {
            "_path" => self.path = value,
            "ts" => self.time = value,
            "uid" => out.set(Field::MetadataUid, value),
            "id.orig_h" | "src" | "client_addr" => out.event.src.ip = address::ip(value),
            "id.orig_p" => out.event.src.port = value.parse().unwrap_or_default(),
            "id.resp_h" | "dst" => out.event.dst.ip = address::ip(value),
            "id.resp_p" => out.event.dst.port = value.parse().unwrap_or_default(),
            "proto" => out.set(Field::Protocol, value),
            "service" => out.set(Field::AppProtocol, value),
            "duration" => traffic::lasted(value, out),
            "orig_bytes" => out.set(Field::BytesOut, value),
            "resp_bytes" => out.set(Field::BytesIn, value),
            "orig_pkts" => out.set(Field::PacketsOut, value),
            "resp_pkts" => out.set(Field::PacketsIn, value),
            "server_name" => out.set(Field::TlsSni, value),
            "version" => self.version = value,
            "conn_state" => self.state = value,
            "local_orig" => self.local.0 = value,
            "local_resp" => self.local.1 = value,
            "auth_success" => self.signed_in = value,
            "success" => self.outcome = value,
            "rcode_name" => self.outcome = value,
            "query" => out.set(Field::DnsQuery, value),
            "qtype_name" => out.set(Field::DnsType, value),
            "user" | "username" => out.event.user = out.span(value),
            "method" => self.method = value,
            "host" => out.set(Field::HttpHost, value),
            "uri" => self.uri = value,
            "status_code" => self.status = value,
            "user_agent" => self.agent = value,
            "referrer" => self.referrer = value,
            "mailfrom" => out.set(Field::EmailFrom, value),
            "rcptto" => out.set(Field::EmailTo, value),
            "filename" => out.set(Field::FilePath, value),
            _ => {}
        }
    }

    /// OCSF's `direction_id`.
    fn direction(&self) -> &'static str {
        match self.local {
            ("F" | "false", "T" | "true") => "1",
            ("T" | "true", "F" | "false") => "2",
            ("T" | "true", "T" | "true") => "3",
            _ => "",
        }
    }

    fn meaning(&self, path: &str) -> Meaning {
        let meant = |class, activity, status| Meaning::new(class, activity, status);
        match (path, self.state, self.signed_in, self.outcome) {
            ("conn", "REJ", ..) => Meaning::REFUSED,
            // A first packet without an answer.
            ("conn", "S0", ..) => meant(Class::Network, Activity::FAIL, Status::Failure),
            ("conn", "SF", ..) => meant(Class::Network, Activity::CLOSE, Status::Success),
            ("conn", "RSTO" | "RSTR", ..) => {
                meant(Class::Network, Activity::RESET, Status::Success)
            }
            ("conn", ..) => meant(Class::Network, Activity::TRAFFIC, Status::Success),
            ("dns", _, _, outcome) => traffic::dns_meaning(outcome),
            ("ssh", _, "true" | "T", _) => Meaning::LOGIN,
            ("ssh", _, "false" | "F", _) => Meaning::LOGIN_FAILED.because("wrong credentials"),
            ("ssh", ..) => Meaning::CONNECTED,
            ("kerberos" | "ntlm", _, _, "true") => Meaning::LOGIN,
            ("kerberos" | "ntlm", _, _, "false") => {
                Meaning::LOGIN_FAILED.because("wrong credentials")
            }
            _ => Meaning::NOTED,
        }
    }

    fn request(&self, out: &mut Writer<'_>) {
        let request = Request { method: self.method, target: self.uri, version: "" };
        request.apply(out);
        out.set(Field::HttpStatus, self.status);
        out.set(Field::UserAgent, self.agent);
        out.set(Field::Referrer, self.referrer);
        let sent = [self.agent, self.referrer];
        let attacked = http::attacks(self.uri) || sent.into_iter().any(http::attacks_in_header);
        http::outcome(self.status.parse().unwrap_or_default(), attacked, out);
    }
}

/// Seconds since the epoch with a fraction, or ISO 8601, as Zeek was told to write.
fn stamp(text: &str) -> Option<Stamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return timestamp::bare(text).map(|(stamp, _)| stamp);
    }
    timestamp::since_epoch(whole, fraction, 1_000_000_000)
}
