//! Oracle Communications Messaging Server (iMS, PMDF): connection records in its XML-like log,
//! `<co ts="..." tr="TCP|local|port|remote|port" mi="Bad password" us="user" .../>`.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("oracleims", &[], &[]).with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(fields) = record.body.strip_prefix("<co ") else { return false };
    let Some(transport) = value(fields, "tr") else { return false };
    let said = value(fields, "mi").unwrap_or_default();
    let meaning = match (value(fields, "ac"), said) {
        (Some("U"), said) if said.starts_with("Authentication successful") => Meaning::LOGIN,
        (Some("U"), _) => WRONG,
        (Some("O"), _) => Meaning::CONNECTED,
        (Some("C"), _) => Meaning::CLOSED,
        (Some("X"), _) => Meaning::REFUSED.because("denied"),
        _ => Meaning::NOTED,
    };
    meaning.apply(out);
    ends(transport, out);
    let user = value(fields, "us").unwrap_or_default();
    out.event.user = out.span(user);
    record.stamp = value(fields, "ts").and_then(timestamp::bare).map(|(stamp, _)| stamp);
    true
}

/// `TCP|192.0.2.1|25|192.0.2.78|4299`: the own end, then the other one.
fn ends(transport: &str, out: &mut Writer<'_>) {
    let mut parts = transport.split('|').skip(1);
    for remote in [false, true] {
        let mut peer = parts.next().and_then(|ip| address::peer(ip, out)).unwrap_or_default();
        peer.port = parts.next().and_then(|port| port.parse().ok()).unwrap_or_default();
        if remote {
            out.event.src = peer;
        } else {
            out.event.dst = peer;
        }
    }
}

/// The value of an attribute, quotes in values being written as entities.
fn value<'t>(fields: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = fields;
    loop {
        let (key, after) = find::split(rest, "=\"")?;
        let (value, after) = after.split_once('"')?;
        if key.trim_start() == name {
            return Some(value);
        }
        rest = after;
    }
}
