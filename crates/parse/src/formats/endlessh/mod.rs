//! endlessh, which keeps those waiting who try to sign in where nobody should.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("endlessh", &["endlessh"], WORDINGS);

const TRAPPED: Meaning = Meaning::REFUSED.because("exploit attempt");

const WORDINGS: &[Wording] = &[
    says("ACCEPT host={src} port={sport} {_}", TRAPPED),
    says("{w} ACCEPT host={src} port={sport} {_}", TRAPPED),
    says("CLOSE host={src} port={sport} {_}", Meaning::CLOSED),
    says("{w} CLOSE host={src} port={sport} {_}", Meaning::CLOSED),
];
