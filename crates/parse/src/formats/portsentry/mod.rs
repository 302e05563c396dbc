//! PortSentry, which watches for port scans: its alerts, and its history of who was blocked.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("portsentry", &["portsentry", ""], WORDINGS);

const SCAN: Meaning = Meaning::REFUSED.because("port scan");

const WORDINGS: &[Wording] = &[
    says("attackalert: {_} from host: {src}/{src} to {protocol} port: {dport}", SCAN),
    says("attackalert: Host {src} has been blocked via {_}", SCAN),
    says("attackalert: Host: {src}/{src} is already blocked", SCAN),
    says("attackalert: Host: {src} is already blocked", SCAN),
    says("- {w} {w} Host: {src}/{src} Port: {dport} {protocol} Blocked", SCAN),
];
