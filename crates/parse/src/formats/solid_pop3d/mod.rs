//! Solid POP3 daemon.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("solid-pop3d", &["solid-pop3d", "spop3d"], WORDINGS);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("authentication failed: no such user: {user} - {src}", INVALID_USER),
    says("authentication failed: can't map user name: {user} - {src}", INVALID_USER),
    says("authentication failed for mapped user {user} - {src}", WRONG),
    says("authentication failed for user {user} - {src}", WRONG),
    says("root login not allowed - {src}", NOT_ALLOWED),
    says("can't find APOP secret for user {user} - {src}", INVALID_USER),
    says("APOP authentication failed for user {user} - {src}", WRONG),
    says("user {user} authenticated - {src}", Meaning::LOGIN),
    says("connect from {src}", Meaning::CONNECTED),
];
