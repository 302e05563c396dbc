//! What happened: the vocabulary every other crate speaks.
//!
//! An [`Event`] is one thing that happened, in OCSF terms, pointing into the text it was read
//! from. A [`Finding`] is what one detector says about one entity; findings become [`Alert`]s and
//! alerts become [`Incident`]s. Nothing here reads a clock, a file or a socket.

mod action;
mod allowance;
mod batch;
mod entity;
mod event;
mod field;
mod finding;
mod incident;
pub mod json;
pub mod ocsf;
mod source;
mod text;
mod time;

pub use action::{Action, Aims, is_inner};
pub use allowance::Allowance;
pub use batch::{Batch, EventRef, PeerName, Writer};
pub use entity::{Entity, EntityKind, UnknownEntityKind};
pub use event::{Activity, Class, Event, LogSource, Peer, Severity, Status, UnknownSeverity};
pub use field::{Field, Fields, PATHS};
pub use finding::{
    Attribution, Basis, DetectorKind, Evidence, Finding, FindingId, IntelHit, Models, RuleRef,
    Window,
};
pub use incident::{Alert, AlertStatus, Incident};
pub use source::{SHAPES_SHOWN, Skipped, SourceSummary};
pub use text::Span;
pub use time::{Duration, Time};
