//! nginx's error log: `[error] 7#7: *12 message, client: 192.0.2.1, server: ..., request: "..."`, in
//! its own file or in syslog. The access log is another format.

use tocsin_event::{Field, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::timestamp;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("nginx-error", &[], &[]).with_reader(read);

/// What a message says by the first of these texts found in it, as `status_detail`.
const SAYINGS: &[(&str, &str)] = &[
    ("limiting requests", "rate limited"),
    ("limiting connections", "rate limited"),
    ("delaying request", "rate limited"),
    ("password mismatch", "wrong credentials"),
    ("no user/password was provided", "wrong credentials"),
    (" was not found in ", "invalid user"),
    ("access forbidden by rule", "forbidden"),
    ("is forbidden", "forbidden"),
    ("(13: Permission denied)", "forbidden"),
    ("Primary script unknown", "not found"),
    ("(2: No such file or directory)", "not found"),
    ("(20: Not a directory)", "not found"),
    ("client sent", "protocol error"),
    ("SSL_do_handshake() failed", "protocol error"),
    ("too large body", "denied"),
    ("ALERT - ", "exploit attempt"),
    ("ModSecurity: Access denied", "forbidden"),
    ("ModSecurity: Warning", "exploit attempt"),
    ("upstream", "server error"),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let (stamp, body) = match record.body.starts_with(|c: char| c.is_ascii_digit()) {
        true => match timestamp::bare(record.body) {
            Some((stamp, rest)) => (Some(stamp), rest.trim_start()),
            None => return false,
        },
        false => (record.stamp, record.body),
    };
    let Some(text) = after_ids(body) else { return false };
    record.stamp = stamp;
    Meaning::NOTED.apply(out);
    if let Some((message, client)) = client_part(text) {
        describe(message, client, out);
    }
    true
}

/// The text behind `[error] 7#7: *12 `.
fn after_ids(text: &str) -> Option<&str> {
    let (level, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let (ids, message) = find::split(rest, ": ")?;
    let ids = ids.bytes().all(|b| b.is_ascii_digit() || b == b'#') && ids.contains('#');
    (ids && level.bytes().all(|b| b.is_ascii_lowercase())).then_some(message)
}

/// The message, and what follows `, client: `. A message may quote a path that holds the same
/// words; the request, where the client could write them again, comes after.
fn client_part(text: &str) -> Option<(&str, &str)> {
    let before_request = find::split_last(text, ", request: \"").map_or(text, |(before, _)| before);
    let (message, _) = find::split_last(before_request, ", client: ")?;
    text.split_at_checked(message.len() + ", client: ".len())
}

fn describe(message: &str, client: &str, out: &mut Writer<'_>) {
    let (address, rest) = client.split_once(',').unwrap_or((client, ""));
    let request = quoted(rest, ", request: \"").and_then(Request::read).unwrap_or_default();
    request.apply(out);
    out.event.src = address::peer(address.trim(), out).unwrap_or_default();
    out.set(Field::HttpHost, quoted(rest, ", host: \"").unwrap_or_default());
    out.set(Field::Referrer, quoted(rest, ", referrer: \"").unwrap_or_default());
    if let Some((user, _)) = find::split(message, "user \"").and_then(|(_, r)| r.split_once('"')) {
        out.event.user = out.span(user);
    }
    let said = SAYINGS.iter().find(|(text, _)| message.contains(text)).map(|(_, detail)| *detail);
    let detail = if http::attacks(request.target) { Some("exploit attempt") } else { said };
    let Some(detail) = detail else { return };
    if matches!(detail, "wrong credentials" | "invalid user") && !out.event.user.is_empty() {
        Meaning::LOGIN_FAILED.because(detail).apply(out);
        return;
    }
    out.event.status = Status::Failure;
    out.set(Field::StatusDetail, detail);
}

/// The text in quotes behind a mark.
fn quoted<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let (_, rest) = find::split(text, mark)?;
    Some(find::split(rest, "\", ").map_or(rest.trim_end_matches('"'), |(inside, _)| inside))
}
