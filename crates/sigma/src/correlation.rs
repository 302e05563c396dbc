//! Correlations: several matches that mean something together. Here is what they say and how their
//! references are resolved; counting is the work of `state`.

use crate::limits;
use crate::meta;
use crate::order::{self, Step};
use crate::presence::Presence;
use crate::problem::{Position, Report};
use crate::record::FieldId;
use crate::rule::Rule;
use crate::ruleset::{RuleIndex, RuleSet};
use crate::statistic::{Bounds, Statistic};
use crate::yaml::{Node, Yaml};

/// A correlation, compiled.
#[derive(Debug, Clone)]
pub struct Correlation {
    /// Its description.
    pub rule: Rule,
    /// What is counted.
    pub kind: Kind,
    /// What it refers to, in the order written.
    pub members: Vec<Member>,
    /// Length of the window, in nanoseconds.
    pub timespan_ns: i64,
    /// How much is enough; of a statistic, how many numbers.
    pub threshold: Threshold,
    /// Which members have to be there, where the condition of a [`Kind::Temporal`] says so.
    pub presence: Option<Presence>,
    /// In which order members have to come, of a [`Kind::TemporalOrdered`]; empty for other kinds.
    pub order: Vec<Step>,
    /// What a statistic has to be; no bounds for counts.
    pub bounds: Bounds,
    /// True if the members are also rules of their own.
    pub generate: bool,
}

/// A correlation's place in its rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CorrelationIndex(pub u32);

/// What a correlation counts in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Matches.
    EventCount,
    /// Distinct values of a field.
    ValueCount,
    /// Distinct members, in any order.
    Temporal,
    /// Distinct members, in the order of [`Correlation::order`].
    TemporalOrdered,
    /// Nothing: the numbers of a field are summed up.
    Statistic(Statistic),
}

/// One thing that a correlation refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The rule or correlation.
    pub of: MemberRef,
    /// The fields whose values make the group key, aliases resolved for this member. For a
    /// correlation as member, they are read from the event that made it fire.
    pub group_by: Vec<FieldId>,
    /// The fields whose values are counted together by [`Kind::ValueCount`], or the one whose
    /// numbers make a [`Kind::Statistic`]; empty for other kinds.
    pub values: Vec<FieldId>,
}

/// A rule or another correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberRef {
    /// A rule.
    Rule(RuleIndex),
    /// A correlation, of which each fired hit counts as one match.
    Correlation(CorrelationIndex),
}

/// A correlation that is fed, and as which of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// The correlation.
    pub correlation: CorrelationIndex,
    /// Index into its members.
    pub member: usize,
}

/// Which counts are a hit. Events come one by one, so a bound from above is judged by the count so
/// far: `lt: 5` holds from the first event on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The count is at least this; 1 or more.
    pub at_least: u64,
    /// The count is at most this.
    pub at_most: Option<u64>,
    /// The count is not this.
    pub other_than: Option<u64>,
}

impl Threshold {
    const ANY: Threshold = Threshold { at_least: 1, at_most: None, other_than: None };

    /// True if `count` is a hit.
    pub fn holds(&self, count: u64) -> bool {
        count >= self.at_least
            && self.at_most.is_none_or(|most| count <= most)
            && self.other_than != Some(count)
    }
}

const KEYS: [&str; 7] =
    ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];
const TYPES: [&str; 8] = [
    "event_count",
    "value_count",
    "value_sum",
    "value_avg",
    "value_median",
    "value_percentile",
    "temporal",
    "temporal_ordered",
];
const OPERATORS: &str = "use gt, gte, lt, lte, eq or neq";

/// A correlation as written, its references still names.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) rule: Rule,
    pub(crate) references: Vec<(String, Position)>,
    kind: Kind,
    group_by: Vec<String>,
    values: Vec<String>,
    aliases: Vec<Alias>,
    timespan_ns: i64,
    threshold: Threshold,
    presence: Option<Presence>,
    order: Vec<Step>,
    bounds: Bounds,
    generate: bool,
}

#[derive(Debug)]
struct Alias {
    name: String,
    position: Position,
    /// Rule name to field name.
    fields: Vec<(String, String)>,
}

