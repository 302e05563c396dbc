//! Vaultwarden (and bitwarden_rs before it): `[module][LEVEL] message IP: address. Username: name.`

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("vaultwarden", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Username or password is incorrect. Try again. IP: {src}. Username: {user}.", WRONG),
    says("Username or password is incorrect. Try again. IP: {src}. Username: {user}", WRONG),
    says("Username or password is incorrect. Try again. IP: {src}", WRONG),
    says("Invalid admin token{_} IP: {src}", WRONG),
    says("Invalid TOTP code! {_} IP: {src}", WRONG),
    says("User {user} logged in successfully. IP: {src}", Meaning::LOGIN),
];

/// Takes module and level off.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let text = record.text;
    let Some((module, rest)) = text.strip_prefix('[').and_then(|rest| find::split(rest, "]["))
    else {
        return Framing::Foreign;
    };
    if !module.starts_with("vaultwarden") && !module.starts_with("bitwarden_rs") {
        return Framing::Foreign;
    }
    record.without_tag();
    record.body = find::split(rest, "] ").map_or(rest, |(_, message)| message);
    Framing::Message
}
