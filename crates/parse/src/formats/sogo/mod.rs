//! SOGo groupware. Its requests are lines of an access log, which another format reads.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("sogo", &["sogod", "sogo"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("SOGoRootPage Login from '{src}{_}' for user '{user}' might not have worked", WRONG),
    says("SOGoRootPage successful login from '{src}{_}' for user '{user}'", Meaning::LOGIN),
    says("SOGoRootPage Login from '{src}{_}' for user '{user}' succeeded", Meaning::LOGIN),
    says("{_}REASON:operation bind failed: Invalid credentials", Meaning::FAILED),
];
