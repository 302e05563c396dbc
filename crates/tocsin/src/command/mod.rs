//! The commands, one file each.

mod input;
pub(crate) mod parse;
pub(crate) mod rules;
pub(crate) mod scan;
