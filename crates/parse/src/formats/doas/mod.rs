//! doas, OpenBSD's sudo, and its ports.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("doas", &["doas"], WORDINGS);

const NOT_ALLOWED: Meaning = Meaning::RUN_REFUSED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("{actor} ran command {cmd} as {user} from {cwd}", Meaning::RAN),
    says("failed auth for {actor}", Meaning::LOGIN_FAILED.because("wrong credentials")),
    says("failed command for {actor}: {cmd}", NOT_ALLOWED),
    says("command not permitted for {actor}: {cmd}", NOT_ALLOWED),
];
