//! Apache's error log, 2.2 to 2.4, in its own file or in syslog:
//! `[core:error] [pid 7] [client 192.0.2.1:4711] AH00000: message`, with what modules, CGI programs and
//! PHP applications write there. The access log is another format.

use tocsin_event::{Activity, Class, Field, Status, Writer};

use super::suhosin;
use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::http::Request;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("apache-error", &[], WORDINGS).with_frame(frame);

/// A web request the server refused or could not serve.
const WEB: Meaning = Meaning::new(Class::Http, Activity::UNKNOWN, Status::Failure);
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
/// A digest that no honest browser sends.
const BROKEN: Meaning = Meaning::LOGIN_FAILED.because("protocol error");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const FORBIDDEN: Meaning = WEB.because("forbidden");
const NOT_FOUND: Meaning = WEB.because("not found");
const MALFORMED: Meaning = WEB.because("protocol error");
const EXPLOIT: Meaning = WEB.because("exploit attempt");

const WORDINGS: &[Wording] = &[
    says("user `{user}' in realm `{_}' not found", INVALID_USER),
    says("user {user} not found", INVALID_USER),
    says("user {user}: authentication failure for", WRONG),
    says("user {user}: password mismatch", WRONG),
    says("user {user}: authorization failure for", NOT_ALLOWED),
    says("Authorization of user {user} to access {url} failed", NOT_ALLOWED),
    says("client used wrong authentication scheme", WRONG),
    says("AuthType {_} configured without", NOT_ALLOWED),
    says("invalid qop `", BROKEN),
    says("invalid nonce", BROKEN),
    says("realm mismatch -", BROKEN),
    says("unknown algorithm `", BROKEN),
    says("client denied by server configuration: {file}", FORBIDDEN),
    says("client denied by server configuration", FORBIDDEN),
    says("Directory index forbidden by", FORBIDDEN),
    says("Cannot serve directory", FORBIDDEN),
    says("attempt to invoke directory as script", FORBIDDEN),
    says("Symbolic link not allowed", FORBIDDEN),
    says("Negotiation: discovered file(s) matching request", FORBIDDEN),
    says("File does not exist: {file}", NOT_FOUND),
    says("script '{file}' not found or unable to stat", NOT_FOUND),
    says("script not found or unable to stat: {file}", NOT_FOUND),
    says("script not found or unable to stat", NOT_FOUND),
    says("stderr from {file}: script not found", NOT_FOUND),
    says("Got error 'Primary script unknown", NOT_FOUND),
    says("Got error 'PHP message: {_}Primary script unknown", NOT_FOUND),
    says("Hostname {_} provided via SNI", MALFORMED),
    says("No hostname was provided via SNI", MALFORMED),
    says("Invalid URI in request", MALFORMED),
    says("invalid URI path (", MALFORMED),
    says("Request header field", MALFORMED),
    says("Invalid method in request", MALFORMED),
    says("Invalid Protocol", MALFORMED),
    says("request failed: {_}", MALFORMED),
    says("URI too long", MALFORMED),
    says("request without hostname", MALFORMED),
    says("client sent HTTP/1.1 request without hostname", MALFORMED),
    says("erroneous characters after protocol string", MALFORMED),
    says("File name too long", MALFORMED),
    says("access to {file} failed", MALFORMED),
    says("{_}error importing function definition for", EXPLOIT),
    says("{_}ignoring function definition attempt", EXPLOIT),
    says("ModSecurity: Warning.", EXPLOIT),
    says("ModSecurity:{_}Access denied with code", FORBIDDEN),
    says("WAR [Login denied for user \"{user}\"", WRONG),
    says("ERR [Login denied for user \"{user}\"", WRONG),
    says("ERR [Could not retrieve user {user} details", INVALID_USER),
];

const LEVELS: &[&str] =
    &["error", "warn", "notice", "info", "debug", "crit", "alert", "emerg", "trace1"];

/// Takes the brackets and the code off, keeping the client, and narrows the record to the message.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    if record.program.is_empty() && !record.line.starts_with('[') {
        return Framing::Foreign;
    }
    let Some((level, rest)) = bracketed(record.body) else { return Framing::Foreign };
    let level = level.rsplit(':').next().unwrap_or(level);
    if !LEVELS.contains(&level) || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Framing::Foreign;
    }
    let rest = brackets(rest, out);
    let rest = without_cause(rest).map_or(rest, |rest| brackets(rest, out));
    let (code, message) = code(rest);
    out.set(Field::EventCode, code);
    let (message, referrer) = find::split_last(message, ", referer: ").unwrap_or((message, ""));
    out.set(Field::Referrer, referrer);
    let message = message.strip_prefix("Digest: ").unwrap_or(message);
    if message.starts_with("ModSecurity:") {
        rule(message, out);
    }
    if let Some(line) = message.strip_prefix("Invalid URI in request ")
        && let Some(request) = Request::read(line.trim_start_matches('\''))
    {
        request.apply(out);
    }
    record.body = message;
    if suhosin::alert(message, out) { Framing::Read } else { Framing::Message }
}

/// Reads `[pid 7] [client 192.0.2.1:4711] ` off, keeping the first client.
fn brackets<'t>(text: &'t str, out: &mut Writer<'_>) -> &'t str {
    let mut rest = text;
    while let Some((inside, after)) = bracketed(rest) {
        let client = inside.strip_prefix("client ").or_else(|| inside.strip_prefix("remote "));
        if let Some(client) = client
            && out.event.src.is_empty()
        {
            out.event.src = address::peer(client, out).unwrap_or_default();
        } else if client.is_none() && !inside.starts_with("pid ") && !inside.starts_with("tid ") {
            return rest;
        }
        rest = after;
    }
    rest
}

/// What is within the brackets that the text begins with, and what follows them. IPv6 addresses
/// have brackets of their own.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('[')?;
    let mut ends = memchr::memchr_iter(b']', inside.as_bytes()).take(2);
    let end = ends.find(|end| !matches!(inside.as_bytes().get(end + 1), Some(b':')))?;
    let (inside, rest) = inside.split_at_checked(end)?;
    Some((inside, rest.get(1..)?.trim_start()))
}

/// What follows `(70014)End of file found: `.
fn without_cause(text: &str) -> Option<&str> {
    let (number, rest) = text.strip_prefix('(')?.split_once(')')?;
    let number = number.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let (_, rest) = find::split(rest, ": ").filter(|_| number)?;
    Some(rest)
}

/// `AH01618: message`.
fn code(text: &str) -> (&str, &str) {
    match find::split(text, ": ") {
        Some((code, message)) if code.len() == 7 && code.starts_with("AH") => (code, message),
        _ => ("", text),
    }
}

/// The rule of ModSecurity that matched, and the path it looked at.
fn rule(message: &str, out: &mut Writer<'_>) {
    for (mark, field) in [
        ("[id \"", Field::FirewallRule),
        ("[hostname \"", Field::HttpHost),
        ("[uri \"", Field::UrlPath),
    ] {
        let found = find::split(message, mark).and_then(|(_, rest)| rest.split_once('"'));
        out.set(field, found.map_or("", |(value, _)| value));
    }
}
