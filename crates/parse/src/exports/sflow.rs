//! sFlow version 5 (sflow.org/sflow_version_5.txt): samples of packets, and the counters of interfaces.
//! Sampled packets are told under the names of IANA's registry, counters under those of RFC 2863.

use std::net::IpAddr;

use tocsin_event::json::Object;

use super::Message;
use super::bytes::Bytes;
use crate::capture::packet::Packet;

/// More samples than fit into a datagram, and more records than fit into a sample.
const SAMPLES_MAX: u32 = 1024;

/// Whether a payload begins like a datagram.
pub(super) fn is_datagram(payload: &[u8]) -> bool {
    let mut bytes = Bytes(payload);
    bytes.u32() == Some(5) && matches!(bytes.u32(), Some(1 | 2))
}

/// What a datagram says of all its samples.
struct Head {
    agent: IpAddr,
    sub_agent: u32,
    sequence: u32,
    up: u32,
    /// Datagrams say no time; that at which they came is as good.
    received: Option<i64>,
}

impl Head {
    fn write(&self, o: &mut Object<'_>) {
        o.text("version", "sflow5");
        o.ip("exporter", self.agent);
        if let Some(received) = self.received {
            o.number("exportTime", received);
        }
        o.number("observationDomainId", self.sub_agent);
        o.number("sequenceNumber", self.sequence);
        o.number("systemUpTimeMilliseconds", self.up);
    }
}

/// See [`Exports::read`](super::Exports::read).
pub(super) fn read(message: Message<'_>, out: &mut Vec<u8>) -> Option<usize> {
    let mut bytes = Bytes(message.payload);
    bytes.u32().filter(|version| *version == 5)?;
    let agent = address(&mut bytes)?;
    let (sub_agent, sequence, up) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let received = message.received.map(|nanoseconds| nanoseconds / 1_000_000_000);
    let head = Head { agent, sub_agent, sequence, up, received };
    for _ in 0..bytes.u32()?.min(SAMPLES_MAX) {
        let (kind, length) = (bytes.u32()?, bytes.u32()?);
        let mut sample = Bytes(bytes.take(length as usize)?);
        // What is not understood is a line that says so.
        if sampled(kind, &mut sample, &head, out).is_none() {
            out.extend_from_slice(format!("sample of sFlow of kind {kind}\n").as_bytes());
        }
    }
    Some(message.payload.len() - bytes.0.len())
}

fn address(bytes: &mut Bytes<'_>) -> Option<IpAddr> {
    match bytes.u32()? {
        1 => bytes.ipv4(),
        2 => bytes.ipv6(),
        _ => None,
    }
}

/// Where a sample was taken.
#[derive(Clone, Copy)]
struct Source {
    /// One packet in this many was looked at.
    rate: u32,
    ingress: u32,
    egress: u32,
}

fn sampled(kind: u32, sample: &mut Bytes<'_>, head: &Head, out: &mut Vec<u8>) -> Option<()> {
    let sequence = sample.u32()?;
    match kind {
        1 => {
            let (_source, rate, _pool, _drops) =
                (sample.u32()?, sample.u32()?, sample.u32()?, sample.u32()?);
            let source = Source { rate, ingress: sample.u32()?, egress: sample.u32()? };
            packets(sample, head, source, out)
        }
        3 => {
            let _source = (sample.u32()?, sample.u32()?);
            let (rate, _pool, _drops) = (sample.u32()?, sample.u32()?, sample.u32()?);
            let (_, ingress, _, egress) =
                (sample.u32()?, sample.u32()?, sample.u32()?, sample.u32()?);
            packets(sample, head, Source { rate, ingress, egress }, out)
        }
        2 => {
            let _source = sample.u32()?;
            counters(sample, head, sequence, out)
        }
        4 => {
            let _source = (sample.u32()?, sample.u32()?);
            counters(sample, head, sequence, out)
        }
        _ => None,
    }
}

