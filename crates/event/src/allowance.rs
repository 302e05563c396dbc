//! What is found but known and approved.

use serde::Serialize;

use crate::{Severity, Time};

/// What an entry of the allowlist covered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// Where the entry stands: file and line.
    pub entry: String,
    /// Why the entry is there.
    pub reason: String,
    /// Until when it holds.
    pub until: Time,
    /// Findings that are no alerts because of it.
    pub findings: u64,
    /// How grave the gravest was.
    pub severity: Option<Severity>,
    /// Findings it would cover, had it not ended before.
    pub after_end: u64,
}
