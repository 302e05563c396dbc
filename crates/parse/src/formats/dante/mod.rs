//! Dante, a SOCKS server:
//! `info: block(1): tcp/accept ]: 192.0.2.1.50550 198.51.100.1.1080: error after reading 35 bytes ...`.

use tocsin_event::{Field, Peer, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("dante", &["danted", "sockd"], &[]).with_reader(read);

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((rule, rest)) =
        find::split(record.body, ": ").and_then(|(_, rest)| find::split(rest, ": "))
    else {
        return false;
    };
    let Some((verdict, _)) = rule.split_once('(') else { return false };
    let Some((_, flow)) = find::split(rest, ": ") else { return false };
    let (flow, reason) = find::split(flow, ": ").unwrap_or((flow, ""));
    let mut ends = flow.split(' ');
    let Some(source) = ends.next().and_then(peer) else { return false };
    meaning(verdict, reason).apply(out);
    out.event.src = source;
    out.event.dst = ends.next().and_then(peer).unwrap_or_default();
    out.set(Field::FirewallRule, rule);
    let user = find::split(reason, "user \"").and_then(|(_, name)| name.rsplit_once('"'));
    out.event.user = out.span(user.map_or("", |(name, _)| name));
    true
}

fn meaning(verdict: &str, reason: &str) -> Meaning {
    match verdict {
        "block" if reason.contains("user \"") => Meaning::LOGIN_FAILED.because("wrong credentials"),
        "block" => Meaning::REFUSED.because("denied"),
        _ => Meaning::CONNECTED,
    }
}

/// `192.0.2.1.50550`; the account comes before an `@` where it is known.
fn peer(text: &str) -> Option<Peer> {
    let (host, port) = text.rsplit('@').next()?.rsplit_once('.')?;
    Some(Peer { ip: Some(address::ip(host)?), port: port.parse().ok()?, ..Peer::default() })
}
