//! PostgreSQL. Its lines begin as `log_line_prefix` says, so the client's address is looked for before
//! the level; the messages are in English.

use tocsin_event::Writer;

use crate::address;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("postgresql", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("password authentication failed for user \"{user}\"", WRONG),
    says("Peer authentication failed for user \"{user}\"", WRONG),
    says("Ident authentication failed for user \"{user}\"", WRONG),
    says("{w} authentication failed for user \"{user}\"", WRONG),
    says("role \"{user}\" does not exist", INVALID_USER),
    says("no pg_hba.conf entry for host \"{src}\", user \"{user}\", database", NOT_ALLOWED),
    says(
        "pg_hba.conf rejects connection for host \"{src}\", user \"{user}\", database",
        NOT_ALLOWED,
    ),
    says("permission denied for", NOT_ALLOWED),
    says("role \"{user}\" is not permitted to log in", NOT_ALLOWED),
    says("sorry, too many clients already", LIMITED),
    says("too many connections for role \"{user}\"", LIMITED),
    says("unsupported frontend protocol", PROTOCOL),
    says("invalid length of startup packet", PROTOCOL),
    says("no PostgreSQL user name specified in startup packet", PROTOCOL),
    says("connection received: host={src} port={sport}", Meaning::CONNECTED),
    says("connection received: host={src}", Meaning::CONNECTED),
    says("connection authorized: user={user} database=", Meaning::LOGIN),
    says(
        "disconnection: session time: {_} user={user} database={_} host={src} port={sport}",
        Meaning::LOGOUT,
    ),
];

const LEVELS: &[&str] = &["FATAL:  ", "LOG:  ", "ERROR:  ", "PANIC:  "];
/// How far into a line its level is looked for.
const PREFIX_MAX: usize = 200;

/// Finds the level; what follows it is the message, and the client may be named before it.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let named = matches!(record.program, "postgres" | "postgresql");
    let text = if named { record.body } else { record.text };
    if !named && (record.stamp.is_none() || !text.contains(":  ")) {
        return Framing::Foreign;
    }
    let found = LEVELS.iter().find_map(|level| Some((text.find(level)?, level.len())));
    let Some((at, len)) = found.filter(|(at, _)| *at < PREFIX_MAX) else { return Framing::Foreign };
    let Some((prefix, message)) = text.split_at_checked(at) else { return Framing::Foreign };
    let words = prefix.split([' ', '[', ']', '(', ')', '@', '=', ',']);
    let mut addresses =
        words.filter(|word| word.contains(['.', ':']) && address::ip(word).is_some());
    if let Some(client) = addresses.next() {
        out.event.src = address::peer(client, out).unwrap_or_default();
    }
    if !named {
        record.without_tag();
    }
    record.body = message.get(len..).unwrap_or_default();
    Framing::Message
}
