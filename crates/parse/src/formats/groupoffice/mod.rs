//! Group-Office's log of sign-ins.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("groupoffice", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("LOGIN FAILED for user: \"{user}\" from IP: {src}", WRONG),
    says("LOGIN SUCCESS for user: \"{user}\" from IP: {src}", Meaning::LOGIN),
];
