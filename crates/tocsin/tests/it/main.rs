//! The command as people run it: the binary, its output, its exit status.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allow;
mod cloud;
mod flows;
mod import;
mod parse;
mod scan;
mod support;
mod windows;
mod zeek;
