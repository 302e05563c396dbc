//! What is forbidden: Sigma 2.x rules and correlations, parsed, checked and compiled.
//!
//! [`RuleSet::compile`] turns rule files into a [`RuleSet`] and a list of every [`Problem`] found
//! on the way. A [`Route`] lists the rules that concern one kind of log; [`RuleSet::matches`] runs
//! them over a [`Record`]. A [`Correlation`] is pure state: a [`KeyState`] per group key, kept by
//! the caller, moved by [`KeyState::update`].
//!
//! The crate knows nothing of files, clocks or where records come from.
//!
//! The rules are those of the Sigma specification 2.1.0
//! (<https://github.com/SigmaHQ/sigma-specification>).

mod compile;
mod condition;
mod correlation;
mod detection;
mod encode;
mod evaluate;
mod fields;
mod glob;
mod index;
mod limits;
mod meta;
mod modifier;
mod pattern;
mod placeholder;
mod problem;
mod record;
mod regexp;
mod route;
mod rule;
mod ruleset;
mod scratch;
mod state;
mod test;
mod text;
mod yaml;

pub use correlation::{Correlation, CorrelationIndex, Feed, Kind, Member, MemberRef, Threshold};
pub use placeholder::Placeholders;
pub use problem::{Document, Problem};
pub use record::{FieldId, Items, Record, Value};
pub use route::{LogSource, Route};
pub use rule::{Attribute, Level, Rule, Sequence, Status, Tests};
pub use ruleset::{RuleIndex, RuleSet};
pub use scratch::Scratch;
pub use state::{Hit, KeyState, Span};
