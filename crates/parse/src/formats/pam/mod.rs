//! PAM modules, which speak under the tag of whatever program they serve:
//! `pam_unix(sshd:auth): authentication failure; logname= uid=0 ... rhost=192.0.2.1  user=root`.

use tocsin_event::{Class, Field, Writer};

use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module. It takes no program of its own; the parser offers it every PAM line.
pub(crate) const FORMAT: Format = Format::service("pam", &[], &[]).with_reader(read);

const FAILURE: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const UNKNOWN_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");

/// The body after `pam_unix(sshd:auth): ` or `(pam_unix) `, or nothing where it is no PAM line.
fn after_module<'t>(record: &Record<'t>) -> Option<&'t str> {
    let body = record.body;
    if record.program.contains("(pam_") {
        return Some(body);
    }
    if let Some(rest) = body.strip_prefix("(pam_") {
        return Some(rest.split_once(')')?.1.trim_start());
    }
    if let Some(count) = body.strip_prefix("PAM ") {
        return count.contains("more authentication failure").then_some(body);
    }
    let rest = body.strip_prefix("pam_")?;
    Some(rest.split_once("): ")?.1)
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(message) = after_module(record) else { return false };
    if let Some((head, fields)) = message.split_once(';')
        && head.contains("authentication failure")
    {
        FAILURE.apply(out);
        out.event.count = leading_count(head);
        key_values(fields, out);
        return true;
    }
    simple(message, out)
}

/// `PAM 5 more authentication failures`.
fn leading_count(head: &str) -> u32 {
    head.trim_start_matches("PAM ").split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// `logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`. The names come in this
/// order, and values may hold anything: each runs up to the name that follows it.
fn key_values(fields: &str, out: &mut Writer<'_>) {
    if let Some((before, user)) = fields.rsplit_once(" user=") {
        out.event.user = out.span(user.trim());
        rhost(before, out);
    } else {
        rhost(fields, out);
    }
}

fn rhost(fields: &str, out: &mut Writer<'_>) {
    let Some((before, host)) = fields.rsplit_once(" rhost=") else { return };
    if let Some(peer) = address::peer(host.trim(), out) {
        out.event.src = peer;
    }
    if let Some((before, ruser)) = before.rsplit_once(" ruser=") {
        out.event.actor = out.span(ruser.trim());
        if let Some((_, tty)) = before.rsplit_once(" tty=") {
            out.set(Field::SessionTerminal, tty.trim());
        }
    }
}

fn simple(message: &str, out: &mut Writer<'_>) -> bool {
    if let Some(rest) = message.strip_prefix("session opened for user ") {
        Meaning::LOGIN.apply(out);
        let (user, by) = rest.split_once(" by ").unwrap_or((rest, ""));
        out.event.user = out.span(user.split('(').next().unwrap_or(user).trim());
        out.event.actor = out.span(by.split('(').next().unwrap_or(by).trim());
    } else if let Some(user) = message.strip_prefix("session closed for user ") {
        Meaning::LOGOUT.apply(out);
        out.event.user = out.span(user.trim());
    } else if message.starts_with("check pass; user unknown") {
        UNKNOWN_USER.apply(out);
    } else {
        Meaning::NOTED.apply(out);
        out.event.class = Class::Base;
    }
    true
}
