//! sudo: `mike : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls`.

use tocsin_event::{Field, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("sudo", &["sudo", "sudoedit"], WORDINGS).with_reader(read);

const NOT_ALLOWED: Meaning = Meaning::RUN_REFUSED.because("not allowed");

/// What sudo writes without a command.
const WORDINGS: &[Wording] = &[
    says("{actor} : problem with {_}", Meaning::NOTED),
    says("{actor} : (command continued) {cmd}", Meaning::RAN),
    says("unable to {_}", Meaning::NOTED),
    says("{_}", Meaning::NOTED),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((actor, rest)) = find::split(record.body, " : ") else { return false };
    // What was typed comes last and may hold anything.
    let (fields, command) = find::split(rest, "COMMAND=").unwrap_or((rest, ""));
    if command.is_empty() && !rest.contains("USER=") {
        return false;
    }
    let first = find::split(fields, " ; ").map_or(fields, |(first, _)| first);
    let reason = if first.contains('=') { "" } else { first };
    meaning(reason).apply(out);
    out.event.count = attempts(reason).unwrap_or(1);
    out.event.actor = out.span(actor.trim());
    let mut left = fields;
    while let Some((field, after)) = find::split(left, " ; ") {
        set(field.trim(), out);
        left = after;
    }
    set(left.trim(), out);
    out.set(Field::ProcessCmdLine, command);
    true
}

fn meaning(reason: &str) -> Meaning {
    match reason {
        "" => Meaning::RAN,
        _ if attempts(reason).is_some() => Meaning::LOGIN_FAILED.because("wrong credentials"),
        "a password is required" => Meaning::LOGIN_FAILED.because("password required"),
        _ => NOT_ALLOWED,
    }
}

/// `3 incorrect password attempts`.
fn attempts(reason: &str) -> Option<u32> {
    let (count, rest) = reason.split_once(' ')?;
    rest.starts_with("incorrect password attempt").then_some(count.parse().ok()?)
}

fn set(field: &str, out: &mut Writer<'_>) {
    match field.split_once('=') {
        Some(("USER", user)) => out.event.user = out.span(user),
        Some(("TTY", tty)) => out.set(Field::SessionTerminal, tty),
        Some(("PWD", folder)) => out.set(Field::ProcessCwd, folder),
        Some(("GROUP", group)) => out.set(Field::Group, group),
        Some(("TSID", session)) => out.set(Field::SessionUid, session),
        _ => {}
    }
}
