//! One binary for all tests that see the crate from outside.

mod conformance;
mod correlations;
mod corpus;
mod hostile;
mod record;
mod rules;
