//! Reading from real files, through the public interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cloud;
mod content;
mod hostile;
mod order;
mod rules;
mod support;
