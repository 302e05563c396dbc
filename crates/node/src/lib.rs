//! Running: sources, and the roles that are wired from them.

mod allow;
pub mod clock;
pub mod content;
pub mod geoip;
pub mod parse;
pub mod progress;
pub mod rules;
pub mod scan;
pub mod source;

/// The crates that the command tells of, under the names of what they hold.
pub use {tocsin_event as event, tocsin_parse as formats, tocsin_report as report};