impl Written {
    /// Reads what a correlation says; none where it is of no known type, since then the rest means nothing.
    pub(crate) fn read(node: &Node, rule: Rule, report: &mut Report<'_>) -> Option<Written> {
        meta::known_keys(node, "a correlation", &KEYS, report);
        let kind = read_kind(node, report)?;
        let mut references = read_references(node, report);
        let is_temporal = matches!(kind, Kind::Temporal | Kind::TemporalOrdered);
        let presence = is_temporal.then(|| Presence::read(node, &mut references, report)).flatten();
        check_references(node, &references, report);
        let order = match kind {
            Kind::TemporalOrdered => read_order(node, presence.as_ref(), references.len(), report),
            _ => Vec::new(),
        };
        let (threshold, bounds) = match kind {
            Kind::Statistic(_) => (Threshold::ANY, read_bounds(node, report)),
            _ if presence.is_some() => (
                Threshold { at_least: order.len().max(1) as u64, ..Threshold::ANY },
                Bounds::default(),
            ),
            _ => (read_threshold(node, (kind, references.len()), report), Bounds::default()),
        };
        Some(Written {
            rule,
            references,
            kind,
            group_by: meta::texts(node, "group-by", report),
            values: read_values(node, kind, report),
            aliases: read_aliases(node, report),
            timespan_ns: read_timespan(node, report),
            threshold,
            presence,
            order,
            bounds,
            generate: matches!(node.get("generate").map(|g| &g.yaml), Some(Yaml::Bool(true))),
        })
    }

    /// Turns names into indices; `members` are what the references refer to, in order, and `rename` tells
    /// what a rule calls a field since pipelines have changed it.
    pub(crate) fn resolve(
        &self,
        members: &[MemberRef],
        rename: &dyn Fn(RuleIndex, &str) -> Vec<String>,
        set: &mut RuleSet,
        report: &mut Report<'_>,
    ) -> Option<Correlation> {
        let mut resolved = Vec::new();
        for (of, (reference, _)) in members.iter().zip(&self.references) {
            let described = set.described(*of);
            let known = described.map(|rule| (rule.id.clone(), rule.name.clone()));
            let is_meant = |name: &str| {
                let (id, own) = known.as_ref().map_or(("", None), |(id, n)| (id, n.as_deref()));
                name == reference || name == id || Some(name) == own
            };
            let first = set.rules_of(*of).into_iter().next();
            let mut ids = |names: &[String]| {
                let fields = names.iter().map(|name| {
                    let field = self.source(name, &is_meant, report);
                    let renamed = first.map_or_else(Vec::new, |rule| rename(rule, field));
                    if renamed.len() > 1 {
                        let message = format!("a pipeline gives `{field}` several names");
                        report.add(
                            self.rule.position,
                            message,
                            "name the one that counts by an alias",
                        );
                    }
                    renamed.into_iter().next().unwrap_or_else(|| field.to_owned())
                });
                let fields: Vec<String> = fields.collect();
                fields.iter().map(|field| set.fields_mut().intern(field)).collect()
            };
            resolved.push(Member {
                of: *of,
                group_by: ids(&self.group_by),
                values: ids(&self.values),
            });
        }
        report.is_clean().then(|| Correlation {
            rule: self.rule.clone(),
            kind: self.kind,
            members: resolved,
            timespan_ns: self.timespan_ns,
            threshold: self.threshold,
            presence: self.presence.clone(),
            order: self.order.clone(),
            bounds: self.bounds.clone(),
            generate: self.generate,
        })
    }

    /// The field that `name` means in a member's events.
    fn source<'a>(
        &'a self,
        name: &'a str,
        is_meant: &dyn Fn(&str) -> bool,
        report: &mut Report<'_>,
    ) -> &'a str {
        let Some(alias) = self.aliases.iter().find(|alias| alias.name == name) else {
            return name;
        };
        match alias.fields.iter().find(|(rule, _)| is_meant(rule)) {
            Some((_, field)) => field,
            None => {
                let message = format!("the alias `{name}` says no field for one of the rules");
                report.add(
                    alias.position,
                    message,
                    "name a field for each rule of the correlation",
                );
                name
            }
        }
    }
}

/// A rule that only feeds correlations is no rule of its own, unless one of them says `generate`.
pub(crate) fn mark_standalone(rules: &mut [Rule], correlations: &mut [Correlation]) {
    let used: Vec<(MemberRef, bool)> = correlations
        .iter()
        .flat_map(|c| c.members.iter().map(|member| (member.of, c.generate)))
        .collect();
    let is_standalone = |of: MemberRef| {
        let mut uses = used.iter().filter(|(member, _)| *member == of).peekable();
        uses.peek().is_none() || uses.any(|(_, generate)| *generate)
    };
    for (index, rule) in (0u32..).zip(rules) {
        rule.standalone = is_standalone(MemberRef::Rule(RuleIndex(index)));
    }
    for (index, correlation) in (0u32..).zip(correlations) {
        let of = MemberRef::Correlation(CorrelationIndex(index));
        correlation.rule.standalone = is_standalone(of);
    }
}

