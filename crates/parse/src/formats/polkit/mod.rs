//! polkit and pkexec: who was let do what.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("polkit", &["polkitd", "polkit", "pkexec"], WORDINGS);

const WORDINGS: &[Wording] = &[
    says(
        "{actor}: Executing command [USER={user}] [TTY={tty}] [CWD={cwd}] [COMMAND={cmd}]",
        Meaning::RAN,
    ),
    says(
        "{actor}: Error executing command as another user: Not authorized [USER={user}] [TTY={tty}] [CWD={cwd}] [COMMAND={cmd}]",
        Meaning::RUN_REFUSED.because("not allowed"),
    ),
    says(
        "Operator of {_} successfully authenticated as unix-user:{user} to gain {_}",
        Meaning::LOGIN,
    ),
    says(
        "Operator of {_} FAILED to authenticate to gain authorization {_} [{_}] (owned by unix-user:{user})",
        Meaning::LOGIN_FAILED.because("wrong credentials"),
    ),
    says(
        "Operator of {_} FAILED to authenticate {_}",
        Meaning::LOGIN_FAILED.because("wrong credentials"),
    ),
    says("{_}", Meaning::NOTED),
];
