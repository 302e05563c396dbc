//! Perdition, the POP3 and IMAP proxy.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "perdition",
    &[
        "perdition",
        "perdition.imap4",
        "perdition.imap4s",
        "perdition.pop3",
        "perdition.pop3s",
        "perdition.managesieve",
        "perdition.imaps",
        "perdition.pops",
    ],
    WORDINGS,
);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says(
        "Auth:{_} {src}:{sport}->{dst}:{dport}{_} client-secure={_} authorisation_id={_} authentication_id=\"{user}\" server=\"{_}\" protocol={_} server-secure={_} status=\"failed",
        WRONG,
    ),
    says(
        "Auth:{_} {src}:{sport}->{dst}:{dport}{_} client-secure={_} authorisation_id={_} authentication_id=\"{user}\" server=\"{_}\" protocol={_} server-secure={_} status=\"ok",
        Meaning::LOGIN,
    ),
    says("Connect:{_} {src}:{sport}->{dst}:{dport}", Meaning::CONNECTED),
    says("Close:{_} {src}:{sport}->{dst}:{dport}", Meaning::CLOSED),
    says("Fatal Error reading authentication information from client {src}:", PROTOCOL),
    says("Fatal Error negotiating setup with client {src}:", PROTOCOL),
];
