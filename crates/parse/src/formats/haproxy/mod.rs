//! HAProxy: its HTTP log lines, its TCP log lines, and the connections it refuses.

use tocsin_event::{Field, Peer, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("haproxy", &["haproxy"], WORDINGS).with_reader(read);

const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("{src}:{sport} [{_}] {_}: SSL handshake failure", PROTOCOL),
    says("{src}:{sport} [{_}] {_}: Connection error during SSL handshake", PROTOCOL),
    says("{src}:{sport} [{_}] {_}: Received something which does not look like a PROXY", PROTOCOL),
    says("{src}:{sport} [{_}] {_}: Timeout during SSL handshake", Meaning::CLOSED),
    says("Connect from {src}:{sport} to {dst}:{dport}", Meaning::CONNECTED),
    says("Proxy {_} started", Meaning::NOTED),
    says("Server {_} is", Meaning::NOTED),
];

/// A line with times and counters: `IP:PORT [TIME] FRONTEND BACKEND/SERVER TIMES STATUS BYTES ...`.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((client, rest)) = find::split(record.body, " [") else { return false };
    let Some((address, port)) = client.rsplit_once(':') else { return false };
    let (Some(source), Ok(port)) = (address::peer(address, out), port.parse()) else {
        return false;
    };
    let Some((_, rest)) = find::split(rest, "] ") else { return false };
    let mut words = rest.splitn(6, ' ');
    let (Some(frontend), Some(_), Some(_times), Some(code), Some(length)) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    if frontend.ends_with(':') || !code.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return false;
    }
    match rest.rfind(" \"").and_then(|at| rest.get(at + 2..)) {
        Some(line) => request(line.trim_end_matches('"'), code, out),
        None => Meaning::CLOSED.apply(out),
    }
    out.set(Field::HttpLength, length);
    out.set(Field::ServiceName, frontend.trim_end_matches('~'));
    out.event.src = Peer { port, ..source };
    true
}

fn request(line: &str, code: &str, out: &mut Writer<'_>) {
    let request = Request::read(line).unwrap_or_default();
    request.apply(out);
    out.set(Field::HttpStatus, code);
    http::outcome(code.parse().unwrap_or_default(), http::attacks(request.target), out);
}
