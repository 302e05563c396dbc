//! What each report says of one made-up scan, and what no report may ever let through.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by panicking")]

mod golden;
mod hostile;
mod sample;
mod schema;
