//! Running: sources, and the roles that are wired from them.

pub mod content;
pub mod parse;
pub mod rules;
pub mod scan;
