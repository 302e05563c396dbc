//! A packet: who sent what to whom.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// TCP's flags (RFC 9293, 3.1).
pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMP6: u8 = 58;

/// An IP packet, as far as it was copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'b> {
    /// ICMP has its kind for the one port, and its code for the other.
    pub(crate) source: SocketAddr,
    pub(crate) target: SocketAddr,
    /// IANA's number of what is within.
    pub(crate) protocol: u8,
    pub(crate) flags: u8,
    pub(crate) sequence: u32,
    /// Bytes of the whole IP packet, copied or not.
    pub(crate) length: u32,
    /// Bytes that it carries, copied or not.
    pub(crate) carried: u32,
    /// Whether not all of it was copied.
    pub(crate) is_cut: bool,
    /// What of those was copied.
    pub(crate) payload: &'b [u8],
}

impl Default for Packet<'_> {
    fn default() -> Self {
        let nobody = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        Packet {
            source: nobody,
            target: nobody,
            protocol: 0,
            flags: 0,
            sequence: 0,
            length: 0,
            carried: 0,
            is_cut: false,
            payload: &[],
        }
    }
}

impl<'b> Packet<'b> {
    /// The packet in a frame of Ethernet; `None` where that carries none of IP.
    pub(crate) fn of_ethernet(frame: &'b [u8]) -> Option<Packet<'b>> {
        Packet::of_sliced(&LaxSlicedPacket::from_ethernet(frame).ok()?)
    }

    /// The packet behind a frame's head that tells what it carries.
    pub(crate) fn of_type(kind: u16, bytes: &'b [u8]) -> Option<Packet<'b>> {
        Packet::of_sliced(&LaxSlicedPacket::from_ether_type(EtherType(kind), bytes))
    }

    /// A packet without a frame.
    pub(crate) fn of_ip(bytes: &'b [u8]) -> Option<Packet<'b>> {
        Packet::of_sliced(&LaxSlicedPacket::from_ip(bytes).ok()?)
    }

    fn of_sliced(sliced: &LaxSlicedPacket<'b>) -> Option<Packet<'b>> {
        let (source, target, length, within): (IpAddr, IpAddr, _, _) = match sliced.net.as_ref()? {
            LaxNetSlice::Ipv4(ip) => {
                let head = ip.header();
                let (source, target) = (head.source_addr(), head.destination_addr());
                (source.into(), target.into(), u32::from(head.total_len()), ip.payload())
            }
            LaxNetSlice::Ipv6(ip) => {
                let head = ip.header();
                let (source, target) = (head.source_addr(), head.destination_addr());
                let length = u32::from(head.payload_length()) + 40;
                (source.into(), target.into(), length, ip.payload())
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let mut packet = Packet { protocol: within.ip_number.0, length, ..Packet::default() };
        let (mut ports, payload) = ((0, 0), within.payload);
        packet.payload = match &sliced.transport {
            Some(TransportSlice::Tcp(tcp)) => {
                ports = (tcp.source_port(), tcp.destination_port());
                packet.flags = flags(tcp.slice());
                packet.sequence = tcp.sequence_number();
                tcp.payload()
            }
            Some(TransportSlice::Udp(udp)) => {
                ports = (udp.source_port(), udp.destination_port());
                udp.payload()
            }
            Some(TransportSlice::Icmpv4(icmp)) => {
                ports = (icmp.type_u8().into(), icmp.code_u8().into());
                icmp.payload()
            }
            Some(TransportSlice::Icmpv6(icmp)) => {
                ports = (icmp.type_u8().into(), icmp.code_u8().into());
                icmp.payload()
            }
            _ => payload,
        };
        // What stands before the payload was copied, or there would be no payload.
        let missing = missing(sliced, length);
        packet.is_cut = missing > 0;
        packet.carried = (packet.payload.len() as u32).saturating_add(missing);
        packet.source = SocketAddr::new(source, ports.0);
        packet.target = SocketAddr::new(target, ports.1);
        Some(packet)
    }
}

/// The lower flags of a TCP head.
fn flags(head: &[u8]) -> u8 {
    head.get(13).copied().unwrap_or_default()
}

/// Bytes of the packet that were not copied.
fn missing(sliced: &LaxSlicedPacket<'_>, length: u32) -> u32 {
    let (head, within) = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => (ip.header().slice().len(), ip.payload()),
        Some(LaxNetSlice::Ipv6(ip)) => (ip.header().slice().len(), ip.payload()),
        _ => return 0,
    };
    if within.incomplete { length.saturating_sub((head + within.payload.len()) as u32) } else { 0 }
}
