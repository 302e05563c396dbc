//! One binary for all tests that see the crate from outside.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail like tests, and say what they skip"
)]

mod conformance;
mod corpus;
mod correlations;
mod filters;
mod hostile;
mod pipelines;
mod record;
mod rules;
