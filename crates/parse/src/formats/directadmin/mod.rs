//! DirectAdmin's log of sign-ins. Its counts are those of the address so far, not of the line.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("directadmin", &[], WORDINGS);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("'{src}' {w} failed login attempts. Invalid account '{user}'", INVALID_USER),
    says("'{src}' {w} failed login attempt. Invalid account '{user}'", INVALID_USER),
    says("'{src}' {w} failed login attempts. Account '{user}'", WRONG),
    says("'{src}' {w} failed login attempt. Account '{user}'", WRONG),
    says("'{src}' {w} failed login attempt", WRONG),
    says("'{src}' successful login to '{user}' after", Meaning::LOGIN),
];
