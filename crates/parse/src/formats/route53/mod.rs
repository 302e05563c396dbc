//! The queries that AWS's resolver answered (Route 53 resolver query logs), one object each.

use tocsin_event::{Field, LogSource, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::traffic;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "aws", category: "dns", service: "route53" },
    ..Format::service("route53", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

const KNOWN_BY: [&str; 3] = ["query_timestamp", "query_name", "srcaddr"];

const PLACES: &[(&str, Field)] = &[
    ("query_type", Field::DnsType),
    ("srcids.instance", Field::SrcHostname),
    ("firewall_rule_group_id", Field::FirewallRule),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(query) = Call::read(record, &KNOWN_BY, out) else { return false };
    query.date(&["query_timestamp"], record);
    traffic::dns_meaning(query.get("rcode")).apply(out);
    out.event.src = query.peer("srcaddr", "srcport");
    out.set(Field::DnsQuery, query.get("query_name").trim_end_matches('.'));
    out.set(Field::Protocol, &query.get("transport").to_ascii_lowercase());
    query.place(PLACES, out);
    true
}
