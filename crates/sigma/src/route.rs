//! Which rules concern which logs.

use crate::index::Index;
use crate::ruleset::RuleIndex;

/// Where a record comes from, or which records a rule is for. Names are compared without regard
/// to case; a part that is absent from a rule matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct LogSource {
    /// `linux`, `windows`, `aws`, ...
    pub product: Option<String>,
    /// `process_creation`, `firewall`, `webserver`, ...
    pub category: Option<String>,
    /// `sshd`, `auditd`, `cloudtrail`, ...
    pub service: Option<String>,
}

/// The rules for one kind of log, in order, made ready for matching. Make it once and keep it; it
/// belongs to the rule set that made it.
#[derive(Debug, Clone, Default)]
pub struct Route {
    pub(crate) rules: Vec<RuleIndex>,
    pub(crate) index: Index,
}

impl LogSource {
    /// True if a rule for `self` looks at records from `source`.
    pub fn covers(&self, source: &LogSource) -> bool {
        covers(self.product.as_deref(), source.product.as_deref())
            && covers_category(self.category.as_deref(), source.category.as_deref())
            && covers(self.service.as_deref(), source.service.as_deref())
    }
}

impl Route {
    /// The rules, in order.
    pub fn rules(&self) -> &[RuleIndex] {
        &self.rules
    }
}

/// The kinds of records of a category that stands for several, by the taxonomy.
const PARTS: &[(&str, &[&str])] =
    &[("registry_event", &["registry_add", "registry_delete", "registry_rename", "registry_set"])];

fn covers_category(wanted: Option<&str>, found: Option<&str>) -> bool {
    let of = |(whole, _): &&(&str, _)| wanted.is_some_and(|w| w.eq_ignore_ascii_case(whole));
    let parts = PARTS.iter().find(of).map_or(&[][..], |(_, parts)| parts);
    covers(wanted, found) || parts.iter().any(|part| covers(Some(part), found))
}

fn covers(wanted: Option<&str>, found: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| found.is_some_and(|found| wanted.eq_ignore_ascii_case(found)))
}
