//! Sign-in at a terminal: login of shadow, util-linux and the BSDs, getty, display managers.

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};
use tocsin_event::{Field, Writer};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("login", PROGRAMS, WORDINGS).with_reader(read);

const PROGRAMS: &[&str] = &[
    "login",
    "agetty",
    "getty",
    "mingetty",
    "remote",
    "gdm",
    "gdm-binary",
    "gdm-password",
    "lightdm",
    "kdm",
    "xdm",
];

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const TOO_MANY: Meaning = Meaning::LOGIN_FAILED.because("too many attempts");

const WORDINGS: &[Wording] = &[
    says("FAILED LOGIN {_} FROM tty{_} FOR {user}, {_}", WRONG),
    says("FAILED LOGIN {_} FROM (null) FOR {user}, {_}", WRONG),
    says("FAILED LOGIN {_} FROM /{tty} FOR {user}, {_}", WRONG),
    says("FAILED LOGIN {_} FROM {src} FOR {user}, {_}", WRONG),
    says("FAILED LOGIN ({_}) on '{tty}' from '{src}' FOR '{user}', {_}", WRONG),
    says("FAILED LOGIN ({_}) on '{tty}' FOR '{user}', {_}", WRONG),
    says("TOO MANY LOGIN TRIES ({count}) FROM {src} FOR {user}, {_}", TOO_MANY),
    says("TOO MANY LOGIN TRIES ({count}) {_} FOR '{user}'", TOO_MANY),
    says("REPEATED LOGIN FAILURES ON {tty} FROM {src}, {user}", TOO_MANY),
    says("REPEATED LOGIN FAILURES ON {tty}, {user}", TOO_MANY),
    says("LOGIN FAILURE FROM {src}, {user}", WRONG),
    says("LOGIN FAILURE ON {tty}, {user}", WRONG),
    says("{count} LOGIN FAILURES FROM {src}, {user}", WRONG),
    says("{count} LOGIN FAILURES ON {tty}, {user}", WRONG),
    says("{count} LOGIN FAILURE FROM {src}, {user}", WRONG),
    says("{count} LOGIN FAILURE ON {tty}, {user}", WRONG),
    says(
        "LOGIN {user} REFUSED FROM {src} ON TTY {tty}",
        Meaning::LOGIN_FAILED.because("not allowed"),
    ),
    says("LOGIN ON {tty} BY {user} FROM {src}", Meaning::LOGIN),
    says("LOGIN ON {tty} BY {user}", Meaning::LOGIN),
    says("invalid password for '{user}' on '{tty}' from '{src}'", WRONG),
    says("invalid password for '{user}' on '{tty}'", WRONG),
    says("invalid password for '{user}'", WRONG),
    says("invalid user on '{tty}' from '{src}'", Meaning::LOGIN_FAILED.because("invalid user")),
    says("Couldn't authenticate user", WRONG),
    says("Password authentication failed for user \"{user}\"", WRONG),
];

/// `ROOT LOGIN ON tty2 FROM host`, which login writes under the tag ` -- root[2421]`.
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(at) = record.body.strip_prefix("ROOT LOGIN").map(str::trim_start) else {
        return false;
    };
    let Some(place) = at.strip_prefix("ON ").or_else(|| at.strip_prefix("on ")) else {
        return false;
    };
    Meaning::LOGIN.apply(out);
    out.event.user = out.span("root");
    let (terminal, from) = find::split(place, " FROM ")
        .or_else(|| find::split(place, " from "))
        .unwrap_or((place, ""));
    out.set(Field::SessionTerminal, terminal.trim_matches('\''));
    if let Some(peer) = crate::address::peer(from.trim_matches('\''), out) {
        out.event.src = peer;
    }
    true
}
