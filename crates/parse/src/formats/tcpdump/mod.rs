//! tcpdump's text lines: `IP 192.0.2.1.4711 > 192.0.2.2.22: Flags [S], ...`.

use tocsin_event::{Activity, Class, Field, Peer, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("tcpdump", &[], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let text = record.text;
    let Some(rest) = text.strip_prefix("IP ").or_else(|| text.strip_prefix("IP6 ")) else {
        return false;
    };
    let Some((from, rest)) = find::split(rest, " > ") else { return false };
    let Some((to, what)) = find::split(rest, ": ") else { return false };
    let (Some(src), Some(dst)) = (end(from), end(to)) else { return false };
    let flags = what.strip_prefix("Flags [").and_then(|rest| rest.split(']').next());
    let activity = match flags {
        Some("S") => Activity::OPEN,
        Some(flags) if flags.contains('R') => Activity::RESET,
        Some(flags) if flags.contains('F') => Activity::CLOSE,
        _ => Activity::TRAFFIC,
    };
    record.without_tag();
    Meaning::new(Class::Network, activity, Status::Unknown).apply(out);
    (out.event.src, out.event.dst) = (src, dst);
    out.set(Field::TcpFlags, flags.unwrap_or_default());
    let other = what.split([' ', ',']).next().unwrap_or_default();
    out.set(Field::Protocol, if flags.is_some() { "TCP" } else { other });
    true
}

/// `192.0.2.1.4711`, or an address alone.
fn end(text: &str) -> Option<Peer> {
    if let Some(ip) = address::ip(text) {
        return Some(Peer { ip: Some(ip), ..Peer::default() });
    }
    let (ip, port) = text.rsplit_once('.')?;
    Some(Peer { ip: Some(address::ip(ip)?), port: port.parse().ok()?, ..Peer::default() })
}
