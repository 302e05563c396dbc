//! SquirrelMail's Squirrel Logger plug-in.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("squirrelmail", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("[LOGIN_ERROR] {user} ({domain}) from {src}:", WRONG),
    says("[LOGIN] {user} ({domain}) from {src}", Meaning::LOGIN),
    says("[LOGOUT] {user} ({domain}) from {src}", Meaning::LOGOUT),
];
