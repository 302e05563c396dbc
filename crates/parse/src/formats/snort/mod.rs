//! Alerts of Snort and Suricata, one a line: `[**] [1:2001219:20] what [**] [Classification: ...]
//! [Priority: 2] {TCP} 192.0.2.1:51000 -> 198.51.100.1:22`, in syslog without the stars.

use tocsin_event::{Field, Peer, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("snort", &[], &[]).with_reader(read);

const ALERT: Meaning = Meaning::REFUSED.because("exploit attempt");

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let text = record.text.trim_start();
    let own_file = ["[**] ", "[Drop] [**] ", "[wDrop] [**] "];
    let from_file = own_file.iter().find_map(|stars| text.strip_prefix(stars));
    let Some((id, rest)) = rule(from_file.unwrap_or(record.body)) else { return false };
    let Some((before, peers)) = find::split_last(rest, "} ") else { return false };
    let Some((source, target)) = find::split(peers, " -> ") else { return false };
    if from_file.is_some() {
        record.without_tag();
    }
    ALERT.apply(out);
    out.set(Field::EventCode, id);
    let end = find::first(before, " [").unwrap_or(before.len());
    out.event.message = out.span(before.get(..end).unwrap_or_default());
    out.set(Field::Protocol, before.rsplit('{').next().unwrap_or_default());
    out.event.src = peer(source, out);
    out.event.dst = peer(target, out);
    true
}

/// `[generator:signature:revision] `: the three, and what follows.
fn rule(text: &str) -> Option<(&str, &str)> {
    let (id, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let numbers = id.len() < 40 && id.bytes().all(|b| b.is_ascii_digit() || b == b':');
    (numbers && id.bytes().filter(|b| *b == b':').count() == 2).then_some((id, rest))
}

/// `192.0.2.1:22` or, without a port, the address alone; IPv6 is written without brackets.
fn peer(text: &str, out: &mut Writer<'_>) -> Peer {
    let text = text.trim();
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    let with_port = address::ip(host).zip(port.parse().ok());
    match with_port.filter(|_| !host.contains(':') || host.matches(':').count() == 7) {
        Some((ip, port)) => Peer { ip: Some(ip), port, ..Peer::default() },
        None => address::peer(text, out).unwrap_or_default(),
    }
}
