//! PAM modules, which speak under the tag of whatever program they serve:
//! `pam_unix(sshd:auth): authentication failure; logname= uid=0 ... rhost=192.0.2.1  user=root`.

use tocsin_event::{Activity, Class, Field, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("pam", &["*"], WORDINGS).with_reader(read);

const FAILURE: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const UNKNOWN_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const TOO_MANY: Meaning = Meaning::LOGIN_FAILED.because("too many attempts");
const LOCKED: Meaning = Meaning::new(Class::AccountChange, Activity::LOCK, Status::Success)
    .because("too many attempts");

const WORDINGS: &[Wording] = &[
    says("pam_tally2({_}): user {user} ({uid}) tally {_}, deny {_}", TOO_MANY),
    says("pam_tally({_}): user {user} ({uid}) tally {_}, deny {_}", TOO_MANY),
    says("pam_tally{_}: user {user} ({uid}) has {_}", TOO_MANY),
    says(
        "pam_faillock({_}): Consecutive login failures for user {user} account temporarily locked",
        LOCKED,
    ),
    says("pam_faillock({_}): User unknown", UNKNOWN_USER),
    says("pam_sss({_}): received for user {user}: 10 (", UNKNOWN_USER),
    says("pam_sss({_}): received for user {user}: 6 (", NOT_ALLOWED),
    says("pam_sss({_}): received for user {user}: {_}", FAILURE),
    says("pam_sss({_}): Access denied for user {user}: {_}", NOT_ALLOWED),
    says("pam_winbind({_}): user '{user}' granted access", Meaning::LOGIN),
    says("pam_winbind({_}): user '{user}' OK", Meaning::NOTED),
    says("pam_winbind({_}): user '{user}' denied access", FAILURE),
    says("pam_winbind({_}): request {_} failed: {_}", FAILURE),
    says("pam_ldap({_}): Authentication failure; user={user}", FAILURE),
    says("pam_ldap({_}): error trying to bind as user \"{user}\" ({_})", FAILURE),
    says("pam_krb5({_}): user {user} authenticated as {_}", Meaning::LOGIN),
    says("pam_krb5({_}): authentication succeeds for '{user}' ({_})", Meaning::LOGIN),
    says("pam_krb5({_}): authentication fails for '{user}' ({_})", FAILURE),
    says("pam_google_authenticator({_}): Invalid verification code for {user}", FAILURE),
    says("pam_google_authenticator({_}): Accepted {_} for {user}", Meaning::NOTED),
    says("pam_succeed_if({_}): requirement \"{_}\" not met by user \"{user}\"", NOT_ALLOWED),
    says("pam_access({_}): access denied for user `{user}' from `{src}'", NOT_ALLOWED),
    says("pam_listfile({_}): Refused user {user} for service {service}", NOT_ALLOWED),
    says("pam_wheel({_}): Access granted to '{actor}' for '{user}'", Meaning::NOTED),
    says("pam_wheel({_}): Access denied to '{actor}' for '{user}'", NOT_ALLOWED),
    says("pam_securetty({_}): access denied: tty '{tty}' is not secure", NOT_ALLOWED),
    says("pam_unix({_}): account {user} has expired", NOT_ALLOWED),
    says("pam_unix({_}): password changed for {user}", Meaning::PASSWORD_CHANGED),
    says("pam_unix({_}): bad username [{user}]", UNKNOWN_USER),
    says("pam_unix({_}): auth could not identify password for [{user}]", FAILURE),
    says(
        "pam_unix({_}): user [{user}] has blank password; authenticated without it",
        Meaning::LOGIN,
    ),
    says("pam_unix({_}): expired password for user {user} (", Meaning::NOTED),
    says("pam_{w} ", Meaning::NOTED),
];

/// The body after `pam_unix(sshd:auth): ` or `(pam_unix) `, or nothing where it is no PAM line.
fn after_module<'t>(record: &Record<'t>) -> Option<&'t str> {
    let body = record.body;
    if record.program.ends_with(')') && record.program.contains("(pam_") {
        return Some(body);
    }
    if !matches!(body.as_bytes(), [b'p' | b'(' | b'P' | b'a', ..]) {
        return None;
    }
    if let Some(rest) = body.strip_prefix("(pam_") {
        return Some(rest.split_once(')')?.1.trim_start());
    }
    if let Some(count) = body.strip_prefix("PAM ") {
        return find::split(count, " more authentication failure").map(|_| body);
    }
    match body.strip_prefix("pam_") {
        Some(rest) => Some(find::split(rest, ": ")?.1),
        None => body.starts_with("authentication failure; logname=").then_some(body),
    }
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(message) = after_module(record) else { return false };
    let Some((head, fields)) = find::split(message, ";") else {
        return simple(record, message, out);
    };
    if head.ends_with("authentication failure") || head.ends_with("authentication failures") {
        FAILURE.apply(out);
        out.event.count = leading_count(head);
    } else if head == "authentication success" {
        Meaning::LOGIN.apply(out);
    } else {
        return simple(record, message, out);
    }
    key_values(fields, out);
    true
}

/// `PAM 5 more authentication failures`.
fn leading_count(head: &str) -> u32 {
    head.strip_prefix("PAM ")
        .unwrap_or(head)
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1)
}

/// `logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`. The names come in this
/// order, and values may hold anything: each runs up to the name that follows it.
fn key_values(fields: &str, out: &mut Writer<'_>) {
    if let Some((before, user)) = find::split_last(fields, " user=") {
        out.event.user = out.span(user.trim_ascii());
        rhost(before, out);
    } else {
        rhost(fields, out);
    }
}

fn rhost(fields: &str, out: &mut Writer<'_>) {
    let Some((before, host)) = find::split_last(fields, " rhost=") else { return };
    if let Some(peer) = address::peer(host.trim_ascii(), out) {
        out.event.src = peer;
    }
    if let Some((before, ruser)) = find::split_last(before, " ruser=") {
        out.event.actor = out.span(ruser.trim_ascii());
        if let Some((_, tty)) = find::split_last(before, " tty=") {
            out.set(Field::SessionTerminal, tty.trim_ascii());
        }
    }
}

fn simple(record: &Record<'_>, message: &str, out: &mut Writer<'_>) -> bool {
    if let Some(rest) = message.strip_prefix("session opened for user ") {
        Meaning::LOGIN.apply(out);
        let (user, by) = find::split(rest, " by ").unwrap_or((rest, ""));
        out.event.user = out.span(user.split('(').next().unwrap_or(user).trim_ascii());
        out.event.actor = out.span(by.split('(').next().unwrap_or(by).trim_ascii());
    } else if let Some(user) = message.strip_prefix("session closed for user ") {
        Meaning::LOGOUT.apply(out);
        out.event.user = out.span(user.trim_ascii());
    } else if message.starts_with("check pass; user unknown") {
        Meaning::NO_SUCH_USER.apply(out);
    } else if record.body.starts_with("pam_") {
        return false;
    } else {
        Meaning::NOTED.apply(out);
    }
    true
}
