//! Courier: its IMAP and POP3 servers and its SMTP server.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "courier",
    &[
        "imapd",
        "imapd-ssl",
        "pop3d",
        "pop3d-ssl",
        "courierpop3login",
        "courierpop3d",
        "imaplogin",
        "pop3login",
        "courieresmtpd",
        "courieresmtpd-ssl",
        "esmtpd",
        "courierd",
        "authdaemond",
    ],
    WORDINGS,
);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const UNKNOWN_RCPT: Meaning = Meaning::REFUSED.because("invalid user");
const RELAY: Meaning = Meaning::REFUSED.because("relay denied");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("LOGIN FAILED, user={user}, ip=[{src}]", WRONG),
    says("LOGIN FAILED, method={method}, ip=[{src}]", WRONG),
    says("LOGIN FAILED, ip=[{src}]", WRONG),
    says("LOGIN, user={user}, ip=[{src}]", Meaning::LOGIN),
    says("LOGOUT, user={user}, ip=[{src}]", Meaning::LOGOUT),
    says("DISCONNECTED, user={user}, ip=[{src}]", Meaning::CLOSED),
    says("TIMEOUT, user={user}, ip=[{src}]", Meaning::CLOSED),
    says("Connection, ip=[{src}]", Meaning::CONNECTED),
    says("Disconnected, ip=[{src}]", Meaning::CLOSED),
    says("LOGOUT, ip=[{src}]", Meaning::CLOSED),
    says("error,relay={src},port={sport},msg=\"535", WRONG),
    says("error,relay={src},msg=\"535", WRONG),
    says("error,relay={src},{_}: 550 User", UNKNOWN_RCPT),
    says("error,relay={src},{_}: 513 Relaying denied", RELAY),
    says("error,relay={src},", DENIED),
    says("started,ip=[{src}]", Meaning::CONNECTED),
];
