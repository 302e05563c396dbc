//! Cyrus IMAP: `badlogin: host [address] mechanism user SASL(-13): ...`. Some installations drop the
//! `cyrus/` of its tags.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "cyrus",
    &[
        "cyrus",
        "imap",
        "imaps",
        "pop3",
        "pop3s",
        "imapd",
        "pop3d",
        "sieve",
        "timsieved",
        "nntpd",
        "lmtpd",
    ],
    WORDINGS,
);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("badlogin: {_}[{src}] {method} [SASL({_}): user not found", INVALID_USER),
    says("badlogin: {_}[{src}] {method} [SASL(", WRONG),
    says("badlogin: {_}[{src}] {method} {user} SASL(-13): user not found", INVALID_USER),
    says("badlogin: {_}[{src}] {method} {user} SASL(", WRONG),
    says("badlogin: {_}[{src}] {method} {user} invalid user", INVALID_USER),
    says("badlogin: {_}[{src}]", WRONG),
    says("login: {_}[{src}] {user} {method} User logged in", Meaning::LOGIN),
    says("accepted connection", Meaning::CONNECTED),
    says("starttls:", Meaning::NOTED),
    says("imaps TLS negotiation failed: {_}[{src}]", PROTOCOL),
    says("pop3s TLS negotiation failed: {_}[{src}]", PROTOCOL),
    says("TLS negotiation failed: {_}[{src}]", PROTOCOL),
];
