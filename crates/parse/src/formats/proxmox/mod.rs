//! Proxmox VE, Backup Server and Mail Gateway.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "proxmox",
    &[
        "pvedaemon",
        "pveproxy",
        "proxmox-backup-proxy",
        "proxmox-backup-api",
        "pmgdaemon",
        "pmgproxy",
    ],
    WORDINGS,
);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("authentication failure; rhost={src} user={user} msg=no such user", INVALID_USER),
    says("authentication failure; rhost={src} user={user} msg=user is not enabled", NOT_ALLOWED),
    says("authentication failure; rhost={src} user={user} msg=", WRONG),
    says("authentication failure; rhost=[{src}]:{sport} user={user} msg=", WRONG),
    says("<{actor}> successful auth for user '{user}'", Meaning::LOGIN),
    says("successful auth for user '{user}'", Meaning::LOGIN),
];
