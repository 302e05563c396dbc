//! Packets that a Linux firewall logged: iptables, nftables, UFW, UniFi gateways.
//! `[UFW BLOCK] IN=eth0 OUT= MAC=... SRC=192.0.2.1 DST=198.51.100.1 ... PROTO=TCP SPT=1 DPT=2 ...`

use tocsin_event::{Activity, Class, Field, Peer, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("netfilter", &["kernel", "ulogd", ""], &[]).with_reader(read);

const PASSED: Meaning = Meaning::new(Class::Network, Activity::OPEN, Status::Success);
const SEEN: Meaning = Meaning::new(Class::Network, Activity::TRAFFIC, Status::Unknown);
const BLOCKED: Meaning = Meaning::REFUSED.because("denied");

/// The longest text before the source: the rule's prefix (29 bytes in iptables, 127 in nftables),
/// interfaces and a MAC header.
const HEAD_MAX: usize = 512;
/// Pairs that are looked at, those of a packet within the packet not among them.
const PAIRS_MAX: usize = 128;

/// What rules that stop packets are called, and those that let them pass.
const STOPS: &[&str] = &["block", "drop", "reject", "deny", "denied", "refuse"];
const PASSES: &[&str] = &["accept", "allow", "permit", "pass"];

/// OCSF's directions of a connection.
const INBOUND: &str = "1";
const OUTBOUND: &str = "2";

/// Reads a record with `IN=` and `SRC=`.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let body = record.body;
    let Some((prefix, packet)) = split_at_packet(body) else { return false };
    let rule = rule(prefix);
    meaning(rule).apply(out);
    out.set(Field::FirewallRule, rule);
    let pairs = packet.split(' ').take(PAIRS_MAX);
    let mut interfaces = ("", "");
    for pair in pairs.take_while(|pair| !pair.starts_with('[')) {
        let Some((name, value)) = pair.split_once('=') else { continue };
        match name {
            "IN" => interfaces.0 = value,
            "OUT" => interfaces.1 = value,
            _ => set(name, value, out),
        }
    }
    through(interfaces, out);
    if let Some((_, flags)) =
        find::split(packet, " RES=0x").and_then(|(_, rest)| rest.split_once(' '))
        && let Some((flags, _)) = find::split(flags, " URGP=")
    {
        out.set(Field::TcpFlags, flags);
    }
    true
}

fn split_at_packet(body: &str) -> Option<(&str, &str)> {
    let head = body.get(..find::first(body, " SRC=")?)?;
    if head.len() > HEAD_MAX {
        return None;
    }
    let source = head.len();
    let at = if head.starts_with("IN=") || head.starts_with("OUT=") {
        0
    } else {
        [" IN=", "]IN=", ":IN="].iter().find_map(|mark| head.rfind(mark)).map_or(source, |at| at)
            + 1
    };
    body.split_at_checked(at)
}

/// The prefix an administrator gave the rule, without the kernel's uptime.
fn rule(prefix: &str) -> &str {
    let prefix = prefix.trim();
    let uptime = prefix.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let named =
        uptime.filter(|(time, _)| time.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let name = named.map_or(prefix, |(_, rest)| rest).trim().trim_end_matches(':');
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}

fn meaning(rule: &str) -> Meaning {
    // UniFi's names end in what the rule does: `WAN_LOCAL-D-4000`, `WAN_LOCAL-default-D`.
    let unifi = rule.trim_start_matches('[').split(']').next().unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| holds(rule, word));
    let ends = |letter: &str| unifi.split('-').skip(1).any(|part| part == letter);
    if ends("A") {
        PASSED
    } else if ends("D") || ends("R") || says(STOPS) {
        BLOCKED
    } else if says(PASSES) {
        PASSED
    } else {
        SEEN
    }
}

fn holds(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Where a packet came in and went out: of one that is passed on, both are told.
fn through((incoming, outgoing): (&str, &str), out: &mut Writer<'_>) {
    let (interface, direction) = match (incoming, outgoing) {
        (incoming, "") => (incoming, INBOUND),
        ("", outgoing) => (outgoing, OUTBOUND),
        (_, outgoing) => (outgoing, ""),
    };
    out.set(Field::DeviceInterface, interface);
    out.set(Field::Direction, if interface.is_empty() { "" } else { direction });
}

fn set(name: &str, value: &str, out: &mut Writer<'_>) {
    match name {
        "SRC" => out.event.src = Peer { ip: address::ip(value), ..out.event.src },
        "DST" => out.event.dst = Peer { ip: address::ip(value), ..out.event.dst },
        "SPT" => out.event.src.port = value.parse().unwrap_or_default(),
        "DPT" => out.event.dst.port = value.parse().unwrap_or_default(),
        "PROTO" => out.set(Field::Protocol, value),
        _ => {}
    }
}
