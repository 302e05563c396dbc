//! Scheduled jobs: cron in its kinds, anacron, at.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service(
    "cron",
    &["CRON", "cron", "crond", "CROND", "crontab", "anacron", "fcron", "atd", "run-parts"],
    WORDINGS,
);

const WORDINGS: &[Wording] = &[
    says("({user}) CMD ({cmd})", Meaning::RAN),
    says("({user}) CMDEND ({_})", Meaning::NOTED),
    says("({user}) CMDOUT ({_})", Meaning::NOTED),
    says("({user}) AUTH ({_})", Meaning::RUN_REFUSED.because("not allowed")),
    says("({user}) FAILED to {_}", Meaning::RUN_REFUSED.because("not allowed")),
    says("({user}) WRONG FILE OWNER ({file})", Meaning::RUN_REFUSED.because("not allowed")),
    says("(CRON) {_}", Meaning::NOTED),
    says("({user}) {_}", Meaning::NOTED),
    says("Job `{service}' {_}", Meaning::NOTED),
    says("Starting job {_} for user '{user}' ({_})", Meaning::RAN),
    says("User {user} not allowed {_}", Meaning::RUN_REFUSED.because("not allowed")),
    says("{_}", Meaning::NOTED),
];
