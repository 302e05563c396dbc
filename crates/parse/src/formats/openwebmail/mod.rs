//! Open WebMail's own log: `- [pid] (address) user - what - why`.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("openwebmail", &[], WORDINGS);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("- [{_}] ({src}) {user} - userinfo error -", INVALID_USER),
    says("- [{_}] ({src}) {user} - login error - no such user", INVALID_USER),
    says("- [{_}] ({src}) {user} - login error -", WRONG),
    says("- [{_}] ({src}) {user} - login -", Meaning::LOGIN),
    says("- [{_}] ({src}) {user} - logout -", Meaning::LOGOUT),
    says("- [{_}] ({src}) {user} -", Meaning::NOTED),
];
