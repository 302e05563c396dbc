//! The crate from outside: exactness of attributions, agreement with other programs, stored models,
//! and the budget on simulated days.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adbench;
mod binomial;
mod budget;
mod forest;
mod oracle;
mod shapley;
