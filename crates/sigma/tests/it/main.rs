//! One binary for all tests that see the crate from outside.

mod conformance;
mod corpus;
mod correlations;
mod hostile;
mod record;
mod rules;
