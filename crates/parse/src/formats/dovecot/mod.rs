//! Dovecot: its login processes (`imap-login: Disconnected (auth failed ...): user=<u>, rip=...`) and
//! its authentication backends (`auth-worker(7): sql(user,192.0.2.1): unknown user`). Found by looks,
//! since its own log file has tags that are no program names.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("dovecot", &[], &[]).with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const PREAUTH: Meaning = Meaning::REFUSED.because("closed before authentication");

/// How the login processes' messages read, by the first of these texts found in them.
const LOGIN_PROCESS: &[(&str, Meaning)] = &[
    ("(auth failed", WRONG),
    ("auth failed)", WRONG),
    ("tried to use dis", NOT_ALLOWED),
    ("failed", PREAUTH),
    ("Too many", PREAUTH),
    ("before auth", PREAUTH),
    ("didn't finish SASL", PREAUTH),
];

/// Pairs of brackets looked into for a user and an address.
const PAIRS_MAX: usize = 8;

const PROGRAMS: &[&str] = &[
    "dovecot",
    "dovecot-auth",
    "auth",
    "imap-login",
    "pop3-login",
    "managesieve-login",
    "submission-login",
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    if !is_ours(record.program) && !record.body.starts_with("auth(") {
        return false;
    }
    let body = record.body;
    if !login_process(body, out) && !backend(body, out) {
        Meaning::NOTED.apply(out);
    }
    true
}

fn is_ours(program: &str) -> bool {
    let tag = program.split(['(', '[']).next().unwrap_or_default();
    !tag.is_empty() && (PROGRAMS.contains(&tag) || tag.starts_with("auth-worker"))
}

/// `Disconnected (auth failed, 2 attempts): user=<bob>, method=PLAIN, rip=192.0.2.87, lip=...`.
/// The user's name may hold such text too, so the last address counts.
fn login_process(body: &str, out: &mut Writer<'_>) -> bool {
    let Some((before, after)) = find::split_last(body, "rip=") else { return false };
    let said = find::split(before, "user=<").map_or(before, |(said, _)| said);
    let how = LOGIN_PROCESS.iter().find(|(text, _)| said.contains(text) || after.contains(text));
    let meaning = match how {
        Some((_, meaning)) => *meaning,
        None if said.contains("Login: ") => Meaning::LOGIN,
        None => Meaning::CLOSED,
    };
    meaning.apply(out);
    if let Some((_, user)) = find::split(before, "user=<") {
        let (user, method) = find::split_last(user, ">, method=").unwrap_or((user, ""));
        out.event.user = out.span(user.trim_end_matches([',', ' ', '>']));
        out.set(Field::AuthProtocol, method.trim_end_matches([',', ' ']));
    }
    let address = |text: &str, out: &mut Writer<'_>| {
        let text = text.split([',', ' ']).next().unwrap_or_default();
        address::peer(text, out).unwrap_or_default()
    };
    out.event.src = address(after, out);
    if let Some((_, local)) = find::split(after, " lip=") {
        out.event.dst = address(local, out);
    }
    true
}

/// `sql(user,192.0.2.1,<session>): Password mismatch`. The first such pair counts: names are
/// checked against `auth_username_chars`, but passwords, which may be logged after it, are not.
fn backend(body: &str, out: &mut Writer<'_>) -> bool {
    let mut rest = body;
    for _ in 0..PAIRS_MAX {
        let Some((_, inside)) = rest.split_once('(') else { return false };
        rest = inside;
        let Some((user, after)) = inside.split_once(',') else { return false };
        let client = after.split([',', ')']).next().unwrap_or_default();
        if address::ip(client).is_some() && !user.contains(')') {
            said_by_backend(after).apply(out);
            out.event.src = address::peer(client, out).unwrap_or_default();
            out.event.user = out.span(user);
            return true;
        }
    }
    false
}

fn said_by_backend(text: &str) -> Meaning {
    let text = text.split("given password").next().unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if says(&["unknown user", "User not known"]) => INVALID_USER,
        () if says(&["ismatch", "failed", "nvalid credentials"]) => WRONG,
        () => Meaning::NOTED,
    }
}
