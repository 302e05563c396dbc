//! Dropbear, the small SSH server of routers. It may write to its own file without any header,
//! so it reads those of no program as well.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("dropbear", &["dropbear", ""], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const UNKNOWN: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const PREAUTH: Meaning = Meaning::REFUSED.because("closed before authentication");
const TOO_MANY: Meaning = Meaning::LOGIN_FAILED.because("too many attempts");

const WORDINGS: &[Wording] = &[
    says("Bad password attempt for '{user}' from {src}:{sport}", WRONG),
    says("Bad password attempt for '{user}' from {src}", WRONG),
    says("Bad PAM password attempt for '{user}' from {src}:{sport}", WRONG),
    says("Bad PAM password attempt for '{user}' from {src}", WRONG),
    says("Login attempt for nonexistent user '{user}' from {src}:{sport}", UNKNOWN),
    says("Login attempt for nonexistent user from {src}:{sport}", UNKNOWN),
    says("Login attempt for nonexistent user from {src}", UNKNOWN),
    says("Login attempt with wrong user {user} from {src}:{sport}", UNKNOWN),
    says("Exit before auth from <{src}:{sport}>: Max auth tries reached - user '{user}'", TOO_MANY),
    says("Exit before auth from <{src}:{sport}>: (user '{user}', {count} fails): {_}", PREAUTH),
    says("Exit before auth from <{src}:{sport}>: {_}", PREAUTH),
    says("Exit before auth (user '{user}', {count} fails): Max auth tries reached", TOO_MANY),
    says("Exit before auth (user '{user}', {count} fails): {_}", PREAUTH),
    says("Exit before auth: {_}", PREAUTH),
    says("Child connection from {src}:{sport}", Meaning::CONNECTED),
    says("Child connection from {src}", Meaning::CONNECTED),
    says("Password auth succeeded for '{user}' from {src}:{sport}", Meaning::LOGIN),
    says("PAM password auth succeeded for '{user}' from {src}:{sport}", Meaning::LOGIN),
    says("Pubkey auth succeeded for '{user}' with {text} from {src}:{sport}", Meaning::LOGIN),
    says("Exit ({user}) from <{src}:{sport}>: {_}", Meaning::LOGOUT),
    says("Exit ({user}): {_}", Meaning::LOGOUT),
    says("User '{user}' has invalid shell, rejected", Meaning::LOGIN_FAILED.because("not allowed")),
    says("root login rejected", Meaning::LOGIN_FAILED.because("not allowed")),
];
