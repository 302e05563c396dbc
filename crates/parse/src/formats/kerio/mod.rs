//! Kerio Connect: its security, mail and warning logs.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("kerio", &[], WORDINGS);

const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");
const RELAY: Meaning = Meaning::REFUSED.because("relay denied");
const UNKNOWN_RCPT: Meaning = Meaning::REFUSED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const REVERSE: Meaning = Meaning::REFUSED.because("reverse mapping failed");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("SMTP Spam attack detected from {src}", PROTOCOL),
    says("IP address {src} found in DNS blacklist", LISTED),
    says("Relay attempt from IP address {src}", RELAY),
    says(
        "Attempt to deliver to unknown recipient <{to}>, from <{from}>, IP address {src}",
        UNKNOWN_RCPT,
    ),
    says("Failed {method} login from {src}", WRONG),
    says("Failed {method} login for {user} from {src}", WRONG),
    says("SMTP: User {user} doesn't exist. Attempt from IP address {src}", INVALID_USER),
    says("SMTP: Invalid password for user {user}. Attempt from IP address {src}", WRONG),
    says("IMAP: Invalid password for user {user}. Attempt from IP address {src}", WRONG),
    says("IMAP: User {user} doesn't exist. Attempt from IP address {src}", INVALID_USER),
    says("POP3: Invalid password for user {user}. Attempt from IP address {src}", WRONG),
    says("POP3: User {user} doesn't exist. Attempt from IP address {src}", INVALID_USER),
    says("HTTP/WebMail: Invalid password for user {user}. Attempt from IP address {src}", WRONG),
    says("HTTP/WebMail: User {user} doesn't exist. Attempt from IP address {src}", INVALID_USER),
    says("Client with IP address {src} has no reverse DNS entry", REVERSE),
    says("Administration login into {_} from {src} failed", NOT_ALLOWED),
    says("Message from IP address {src}, sender", DENIED),
];