/// The records of a sample of packets: the packet's beginning, or what was read of it.
fn packets(sample: &mut Bytes<'_>, head: &Head, source: Source, out: &mut Vec<u8>) -> Option<()> {
    for _ in 0..sample.u32()?.min(SAMPLES_MAX) {
        let (kind, length) = (sample.u32()?, sample.u32()?);
        let mut record = Bytes(sample.take(length as usize)?);
        let packet = match kind {
            1 => beginning(&mut record),
            3 => read_by_agent(&mut record, |bytes| bytes.ipv4()),
            4 => read_by_agent(&mut record, |bytes| bytes.ipv6()),
            // What a switch or a router did with it says nothing of the flow.
            _ => continue,
        };
        let Some((packet, length)) = packet else { continue };
        Object::write(out, |o| {
            head.write(o);
            o.number("samplingPacketInterval", source.rate);
            o.number("ingressInterface", source.ingress);
            o.number("egressInterface", source.egress);
            o.number("packetDeltaCount", 1);
            o.number("octetDeltaCount", length);
            o.ip("sourceAddress", packet.source.ip());
            o.ip("destinationAddress", packet.target.ip());
            o.number("protocolIdentifier", packet.protocol);
            o.number("sourceTransportPort", packet.source.port());
            o.number("destinationTransportPort", packet.target.port());
            o.number("tcpControlBits", packet.flags);
        });
        out.push(b'\n');
    }
    Some(())
}

/// A packet as far as it was copied, and how long it was.
fn beginning<'b>(record: &mut Bytes<'b>) -> Option<(Packet<'b>, u32)> {
    const ETHERNET: u32 = 1;
    const IPV4: u32 = 11;
    const IPV6: u32 = 12;
    let (protocol, length, _stripped, copied) =
        (record.u32()?, record.u32()?, record.u32()?, record.u32()?);
    let bytes = record.take(copied as usize)?;
    let packet = match protocol {
        ETHERNET => Packet::of_ethernet(bytes),
        IPV4 | IPV6 => Packet::of_ip(bytes),
        _ => None,
    };
    packet.map(|packet| (packet, length))
}

fn read_by_agent<'b>(
    record: &mut Bytes<'b>,
    address: fn(&mut Bytes<'b>) -> Option<IpAddr>,
) -> Option<(Packet<'b>, u32)> {
    let (length, protocol) = (record.u32()?, record.u32()?);
    let (source, target) = (address(record)?, address(record)?);
    let (source_port, target_port, flags) = (record.u32()?, record.u32()?, record.u32()?);
    let packet = Packet {
        source: (source, source_port as u16).into(),
        target: (target, target_port as u16).into(),
        protocol: protocol as u8,
        flags: flags as u8,
        ..Packet::default()
    };
    Some((packet, length))
}

/// The counters of an interface since its agent was started, and its name.
fn counters(sample: &mut Bytes<'_>, head: &Head, sequence: u32, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    let mut whole = None;
    Object::write(out, |o| {
        head.write(o);
        o.number("sampleSequenceNumber", sequence);
        whole = counted(sample, o);
    });
    match whole {
        Some(()) => out.push(b'\n'),
        None => out.truncate(start),
    }
    whole
}

fn counted(sample: &mut Bytes<'_>, o: &mut Object<'_>) -> Option<()> {
    for _ in 0..sample.u32()?.min(SAMPLES_MAX) {
        let (kind, length) = (sample.u32()?, sample.u32()?);
        let mut record = Bytes(sample.take(length as usize)?);
        match kind {
            1 => interface(&mut record, o)?,
            1005 => {
                let length = record.u32()? as usize;
                o.text("ifName", &String::from_utf8_lossy(record.take(length)?));
            }
            _ => {}
        }
    }
    Some(())
}

fn interface(record: &mut Bytes<'_>, o: &mut Object<'_>) -> Option<()> {
    o.number("ifIndex", record.u32()?);
    o.number("ifType", record.u32()?);
    o.number("ifSpeed", record.u64()?);
    o.number("ifDirection", record.u32()?);
    let status = record.u32()?;
    o.number("ifAdminStatus", status & 1);
    o.number("ifOperStatus", status >> 1 & 1);
    o.number("ifInOctets", record.u64()?);
    for name in [
        "ifInUcastPkts",
        "ifInMulticastPkts",
        "ifInBroadcastPkts",
        "ifInDiscards",
        "ifInErrors",
        "ifInUnknownProtos",
    ] {
        o.number(name, record.u32()?);
    }
    o.number("ifOutOctets", record.u64()?);
    for name in [
        "ifOutUcastPkts",
        "ifOutMulticastPkts",
        "ifOutBroadcastPkts",
        "ifOutDiscards",
        "ifOutErrors",
        "ifPromiscuousMode",
    ] {
        o.number(name, record.u32()?);
    }
    Some(())
}
