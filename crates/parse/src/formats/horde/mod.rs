//! Horde and its applications (IMP).

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("horde", &["HORDE", "horde"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("FAILED LOGIN for {user} [{src}] to", WRONG),
    says("FAILED LOGIN for {user} ({src}) to", WRONG),
    says("[error] [{_}] FAILED LOGIN for {user} [{src}] to", WRONG),
    says("[error] [{_}] FAILED LOGIN for {user} ({src}) to", WRONG),
    says("[notice] [{_}] Login success for {user} [{src}] to", Meaning::LOGIN),
    says("Login success for {user} [{src}] to", Meaning::LOGIN),
    says("Login success for {user} ({src}) to", Meaning::LOGIN),
];
