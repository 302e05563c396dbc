//! Flows as routers and probes export them (NetFlow, IPFIX, sFlow): objects whose members have the names
//! of IANA's registry of information elements, as [`exports`](crate::exports) writes them.

use tocsin_event::{Field, LogSource, Peer, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::object::Object;
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
const KNOWN_BY: [&str; 2] = ["sequenceNumber", "observationDomainId"];

/// The nanoseconds of the units in which a flow's begin is told, and of those of its end.
const BEGIN_UNITS: [i64; 5] = [1_000_000, 1_000_000_000, 1_000, 1, 1_000_000];
const END_UNITS: [i64; 4] = [1_000_000, 1_000_000_000, 1_000, 1];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let is_export = |object: &Object<'_>| {
        record.body.starts_with(BEGINNING) && KNOWN_BY.iter().all(|key| object.has(key))
    };
    let Some(object) = record.object.filter(is_export) else { return false };
    let mut flow = Flow::default();
    object.keep(out);
    for (name, value) in object.members() {
        flow.take(name, value);
    }
    let sent = timestamp::since_epoch(flow.sent, "", 1_000_000_000);
    let (begin, end) = (when(&flow.begin, &BEGIN_UNITS), when(&flow.end, &END_UNITS));
    record.stamp = begin.map(|ns| Stamp::Instant(tocsin_event::Time(ns))).or(sent).or(record.stamp);
    out.event.host = out.span(flow.exporter);
    let (Some(source), Some(target)) = (told(&flow.source), told(&flow.target)) else {
        Meaning::NOTED.apply(out);
        return true;
    };
    let protocol = traffic::protocol(flow.protocol);
    traffic::meaning(protocol, flow.answer()).apply(out);
    out.event.src = peer(source, flow.source_port);
    out.event.dst = peer(target, flow.target_port);
    out.event.user = out.span(flow.user);
    for (field, value) in [
        (Field::Protocol, protocol),
        (Field::AppProtocol, flow.application),
        (Field::BytesOut, told(&flow.bytes_out).unwrap_or_default()),
        (Field::PacketsOut, told(&flow.packets_out).unwrap_or_default()),
        (Field::BytesIn, told(&flow.bytes_in).unwrap_or_default()),
        (Field::PacketsIn, told(&flow.packets_in).unwrap_or_default()),
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

/// The elements that OCSF has a place for; where several tell the same, the first that is told counts.
#[derive(Default)]
struct Flow<'t> {
    version: &'t str,
    exporter: &'t str,
    sent: &'t str,
    source: [&'t str; 3],
    target: [&'t str; 3],
    source_port: &'t str,
    target_port: &'t str,
    protocol: &'t str,
    bytes_out: [&'t str; 3],
    packets_out: [&'t str; 3],
    bytes_in: [&'t str; 3],
    packets_in: [&'t str; 3],
    begin: [&'t str; 5],
    end: [&'t str; 4],
    firewall_event: &'t str,
    application: &'t str,
    user: &'t str,
    flags: &'t str,
}

impl<'t> Flow<'t> {
    fn take(&mut self, name: &str, value: &'t str) {
        let place = match name {
            "version" => &mut self.version,
            "exporter" => &mut self.exporter,
            "exportTime" => &mut self.sent,
            "sourceIPv4Address" => &mut self.source[0],
            "sourceIPv6Address" => &mut self.source[1],
            "sourceAddress" => &mut self.source[2],
            "destinationIPv4Address" => &mut self.target[0],
            "destinationIPv6Address" => &mut self.target[1],
            "destinationAddress" => &mut self.target[2],
            "sourceTransportPort" => &mut self.source_port,
            "destinationTransportPort" => &mut self.target_port,
            "protocolIdentifier" => &mut self.protocol,
            "octetDeltaCount" => &mut self.bytes_out[0],
            "octetTotalCount" => &mut self.bytes_out[1],
            "initiatorOctets" => &mut self.bytes_out[2],
            "packetDeltaCount" => &mut self.packets_out[0],
            "packetTotalCount" => &mut self.packets_out[1],
            "initiatorPackets" => &mut self.packets_out[2],
            "responderOctets" => &mut self.bytes_in[0],
            "reverseOctetDeltaCount" => &mut self.bytes_in[1],
            "reverseOctetTotalCount" => &mut self.bytes_in[2],
            "responderPackets" => &mut self.packets_in[0],
            "reversePacketDeltaCount" => &mut self.packets_in[1],
            "reversePacketTotalCount" => &mut self.packets_in[2],
            "flowStartMilliseconds" => &mut self.begin[0],
            "flowStartSeconds" => &mut self.begin[1],
            "flowStartMicroseconds" => &mut self.begin[2],
            "flowStartNanoseconds" => &mut self.begin[3],
            "observationTimeMilliseconds" => &mut self.begin[4],
            "flowEndMilliseconds" => &mut self.end[0],
            "flowEndSeconds" => &mut self.end[1],
            "flowEndMicroseconds" => &mut self.end[2],
            "flowEndNanoseconds" => &mut self.end[3],
            "firewallEvent" => &mut self.firewall_event,
            "applicationName" => &mut self.application,
            "userName" => &mut self.user,
            "tcpControlBits" => &mut self.flags,
            _ => return,
        };
        if place.is_empty() {
            *place = value;
        }
    }

    /// A firewall says that it denied a flow (3). All packets of a flow tell their flags together: where
    /// there is only that of the first, nobody answered. One packet out of many tells nothing of the others.
    fn answer(&self) -> Answer {
        const SYN: &str = "2";
        match self.flags {
            _ if self.firewall_event == "3" => Answer::Refused,
            SYN if self.version != "sflow5" => Answer::Missing,
            _ => Answer::Given,
        }
    }
}

/// The first of these that is told.
fn told<'t>(values: &[&'t str]) -> Option<&'t str> {
    values.iter().find(|value| !value.is_empty()).copied()
}

/// The first of these times that is told, in nanoseconds since 1970.
fn when(times: &[&str], units: &[i64]) -> Option<i64> {
    let mut times = times.iter().zip(units);
    times.find_map(|(time, unit)| time.parse::<i64>().ok()?.checked_mul(*unit))
}

fn peer(address: &str, port: &str) -> Peer {
    let port = port.parse().unwrap_or_default();
    Peer { ip: address::ip(address), port, ..Peer::default() }
}
