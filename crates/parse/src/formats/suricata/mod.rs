//! Suricata's `eve.json`: one object a flow, alert, query, request or whatever `event_type` names.

use tocsin_event::{Activity, Class, Field, LogSource, Severity, Status, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::traffic::{self, Answer};
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "suricata", category: "", service: "" },
    ..Format::service("suricata", &["*"], &[]).with_reader(read).that_begins_with(b"{@")
};

/// Other programs have an `event_type` too; what Suricata saw on the network has a flow as well, or a
/// source and a target under its names.
const KNOWN_BY: [&str; 4] = ["event_type", "timestamp", "src_ip", "dest_ip"];

const PLACES: &[(&str, Field)] = &[
    ("flow_id", Field::MetadataUid),
    ("in_iface", Field::DeviceInterface),
    ("flow.bytes_toserver", Field::BytesOut),
    ("flow.bytes_toclient", Field::BytesIn),
    ("flow.pkts_toserver", Field::PacketsOut),
    ("flow.pkts_toclient", Field::PacketsIn),
    ("alert.signature_id", Field::EventCode),
    ("tls.sni", Field::TlsSni),
    ("tls.version", Field::TlsVersion),
    ("smtp.mail_from", Field::EmailFrom),
    ("smtp.rcpt_to", Field::EmailTo),
    ("fileinfo.filename", Field::FilePath),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    record.body = record.body.strip_prefix("@cee:").unwrap_or(record.body);
    let Some(eve) = Call::read(record, &KNOWN_BY, out) else { return false };
    eve.date(&["timestamp"], record);
    out.event.host = out.span(eve.get("host"));
    out.event.src = eve.peer("src_ip", "src_port");
    out.event.dst = eve.peer("dest_ip", "dest_port");
    eve.place(PLACES, out);
    out.set(Field::Protocol, &eve.get("proto").to_ascii_lowercase());
    if !matches!(eve.get("app_proto"), "failed") {
        out.set(Field::AppProtocol, eve.get("app_proto"));
    }
    traffic::lasted(eve.get("flow.age"), out);
    match eve.get("event_type") {
        "http" => request(&eve, out),
        "dns" => query(&eve, out),
        "alert" => alert(&eve, out),
        other => meaning(other, &eve).apply(out),
    }
    true
}

fn meaning(kind: &str, eve: &Call<'_>) -> Meaning {
    match kind {
        "flow" => traffic::meaning(eve.get("proto"), answer(eve)),
        "drop" => Meaning::REFUSED.because("denied"),
        "fileinfo" | "stats" | "anomaly" => Meaning::NOTED,
        _ => Meaning::CONNECTED,
    }
}

/// All flags that came back being those of a refusal, nobody is there.
fn answer(eve: &Call<'_>) -> Answer {
    match eve.get("tcp.tcp_flags_tc") {
        "14" | "04" => Answer::Refused,
        _ => traffic::answered(eve.get("flow.pkts_toclient")),
    }
}

/// Suricata numbers what is gravest 1.
fn alert(eve: &Call<'_>, out: &mut Writer<'_>) {
    let severity = match eve.get("alert.severity") {
        "1" => Severity::High,
        "2" => Severity::Medium,
        "3" => Severity::Low,
        _ => Severity::Info,
    };
    let activity =
        if eve.get("alert.action") == "blocked" { Activity::REFUSE } else { Activity::TRAFFIC };
    let meaning = Meaning::new(Class::Network, activity, Status::Failure);
    Meaning { severity, detail: "exploit attempt", ..meaning }.apply(out);
    out.event.message = out.span(eve.get("alert.signature"));
}

fn query(eve: &Call<'_>, out: &mut Writer<'_>) {
    traffic::dns_meaning(eve.get("dns.rcode")).apply(out);
    let name = eve.any(&["dns.rrname", "dns.queries.rrname", "dns.query.rrname"]);
    let kind = eve.any(&["dns.rrtype", "dns.queries.rrtype", "dns.query.rrtype"]);
    out.set(Field::DnsQuery, name);
    out.set(Field::DnsType, kind);
}

fn request(eve: &Call<'_>, out: &mut Writer<'_>) {
    let version = eve.get("http.protocol").strip_prefix("HTTP/").unwrap_or_default();
    let target = eve.get("http.url");
    Request { method: eve.get("http.http_method"), target, version }.apply(out);
    let sent = [eve.get("http.http_user_agent"), eve.get("http.http_refer")];
    for (field, member) in [
        (Field::HttpHost, "http.hostname"),
        (Field::UserAgent, "http.http_user_agent"),
        (Field::Referrer, "http.http_refer"),
        (Field::HttpStatus, "http.status"),
        (Field::HttpLength, "http.length"),
    ] {
        out.set(field, eve.get(member));
    }
    let attacked = http::attacks(target) || sent.into_iter().any(http::attacks_in_header);
    http::outcome(eve.get("http.status").parse().unwrap_or_default(), attacked, out);
}
