//! FreeRADIUS: `Auth: (12) Login incorrect (why): [user/password] (from client nas port 0 cli who)`.
//! The user's name and the calling station are the user's to choose, the rest is the server's.

use tocsin_event::{Field, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("freeradius", &[], WORDINGS).with_reader(read);

const UNKNOWN_CLIENT: Meaning = Meaning::REFUSED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("{_}Ignoring request to {_} from unknown client {src} port {sport}", UNKNOWN_CLIENT),
    says("{_}Ignoring request to {_} from unknown client {src}", UNKNOWN_CLIENT),
];

/// What the server says of a sign-in, by how it begins.
const ANSWERS: &[(&str, Meaning)] = &[
    ("Login incorrect", Meaning::LOGIN_FAILED.because("wrong credentials")),
    ("Invalid user", Meaning::LOGIN_FAILED.because("invalid user")),
    ("Multiple logins", Meaning::LOGIN_FAILED.because("not allowed")),
    ("Login OK", Meaning::LOGIN),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((answer, client)) = find::split(record.body, " (from client ") else { return false };
    let Some((_, meaning, rest)) = ANSWERS.iter().find_map(|(words, meaning)| {
        let (before, rest) = answer.split_at_checked(find::first(answer, words)?)?;
        begins_the_message(before).then_some((words, meaning, rest))
    }) else {
        return false;
    };
    let Some((_, account)) = find::split(rest, ": [") else { return false };
    meaning.apply(out);
    let account = account.strip_suffix(']').unwrap_or(account);
    out.event.user = out.span(account.split('/').next().unwrap_or_default());
    let (client, station) = find::split(client, " cli ").unwrap_or((client, ""));
    out.set(Field::DeviceInterface, client.split([' ', ')']).next().unwrap_or_default());
    let station = station.split([' ', ')']).next().unwrap_or_default();
    out.event.src.ip = address::ip(station);
    true
}

/// Before it stand at most the level and the number of the request.
fn begins_the_message(before: &str) -> bool {
    before.bytes().all(|b| b.is_ascii_alphanumeric() || b" :()".contains(&b))
}
