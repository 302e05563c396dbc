//! What is forbidden: Sigma 2.x rules, correlations and filters, parsed, checked and compiled.
//!
//! [`RuleSet::compile`] turns rule files into a [`RuleSet`] and a list of every [`Problem`] found
//! on the way. A [`Route`] lists the rules that concern one kind of log; [`RuleSet::matches`] runs
//! them over a [`Record`]. A [`Correlation`] is pure state: a [`KeyState`] per group key, kept by
//! the caller, moved by [`KeyState::update`].
//!
//! The crate knows nothing of files, clocks or where records come from.
//!
//! ```
//! use tocsin_sigma::{Document, FieldId, LogSource, Record, RuleSet, Scratch, Value};
//!
//! struct Line<'a>(&'a str);
//!
//! impl Record for Line<'_> {
//!     fn value(&self, _: FieldId) -> Value<'_> {
//!         Value::Absent
//!     }
//!
//!     fn text(&self) -> &str {
//!         self.0
//!     }
//! }
//!
//! let text = "
//! title: Root login refused
//! logsource: {product: linux, service: sshd}
//! detection:
//!     keywords: ['Failed password for root']
//!     condition: keywords
//! ";
//! let documents = [Document { path: "root.yml".into(), text: text.into() }];
//! let (set, problems) = RuleSet::compile(&documents);
//! assert!(problems.is_empty());
//!
//! let source = LogSource { product: Some("linux".into()), service: Some("sshd".into()), category: None };
//! let route = set.route(&source);
//! let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
//! set.matches(&route, &Line("failed password for root from 203.0.113.9"), &mut scratch, &mut hits);
//! assert_eq!(set.rule(hits[0]).unwrap().title, "Root login refused");
//! ```
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
mod filter;
mod glob;
mod index;
mod limits;
mod meta;
mod modifier;
mod order;
mod pattern;
mod pipeline;
mod placeholder;
mod presence;
mod problem;
mod record;
mod regexp;
mod route;
mod rule;
mod ruleset;
mod scratch;
mod state;
mod statistic;
mod test;
mod text;
mod yaml;

pub use correlation::{Correlation, CorrelationIndex, Feed, Kind, Member, MemberRef, Threshold};
pub use meta::KEYS;
pub use order::Step;
pub use placeholder::Placeholders;
pub use presence::Presence;
pub use problem::{Document, Position, Problem, nearest_within};
pub use record::{FieldId, Items, Record, Value};
pub use route::{LogSource, Route};
pub use rule::{Attribute, Level, Rule, Sequence, Status, Tests};
pub use ruleset::{Outcome, RuleIndex, RuleSet};
pub use scratch::Scratch;
pub use state::{Counted, Hit, KeyState, Span};
pub use statistic::{Bounds, Statistic};
