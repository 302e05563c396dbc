//! Exim: what its main and reject logs say of remote hosts. A host is written
//! `H=name (helo) [address]:port`, where only the address is certain; own files carry a message id
//! or process id before it.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("exim", &[], &[]).with_reader(read);

/// What a line says by the first of these texts found in it. Words of the client may be among
/// them, so they can change why a host was refused, never that it was.
const SAYINGS: &[(&str, Meaning)] = &[
    ("authenticator failed", Meaning::LOGIN_FAILED.because("wrong credentials")),
    ("relay not permitted", Meaning::REFUSED.because("relay denied")),
    ("synchronization error", PROTOCOL),
    ("SMTP protocol error", PROTOCOL),
    ("SMTP syntax error", PROTOCOL),
    ("syntax or protocol errors", PROTOCOL),
    ("TLS error on connection", PROTOCOL),
    ("dropped: too many", Meaning::REFUSED.because("too many attempts")),
    ("Connection refused", Meaning::REFUSED.because("denied")),
    ("no MAIL in SMTP", Meaning::REFUSED.because("closed before authentication")),
    ("no host name found", Meaning::REFUSED.because("reverse mapping failed")),
    ("no IP address found", Meaning::REFUSED.because("reverse mapping failed")),
    ("dnsbl", LISTED),
    ("black list", LISTED),
    ("blacklist", LISTED),
    ("listed at", LISTED),
    ("nknown user", Meaning::REFUSED.because("invalid user")),
    ("nrouteable address", Meaning::REFUSED.because("invalid user")),
    ("rejected", Meaning::REFUSED.because("denied")),
    ("SA: Action:", Meaning::REFUSED.because("denied")),
];
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");

/// How the lines of an own file begin, behind ids.
const OPENINGS: &[&str] = &[
    "H=",
    "F=",
    "<= ",
    "=> ",
    "-> ",
    "== ",
    "** ",
    "SA: ",
    "SMTP call",
    "SMTP protocol",
    "SMTP syntax",
    "SMTP connection",
    "SMTP command",
    "TLS error",
    "Completed",
    "no MAIL in SMTP connection",
    "no host name found",
    "no IP address found",
    "rejected ",
    "unexpected disconnection",
    "Connection from [",
    "U=",
    "refused connection from ",
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let named = matches!(record.program, "exim" | "exim4");
    if !named && record.stamp.is_none() {
        return false;
    }
    let text = without_ids(if named { record.body } else { record.text });
    if !named {
        if !opens(text) {
            return false;
        }
        record.without_tag();
    }
    meaning(text).apply(out);
    if let Some(client) = client(text) {
        out.event.src = address::peer(client, out).unwrap_or_default();
    }
    account(text, out);
    true
}

fn meaning(text: &str) -> Meaning {
    // A message accepted may be logged with a subject of any words.
    if text.starts_with("<= ") {
        return if text.contains(" A=") { Meaning::LOGIN } else { Meaning::NOTED };
    }
    let found = SAYINGS.iter().find(|(words, _)| text.contains(words));
    found.map_or(Meaning::NOTED, |(_, meaning)| *meaning)
}

/// Whether a line of an own file begins so. Authenticators have names of the administrator's choice.
fn opens(text: &str) -> bool {
    let after_name = text.split_once(' ').map_or("", |(_, rest)| rest);
    after_name.starts_with("authenticator failed ") || OPENINGS.iter().any(|o| text.starts_with(o))
}

/// The text behind `[PID] ` and a message id such as `1UlasQ-0003fr-45`.
fn without_ids(text: &str) -> &str {
    let bracketed = text.strip_prefix('[').and_then(|rest| find::split(rest, "] "));
    let text = match bracketed {
        Some((pid, rest)) if pid.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => text,
    };
    let is_id = |word: &str| {
        matches!(word.len(), 16 | 23)
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && word.as_bytes().get(6) == Some(&b'-')
    };
    match text.split_once(' ') {
        Some((word, rest)) if is_id(word) => rest,
        _ => text,
    }
}

/// The address of the remote host, after the word that introduces it.
fn client(text: &str) -> Option<&str> {
    if let Some((_, ip)) = find::split(text, "for IP address ") {
        return ip.split([' ', ',']).next();
    }
    if text.starts_with("SA: ") {
        return host(find::split_last(text, "(host=")?.1);
    }
    let marks = ["H=", "failed for ", " from "];
    marks.into_iter().find_map(|mark| host(find::split(text, mark)?.1))
}

/// The address in `name (helo) [192.0.2.1]:25`. The greeting is the client's to choose and may
/// look like an address itself; it ends where `) [` follows.
fn host(text: &str) -> Option<&str> {
    let start = text.split([' ', '[']).next().unwrap_or_default().len();
    let (name, _) = text.split_at_checked(start)?;
    let helo = name.starts_with('(') || text.get(start..)?.starts_with(" (");
    let (_, rest) = text.split_once(if helo { ") [" } else { "[" })?;
    let (address, _) = rest.split_once(']')?;
    address::ip(address).map(|_| address)
}

/// `(set_id=bob)` of a failed sign-in, `A=plain_server:bob` of a message received.
fn account(text: &str, out: &mut Writer<'_>) {
    if let Some((_, user)) = find::split_last(text, "(set_id=") {
        out.event.user = out.span(user.trim_end_matches(')'));
    } else if let Some((_, method)) = find::split(text, " A=")
        && let Some((_, user)) = method.split(' ').next().unwrap_or_default().split_once(':')
    {
        out.event.user = out.span(user);
    }
}
