//! Home Assistant's list of failed sign-ins.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("home-assistant", &[], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says(
        "WARNING ({_}) [homeassistant.components.http.ban] Login attempt or request with invalid authentication from {_} ({src}).",
        WRONG,
    ),
    says("WARNING ({_}) [homeassistant.components.http.ban] Banned IP {src}", DENIED),
];
