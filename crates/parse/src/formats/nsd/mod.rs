//! NSD, the name server of NLnet Labs.

use crate::format::Format;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("nsd", &["nsd"], WORDINGS);

const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("info: ratelimit block {query} type {qtype} target {_} query {src} TYPE", LIMITED),
    says("ratelimit block {query} type {qtype} target {_} query {src} TYPE", LIMITED),
    says("info: axfr for {query} from {src} refused", DENIED),
    says("axfr for {query} from {src} refused", DENIED),
    says("info: query {_} from {src} refused", DENIED),
];
