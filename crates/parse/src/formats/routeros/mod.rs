//! MikroTik RouterOS over syslog: topics, then the message.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("routeros", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("login failure for user {user} from {src} via {service}", WRONG),
    says("system,error,critical login failure for user {user} from {src} via {service}", WRONG),
    says("user {user} logged in from {src} via {service}", Meaning::LOGIN),
    says("system,info,account user {user} logged in from {src} via {service}", Meaning::LOGIN),
    says("user {user} logged out from {src} via {service}", Meaning::LOGOUT),
    says("system,info,account user {user} logged out from {src} via {service}", Meaning::LOGOUT),
];