fn read_kind(node: &Node, report: &mut Report<'_>) -> Option<Kind> {
    let written = meta::text(node, "type", report).unwrap_or_default();
    Some(match written.as_str() {
        "event_count" => Kind::EventCount,
        "value_count" => Kind::ValueCount,
        // The longer names are those of pySigma and Sigma 2.2 where a condition names the rules.
        "temporal" | "temporal_extended" => Kind::Temporal,
        "temporal_ordered" | "temporal_ordered_extended" => Kind::TemporalOrdered,
        "value_sum" => Kind::Statistic(Statistic::Sum),
        "value_avg" => Kind::Statistic(Statistic::Average),
        "value_median" => Kind::Statistic(Statistic::Percentile(50)),
        "value_percentile" => Kind::Statistic(read_percentile(node, report)),
        _ => {
            let position = node.get("type").map_or(node.position, |kind| kind.position);
            let remedy = meta::did_you_mean(&written, &TYPES);
            report.add(position, format!("unknown correlation type `{written}`"), remedy);
            return None;
        }
    })
}

/// `percentile` of the condition, as pySigma reads it; without one, the median.
fn read_percentile(node: &Node, report: &mut Report<'_>) -> Statistic {
    let percent = match node.get("condition").and_then(|condition| condition.get("percentile")) {
        None => Some(50),
        Some(written) => count(written).and_then(|percent| u8::try_from(percent).ok()),
    };
    if percent.is_none_or(|percent| percent > 100) {
        let position = node.get("condition").map_or(node.position, |condition| condition.position);
        report.add(position, "the percentile cannot be used", "write a number from 0 to 100");
    }
    Statistic::Percentile(percent.unwrap_or(50))
}

fn read_values(node: &Node, kind: Kind, report: &mut Report<'_>) -> Vec<String> {
    let most = match kind {
        Kind::ValueCount => usize::MAX,
        Kind::Statistic(_) => 1,
        _ => return Vec::new(),
    };
    let values = node.get("condition").map(|c| meta::texts(c, "field", report));
    let values = values.unwrap_or_default();
    if values.is_empty() {
        report.add(node.position, "the condition names no field", "add `field` to it");
    } else if values.len() > most {
        report.add(
            node.position,
            "the condition names several fields",
            "numbers come from one field",
        );
    }
    values
}

fn read_references(node: &Node, report: &mut Report<'_>) -> Vec<(String, Position)> {
    let position = node.get("rules").map_or(node.position, |rules| rules.position);
    let names = meta::texts(node, "rules", report);
    let lines = node.get("rules").map(Node::items).unwrap_or_default();
    let position_of = |index: usize| lines.get(index).map_or(position, |node| node.position);
    names.into_iter().enumerate().map(|(index, name)| (name, position_of(index))).collect()
}

fn check_references(node: &Node, references: &[(String, Position)], report: &mut Report<'_>) {
    let position = node.get("rules").map_or(node.position, |rules| rules.position);
    if references.is_empty() {
        report.add(
            position,
            "the correlation refers to no rule",
            "list ids or names under `rules`",
        );
    }
    if references.len() > limits::CORRELATED_RULES {
        let message = format!("more than {} rules in one correlation", limits::CORRELATED_RULES);
        report.add(position, message, "split it and chain the parts");
    }
}

fn read_aliases(node: &Node, report: &mut Report<'_>) -> Vec<Alias> {
    let entries = node.get("aliases").map(Node::entries).unwrap_or_default();
    let mut aliases = Vec::new();
    for entry in entries {
        let fields = entry.value.entries().iter();
        let fields: Vec<_> =
            fields.filter_map(|e| Some((e.key.clone(), e.value.text()?))).collect();
        if fields.is_empty() {
            let message = format!("the alias `{}` says no field", entry.key);
            report.add(entry.position, message, "name a field for each rule of the correlation");
        }
        aliases.push(Alias { name: entry.key.clone(), position: entry.position, fields });
    }
    aliases
}

fn read_timespan(node: &Node, report: &mut Report<'_>) -> i64 {
    let Some(written) = meta::text(node, "timespan", report) else {
        report.add(node.position, "the correlation has no `timespan`", "add one, as in `10m`");
        return 0;
    };
    match seconds(&written) {
        Some(seconds @ 1..=limits::TIMESPAN_SECONDS) => seconds as i64 * 1_000_000_000,
        Some(_) => {
            let message = format!("the timespan `{written}` is out of range");
            report.add(node.position, message, "use between 1s and 400d");
            0
        }
        None => {
            let message = format!("the timespan `{written}` cannot be read");
            report.add(node.position, message, "write a number and one of s, m, h, d, w, M, y");
            0
        }
    }
}

fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?.parse::<u64>().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        // Twelfths of a year of 365.2425 days, and such years, as pySigma has them.
        'M' => 2_629_746,
        'y' => 31_556_952,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn read_bounds(node: &Node, report: &mut Report<'_>) -> Bounds {
    let mut bounds = Bounds::default();
    let entries = node.get("condition").map(Node::entries).unwrap_or_default();
    for entry in entries.iter().filter(|e| !matches!(e.key.as_str(), "field" | "percentile")) {
        let number = match entry.value.yaml {
            Yaml::Int(number) => number as f64,
            Yaml::Float(number) if number.is_finite() => number,
            _ => {
                let message = format!("`{}` wants a number", entry.key);
                report.add(entry.position, message, "write a number without quotes");
                continue;
            }
        };
        if !bounds.add(&entry.key, number) {
            let message = format!("unknown operator `{}` in a threshold", entry.key);
            report.add(entry.position, message, OPERATORS);
        }
    }
    if bounds.is_empty() {
        report.add(
            node.position,
            "the correlation has no threshold",
            "add a condition, as `gte: 10`",
        );
    }
    bounds
}

fn read_order(
    node: &Node,
    condition: Option<&Presence>,
    members: usize,
    report: &mut Report<'_>,
) -> Vec<Step> {
    let Some(condition) = condition else { return order::of_all(members) };
    order::of_condition(condition).unwrap_or_else(|message| {
        let position = node.get("condition").map_or(node.position, |condition| condition.position);
        report.add(position, message, "write it as in `first and not between and last`");
        Vec::new()
    })
}

fn read_threshold(
    node: &Node,
    (kind, members): (Kind, usize),
    report: &mut Report<'_>,
) -> Threshold {
    let mut threshold = Threshold::ANY;
    let condition = node.get("condition");
    if !matches!(kind, Kind::Temporal | Kind::TemporalOrdered)
        && let Some(Node { yaml: Yaml::Text(_), position }) = condition
    {
        let message =
            "a condition over names of rules is for `temporal` and `temporal_ordered` only";
        report.add(*position, message, "write a number, as in `gte: 10`");
    }
    let bounds = condition.map(Node::entries).unwrap_or_default();
    let mut bounded = false;
    for entry in bounds.iter().filter(|entry| entry.key != "field") {
        bounded = true;
        let Some(count) = count(&entry.value) else {
            let message = format!("`{}` wants a whole number that is not negative", entry.key);
            report.add(entry.position, message, "write a number without quotes");
            continue;
        };
        if let Err(message) = threshold.bound(&entry.key, count) {
            report.add(entry.position, message, OPERATORS);
        }
    }
    if !bounded && matches!(kind, Kind::Temporal | Kind::TemporalOrdered) {
        threshold.at_least = members.max(1) as u64;
    } else if !bounded {
        report.add(
            node.position,
            "the correlation has no threshold",
            "add a condition, as `gte: 10`",
        );
    }
    if threshold.other_than == Some(threshold.at_least) {
        threshold.at_least = threshold.at_least.saturating_add(1);
    }
    let position = condition.map_or(node.position, |condition| condition.position);
    threshold.check(position, report);
    threshold
}

fn count(node: &Node) -> Option<u64> {
    match node.yaml {
        Yaml::Int(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

impl Threshold {
    fn bound(&mut self, operator: &str, count: u64) -> Result<(), String> {
        match operator {
            "gt" => self.at_least = self.at_least.max(count.saturating_add(1)),
            "gte" => self.at_least = self.at_least.max(count),
            "lt" => self.lower_most(count.saturating_sub(1)),
            "lte" => self.lower_most(count),
            "eq" => {
                self.at_least = self.at_least.max(count);
                self.lower_most(count);
            }
            "neq" => self.other_than = Some(count),
            other => return Err(format!("unknown operator `{other}` in a threshold")),
        }
        Ok(())
    }

    fn lower_most(&mut self, count: u64) {
        self.at_most = Some(self.at_most.map_or(count, |most| most.min(count)));
    }

    fn check(&self, position: Position, report: &mut Report<'_>) {
        if self.at_least > limits::THRESHOLD {
            let message = format!("the threshold is above {}", limits::THRESHOLD);
            report.add(position, message, "use a shorter timespan and a smaller count");
        }
        if self.at_most.is_some_and(|most| most < self.at_least) {
            report.add(position, "no count fulfils the threshold", "correct its bounds");
        }
    }
}
