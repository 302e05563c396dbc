//! su, as shadow, util-linux, the BSDs, AIX and Solaris word it.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("su", &["su", "su-l", "runuser"], WORDINGS);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("FAILED SU (to {user}) {actor} on {tty}", WRONG),
    says("FAILED su for {user} by {actor}", WRONG),
    says("Successful su for {user} by {actor}", Meaning::LOGIN),
    says("(to {user}) {actor} on {tty}", Meaning::LOGIN),
    says("BAD SU {actor} to {user} on {tty}", WRONG),
    says("+ {tty} {actor}:{user}", Meaning::LOGIN),
    says("- {tty} {actor}:{user}", WRONG),
    says("failed: {tty} changing from {actor} to {user}", WRONG),
    says("succeeded: {tty} changing from {actor} to {user}", Meaning::LOGIN),
    says("'su {user}' failed for {actor} on {tty}", WRONG),
    says("'su {user}' succeeded for {actor} on {tty}", Meaning::LOGIN),
    says("No passwd entry for user '{user}'", Meaning::LOGIN_FAILED.because("invalid user")),
    says("pam_authenticate: {_}", WRONG),
    says("{actor} to {user} on {tty}", Meaning::LOGIN),
];
