//! Webmin and Usermin.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("webmin", &["webmin", "usermin"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("Invalid login as {user} from {src}", WRONG),
    says("Non-existent login as {user} from {src}", INVALID_USER),
    says("Successful login as {user} from {src}", Meaning::LOGIN),
    says("Logout by {user} from {src}", Meaning::LOGOUT),
    says("Security alert: Host {src} blocked after {_} failed logins", TOO_MANY),
    says("Access denied for {user} from {src}", DENIED),
];
