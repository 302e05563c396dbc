//! strongSwan's charon and libreswan's pluto: IKE negotiations.

use tocsin_event::Writer;

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "ipsec",
    &["charon", "charon-systemd", "ipsec", "pluto", "strongswan"],
    WORDINGS,
)
.with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const NOT_ALLOWED: Meaning = Meaning::REFUSED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("received packet: from {src}[{sport}] to {dst}[{dport}]", Meaning::NOTED),
    says("sending packet: from {dst}[{dport}] to {src}[{sport}]", Meaning::NOTED),
    says("{src} is initiating a {_}", Meaning::CONNECTED),
    says("no IKE config found for {_}...{src}, {_}", NOT_ALLOWED),
    says("no matching peer config found", NOT_ALLOWED),
    says("no EAP key found for hosts '{_}' - '{src}'", WRONG),
    says("no EAP key found for hosts '{_}' - '{user}'", WRONG),
    says("authentication of '{user}' with {method} successful", Meaning::LOGIN),
    says("authentication of '{user}' with {method} failed", WRONG),
    says("XAuth authentication of '{user}' successful", Meaning::LOGIN),
    says("XAuth authentication of '{user}' failed", WRONG),
    says("EAP method {method} failed for peer {user}", WRONG),
    says("EAP method {method} succeeded, {_}", Meaning::NOTED),
    says("EAP-MS-CHAPv2 verification failed, {_}", WRONG),
    says("tried {_} shared key{_} for '{_}' - '{user}', but MAC mismatched", WRONG),
    says("received AUTHENTICATION_FAILED {_}", WRONG),
    says("received proposals unacceptable", PROTOCOL),
    says("IKE_SA {_} established between {dst}[{_}]...{src}[{user}]", Meaning::LOGIN),
    says("deleting IKE_SA {_} between {dst}[{_}]...{src}[{user}]", Meaning::LOGOUT),
    says(
        "packet from {src}:{sport}: initial {_} message received {_} but no connection has been authorized",
        NOT_ALLOWED,
    ),
    says(
        "packet from {src}:{sport}: initial {_} message received but no connection has been authorized",
        NOT_ALLOWED,
    ),
    says("packet from {src}:{sport}: {_}", Meaning::NOTED),
    says("\"{_}\"[{_}] {src} #{_}: malformed payload in packet", PROTOCOL),
    says("\"{_}\"[{_}] {src} #{_}: probable authentication failure", WRONG),
    says("{_}", Meaning::NOTED),
];

/// Takes off charon's thread, group and connection (`10[IKE] <vpn|3> `); the wordings do the rest.
fn read(record: &mut Record<'_>, _out: &mut Writer<'_>) -> bool {
    if let Some((thread, rest)) = find::split(record.body, "] ")
        && thread.len() < 10
        && thread.starts_with(|c: char| c.is_ascii_digit())
    {
        let unnamed = rest.strip_prefix('<').and_then(|name| find::split(name, "> "));
        record.body = unnamed.map_or(rest, |(_, rest)| rest);
    }
    false
}
