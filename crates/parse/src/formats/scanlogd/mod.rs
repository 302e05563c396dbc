//! scanlogd, which tells of port scans.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("scanlogd", &["scanlogd"], WORDINGS);

const SCAN: Meaning = Meaning::REFUSED.because("port scan");

const WORDINGS: &[Wording] = &[
    says("{src} to {dst} ports {_}", SCAN),
    says("{src}:{sport} to {dst} ports {_}", SCAN),
    says("{src} to {dst} and others, ports {_}", SCAN),
    says("{src}:{sport} to {dst} and others, ports {_}", SCAN),
    says("More possible port scans follow", Meaning::NOTED),
];
