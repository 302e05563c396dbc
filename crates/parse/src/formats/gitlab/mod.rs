//! GitLab's application log as text.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("gitlab", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Failed Login: username={user} ip={src}", WRONG),
    says("Successful Login: username={user} ip={src}", Meaning::LOGIN),
];
