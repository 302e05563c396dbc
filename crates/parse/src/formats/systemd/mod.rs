//! systemd and its login manager.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("systemd", &["systemd", "systemd-logind"], WORDINGS);

const WORDINGS: &[Wording] = &[
    says("New session {session} of user {user} with class '{_}'", Meaning::LOGIN),
    says("New session {session} of user {user}.", Meaning::LOGIN),
    says("Removed session {session}.", Meaning::LOGOUT),
    says("Session {session} logged out", Meaning::LOGOUT),
    says("Failed to start {service}.", Meaning::FAILED),
    says("{service}: Failed with result '{_}'", Meaning::FAILED),
    says("{service}: Main process exited, {_} status={_}", Meaning::NOTED),
    says("{_}", Meaning::NOTED),
];
