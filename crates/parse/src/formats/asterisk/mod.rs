//! Asterisk: the notices of its SIP channels, and its security log of `Key="value"` pairs.

use tocsin_event::{Peer, Writer};

use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("asterisk", &[], WORDINGS).with_frame(frame);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const EXPLOIT: Meaning = Meaning::REFUSED.because("exploit attempt");

const WORDINGS: &[Wording] = &[
    says("Registration from '{user}' failed for '{src}{_}' - No matching peer", INVALID_USER),
    says(
        "Registration from '{user}' failed for '{src}{_}' - Username/auth name mismatch",
        INVALID_USER,
    ),
    says(
        "Registration from '{user}' failed for '{src}{_}' - Device does not match ACL",
        NOT_ALLOWED,
    ),
    says("Registration from '{user}' failed for '{src}{_}' - Not a local domain", NOT_ALLOWED),
    says(
        "Registration from '{user}' failed for '{src}{_}' - Peer is not supposed to register",
        NOT_ALLOWED,
    ),
    says("Registration from '{user}' failed for '{src}", WRONG),
    says(
        "Request '{_}' from '{user}' failed for '{src}{_}' (callid: {_}) - No matching endpoint found",
        INVALID_USER,
    ),
    says("Request '{_}' from '{user}' failed for '{src}", WRONG),
    says(
        "Call from '{user}' ({src}:{sport}) to extension '{_}' rejected because extension not found",
        DENIED,
    ),
    says(
        "Call from '{user}' ({src}) to extension '{_}' rejected because extension not found",
        DENIED,
    ),
    says("Host {src} failed to authenticate as '{user}'", WRONG),
    says("Host {src} denied access to register peer '{user}'", NOT_ALLOWED),
    says("No registration for peer '{user}' (from {src})", INVALID_USER),
    says("hacking attempt detected '{src}'", EXPLOIT),
    says("Sending fake auth rejection for {w} {user};tag=", INVALID_USER),
    says("Failed to authenticate user {user};tag=", WRONG),
    says("Rejecting unknown SIP connection from {src}", DENIED),
    says("Failed to authenticate", WRONG),
];

/// Security events that are no refusal.
const HARMLESS: &[(&str, Meaning)] =
    &[("SuccessfulAuth", Meaning::LOGIN), ("ChallengeSent", Meaning::NOTED)];
/// Security events that are refusals of another kind than a wrong password.
const REFUSALS: &[(&str, Meaning)] = &[
    ("FailedACL", Meaning::LOGIN_FAILED.because("not allowed")),
    ("InvalidAccountID", Meaning::LOGIN_FAILED.because("invalid user")),
    ("RequestBadFormat", Meaning::REFUSED.because("protocol error")),
    ("SessionLimit", Meaning::REFUSED.because("rate limited")),
    ("LoadAverageLimit", Meaning::REFUSED.because("rate limited")),
];
const LEVELS: &[&str] = &["NOTICE[", "SECURITY[", "WARNING[", "ERROR[", "VERBOSE["];

/// Narrows the record to what follows the place in the source; reads security events.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let named = record.program == "asterisk";
    let own_file = record.stamp.is_some() && LEVELS.iter().any(|l| record.text.starts_with(l));
    if !named && !own_file {
        return Framing::Foreign;
    }
    let text = if named { record.body } else { record.text };
    let Some((_, place)) = find::split(text, ".c:") else { return Framing::Foreign };
    let message = match place.strip_prefix(' ') {
        Some(message) => message,
        None => find::split(place, ": ").map_or(place, |(_, message)| message),
    };
    if !named {
        record.without_tag();
    }
    record.body = message;
    if message.starts_with("SecurityEvent=\"") {
        security(message, out);
        return Framing::Read;
    }
    Framing::Message
}

fn security(fields: &str, out: &mut Writer<'_>) {
    let event = value(fields.split_once('=').map(|(_, rest)| rest));
    let known = HARMLESS.iter().chain(REFUSALS).find(|(name, _)| *name == event);
    let wrong = Meaning::LOGIN_FAILED.because("wrong credentials");
    known.map_or(wrong, |(_, meaning)| *meaning).apply(out);
    out.event.user = out.span(value(find::split(fields, "AccountID=").map(|(_, rest)| rest)));
    // The account's name comes before the address and may hold the same words.
    let remote = value(find::split_last(fields, "RemoteAddress=").map(|(_, rest)| rest));
    let mut parts = remote.split('/').skip(2);
    let peer = parts.next().and_then(|ip| address::peer(ip, out)).unwrap_or_default();
    let port = parts.next().and_then(|port| port.parse().ok()).unwrap_or_default();
    out.event.src = Peer { port, ..peer };
}

/// What is in the quotes that the text begins with.
fn value(text: Option<&str>) -> &str {
    text.and_then(|text| text.strip_prefix('"'))
        .and_then(|t| t.split('"').next())
        .unwrap_or_default()
}
