//! Bitwarden's own server.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("bitwarden", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("[WRN] Failed login attempt{_}. {src}", WRONG),
    says("Failed login attempt{_}. {src}", WRONG),
];
