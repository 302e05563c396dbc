//! macOS screen sharing.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("screensharing", &["screensharingd"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Authentication: FAILED :: User Name: {user} :: Viewer Address: {src}", WRONG),
    says("Authentication: SUCCEEDED :: User Name: {user} :: Viewer Address: {src}", Meaning::LOGIN),
];
