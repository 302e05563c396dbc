//! ZNC's adminlog module.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("znc", &["znc"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("[{user}] failed to login from {src}", WRONG),
    says("[{user}] connected to ZNC from {src}", Meaning::LOGIN),
    says("[{user}] disconnected from ZNC from {src}", Meaning::LOGOUT),
];
