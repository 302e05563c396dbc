//! Running: sources, and the roles that are wired from them.

pub mod clock;
pub mod parse;
pub mod progress;
pub mod source;
