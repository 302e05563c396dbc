//! Nagios' remote plug-in executor, NRPE.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("nagios", &["nrpe"], WORDINGS);

const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("Host {src} is not allowed to talk to us!", NOT_ALLOWED),
    says("Error: Could not complete SSL handshake with {src}", PROTOCOL),
    says("Error: (!log_opts) Could not complete SSL handshake with {src}", PROTOCOL),
    says("Connection from {src} port {sport}", Meaning::CONNECTED),
    says("CONN_CHECK_PEER: {src}", Meaning::CONNECTED),
];
