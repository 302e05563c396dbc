//! Froxlor, the server management panel, before and after version 2.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("froxlor", &["Froxlor", "froxlor"], WORDINGS);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("[Login Action {src}] Unknown user '{user}' tried to login", INVALID_USER),
    says("[Login Action {src}] User '{user}' tried to login with wrong password", WRONG),
    says("froxlor.WARNING: Unknown user tried to login.{_}\"user\":\"{src}\"", INVALID_USER),
    says("froxlor.WARNING: User tried to login with wrong password.{_}\"user\":\"{src}\"", WRONG),
];
