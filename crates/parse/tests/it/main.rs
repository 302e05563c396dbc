//! What the parsers make of real wordings.

mod auditd;
mod fixtures;
mod reading;
