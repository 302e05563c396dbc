//! Flows as routers and probes export them (NetFlow, IPFIX, sFlow): objects whose members have the names
//! of IANA's registry of information elements, as [`exports`](crate::exports) writes them.

use tocsin_event::{Field, LogSource, Writer};

use crate::call::Call;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp::{self, Stamp};
use crate::traffic::{self, Answer};
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "netflow", category: "network_connection", service: "" },
    ..Format::service("netflow", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// What every such object begins with, and has.
const BEGINNING: &str = "{\"version\":";
const KNOWN_BY: [&str; 2] = ["\"sequenceNumber\"", "\"observationDomainId\""];

const SOURCES: [&str; 3] = ["sourceIPv4Address", "sourceIPv6Address", "sourceAddress"];
const TARGETS: [&str; 3] =
    ["destinationIPv4Address", "destinationIPv6Address", "destinationAddress"];

const WANTED: [&str; 37] = [
    "version",
    "exporter",
    "exportTime",
    "sourceIPv4Address",
    "sourceIPv6Address",
    "sourceAddress",
    "destinationIPv4Address",
    "destinationIPv6Address",
    "destinationAddress",
    "sourceTransportPort",
    "destinationTransportPort",
    "protocolIdentifier",
    "octetDeltaCount",
    "octetTotalCount",
    "initiatorOctets",
    "packetDeltaCount",
    "packetTotalCount",
    "initiatorPackets",
    "responderOctets",
    "reverseOctetDeltaCount",
    "reverseOctetTotalCount",
    "responderPackets",
    "reversePacketDeltaCount",
    "reversePacketTotalCount",
    "flowStartMilliseconds",
    "flowEndMilliseconds",
    "flowStartSeconds",
    "flowEndSeconds",
    "flowStartMicroseconds",
    "flowEndMicroseconds",
    "flowStartNanoseconds",
    "flowEndNanoseconds",
    "observationTimeMilliseconds",
    "firewallEvent",
    "applicationName",
    "userName",
    "tcpControlBits",
];

/// Times by their members, and the nanoseconds of one of their units. They begin at the first.
const BEGINNINGS: [(&str, i64); 5] = [
    ("flowStartMilliseconds", 1_000_000),
    ("flowStartSeconds", 1_000_000_000),
    ("flowStartMicroseconds", 1_000),
    ("flowStartNanoseconds", 1),
    ("observationTimeMilliseconds", 1_000_000),
];
const ENDS: [(&str, i64); 4] = [
    ("flowEndMilliseconds", 1_000_000),
    ("flowEndSeconds", 1_000_000_000),
    ("flowEndMicroseconds", 1_000),
    ("flowEndNanoseconds", 1),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if !record.body.starts_with(BEGINNING) {
        return false;
    }
    let Some(flow) = Call::read(record, &KNOWN_BY, &WANTED, out) else { return false };
    let sent = timestamp::since_epoch(flow.get("exportTime"), "", 1_000_000_000);
    let (begin, end) = (first(&flow, &BEGINNINGS), first(&flow, &ENDS));
    record.stamp = begin.map(|ns| Stamp::Instant(tocsin_event::Time(ns))).or(sent).or(record.stamp);
    out.event.host = out.span(flow.get("exporter"));
    let (source, target) = (flow.any(&SOURCES), flow.any(&TARGETS));
    if source.is_empty() || target.is_empty() {
        Meaning::NOTED.apply(out);
        return true;
    }
    let protocol = traffic::protocol(flow.get("protocolIdentifier"));
    traffic::meaning(protocol, answer(&flow)).apply(out);
    out.event.src = flow.peer_at(source, "sourceTransportPort");
    out.event.dst = flow.peer_at(target, "destinationTransportPort");
    out.event.user = out.span(flow.get("userName"));
    for (field, value) in [
        (Field::Protocol, protocol),
        (Field::AppProtocol, flow.get("applicationName")),
        (Field::BytesOut, flow.any(&["octetDeltaCount", "octetTotalCount", "initiatorOctets"])),
        (
            Field::PacketsOut,
            flow.any(&["packetDeltaCount", "packetTotalCount", "initiatorPackets"]),
        ),
        (
            Field::BytesIn,
            flow.any(&["responderOctets", "reverseOctetDeltaCount", "reverseOctetTotalCount"]),
        ),
        (
            Field::PacketsIn,
            flow.any(&["responderPackets", "reversePacketDeltaCount", "reversePacketTotalCount"]),
        ),
    ] {
        out.set(field, value);
    }
    if let (Some(begin), Some(end)) = (begin, end)
        && end >= begin
    {
        out.set(Field::Duration, &((end - begin) / 1_000_000).to_string());
    }
    true
}

/// The first of these times that is told, in nanoseconds since 1970.
fn first(flow: &Call<'_>, times: &[(&str, i64)]) -> Option<i64> {
    times.iter().find_map(|(name, unit)| flow.get(name).parse::<i64>().ok()?.checked_mul(*unit))
}

/// A firewall says that it denied a flow (3). All packets of a flow tell their flags together: where there
/// is only that of the first, nobody answered. One packet out of many tells nothing of the others.
fn answer(flow: &Call<'_>) -> Answer {
    const SYN: &str = "2";
    match flow.get("tcpControlBits") {
        _ if flow.get("firewallEvent") == "3" => Answer::Refused,
        SYN if flow.get("version") != "sflow5" => Answer::Missing,
        _ => Answer::Given,
    }
}
