//! The engine and what it is made of: rules, windows and features, models, intel; findings into
//! alerts into incidents. Pure: no file, no clock, no thread.

mod accused;
mod alerts;
mod allow;
mod attack;
mod calls;
mod config;
mod emission;
mod engine;
mod findings;
mod incidents;
mod inspect;
pub mod intel;
mod key;
mod keyed;
mod model;
mod places;
mod record;
mod rules;
mod statement;
mod tally;
mod window;
mod windows;

pub use allow::{AllowEntry, AllowError, Allowed};
pub use attack::{AttackCatalog, Technique};
pub use config::Config;
pub use engine::{Conclusion, Engine, EngineError, Knowledge};
pub use inspect::{Inspector, Verdict};
pub use intel::{Intel, Read};
pub use model::Learning;
pub use places::{Country, Place, Places};
pub use record::field_names;
pub use rules::logsources;
pub use window::FEATURES;
