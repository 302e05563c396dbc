//! Rules of Wazuh as rules of Sigma.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::wazuh::{Frequency, Rule, Test};

/// More rules than this are not put together into one.
const PARENTS_MAX: usize = 40;
/// What tells that something is new where no decoder says so.
const NEW_BY: [&str; 3] = ["actor.app_name", "device.hostname", "user.name"];
/// How long something is known that was seen.
const REMEMBERED: &str = "365d";
/// Rules under rules under rules.
const DEPTH_MAX: usize = 12;

/// All rules, and what belongs together.
pub(super) struct Rules<'r> {
    by_id: BTreeMap<u32, &'r Rule>,
    children: BTreeMap<u32, Vec<&'r Rule>>,
    by_group: BTreeMap<&'r str, Vec<u32>>,
    /// Rules that others count.
    counted: BTreeSet<u32>,
}

/// What must hold for a rule to match: conditions, and the selections they name.
#[derive(Default)]
struct Detection {
    selections: BTreeMap<String, String>,
}

/// A rule's own tests as a document, which has the id given; `None` where it has none.
pub(super) fn alone(rule: &Rule, id: usize) -> Option<String> {
    let mut detection = Detection::default();
    let condition = detection.own(rule)?;
    let mut document = format!("title: {id}\nid: {id}\n");
    detection.write(&condition, &mut document);
    Some(document)
}

impl<'r> Rules<'r> {
    /// Of rules with one id the first counts, as Wazuh has it, or one that is to be in its place.
    pub(super) fn new(rules: &'r [Rule]) -> Self {
        let mut by_id = BTreeMap::<u32, &Rule>::new();
        for rule in rules {
            let place = by_id.entry(rule.id).or_insert(rule);
            if rule.overwrites {
                *place = rule;
            }
        }
        let (mut children, mut by_group) =
            (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut counted = BTreeSet::new();
        for rule in by_id.values() {
            for parent in &rule.parents {
                children.entry(*parent).or_default().push(*rule);
            }
            for group in &rule.groups {
                by_group.entry(group.as_str()).or_default().push(rule.id);
            }
        }
        for frequency in by_id.values().filter_map(|rule| rule.frequency.as_ref()) {
            counted.extend(&frequency.of);
            let group = frequency.of_group.as_deref().and_then(|group| by_group.get(group));
            counted.extend(group.into_iter().flatten());
        }
        Rules { by_id, children, by_group, counted }
    }

    /// Rules that have the number of one that counts, which does not say that it takes their place.
    pub(super) fn taken(&self, rules: &'r [Rule]) -> impl Iterator<Item = &'r Rule> {
        rules.iter().filter(|rule| {
            let counts = self.by_id.get(&rule.id);
            counts.is_some_and(|counts| !std::ptr::eq(*counts, *rule) && !counts.overwrites)
        })
    }

    /// How many count.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The rules that are told of, by their ids.
    pub(super) fn told(&self) -> impl Iterator<Item = &'r Rule> {
        let told =
            |rule: &&&Rule| (rule.level > 0 && !rule.is_group) || self.counted.contains(&rule.id);
        self.by_id.values().filter(told).copied()
    }

    /// A rule as a document of Sigma.
    ///
    /// # Errors
    /// What it asks for and cannot be said.
    pub(super) fn document(&self, rule: &'r Rule) -> Result<String, String> {
        let mut document = String::new();
        if rule.is_of_new {
            self.of_new(rule, &mut document)?;
            return Ok(document);
        }
        head(rule, &mut document);
        match &rule.frequency {
            Some(frequency) => self.correlation(rule, frequency, &mut document)?,
            None => self.detection(rule, &mut document)?,
        }
        Ok(document)
    }

    /// A rule for what was not seen before: one for all of it, and a correlation that tells the first.
    fn of_new(&self, rule: &'r Rule, out: &mut String) -> Result<(), String> {
        let any = format!("{}_any", name(rule.id));
        let _ = write!(out, "title: {}\nname: {any}\n", quoted(&format!("{} (any)", title(rule))));
        self.detection(rule, out)?;
        out.push_str("---\n");
        head(rule, out);
        let mut fields = self.new_by(rule, 0);
        if fields.is_empty() {
            fields.extend(NEW_BY);
        }
        let _ = write!(out, "correlation:\n  type: event_count\n  rules:\n    - {any}\n");
        out.push_str("  group-by:\n");
        for field in fields {
            let _ = writeln!(out, "    - {field}");
        }
        let _ = write!(out, "  timespan: {REMEMBERED}\n  condition:\n    gte: 1\n");
        Ok(())
    }

    /// The fields that tell what is new, as the rule or those above it have them.
    fn new_by(&self, rule: &Rule, depth: usize) -> BTreeSet<&'static str> {
        if !rule.new_by.is_empty() || depth > DEPTH_MAX {
            return rule.new_by.clone();
        }
        let parents = rule.parents.iter().filter_map(|parent| self.by_id.get(parent));
        parents.flat_map(|parent| self.new_by(parent, depth + 1)).collect()
    }

    fn detection(&self, rule: &'r Rule, out: &mut String) -> Result<(), String> {
        let mut detection = Detection::default();
        let mut condition = self.chain(rule, &mut detection, 0)?;
        // Of all rules one wins: the most exact one, and of those beside each other the first.
        let below = self.children.get(&rule.id).into_iter().flatten().copied();
        let others: Vec<&Rule> = below.chain(self.before(rule)).filter(|o| is_plain(o)).collect();
        let (groups, others): (Vec<&Rule>, Vec<&Rule>) =
            others.into_iter().partition(|other| other.is_group && is_top(other));
        condition.push_str(&detection.excluded("other_rules", &others));
        for group in groups {
            let within = self.children.get(&group.id).into_iter().flatten().copied();
            let within: Vec<&Rule> = within.filter(|rule| is_plain(rule)).collect();
            let any = detection.any(&format!("of_{}", group.id), &within);
            if let Some((own, any)) = detection.own(group).zip(any) {
                let _ = write!(condition, " and not ({own} and ({any}))");
            }
        }
        detection.write(&condition, out);
        Ok(())
    }

    /// The rules that are asked before this one: beside it under the same rule, or under none.
    fn before(&self, rule: &'r Rule) -> impl Iterator<Item = &'r Rule> {
        let beside: Vec<&Rule> = match rule.parents.first() {
            Some(parent) => self.children.get(parent).cloned().unwrap_or_default(),
            None if rule.level == 0 || rule.parent_group.is_some() => Vec::new(),
            None => self.by_id.values().copied().filter(|top| is_top(top)).collect(),
        };
        // Those of level 0 come first, then the gravest; those of one level as they are written.
        let place =
            |rule: &Rule| (if rule.level == 0 { u8::MAX } else { rule.level }, u32::MAX - rule.id);
        let own = place(rule);
        beside.into_iter().filter(move |other| place(other) > own)
    }

    /// What holds of an event that a rule matches, its parents' conditions included.
    fn chain(&self, rule: &Rule, out: &mut Detection, depth: usize) -> Result<String, String> {
        if let Some(first) = rule.unsupported.first() {
            return Err(format!("rule {} asks for {first}", rule.id));
        }
        if rule.frequency.is_some() {
            return Err(format!("rule {} counts, and has rules below it", rule.id));
        }
        if rule.is_of_new && depth > 0 {
            return Err(format!("rule {} is of what is new, and has rules below it", rule.id));
        }
        if depth > DEPTH_MAX {
            return Err("rules stand under themselves".to_owned());
        }
        let of_group = match &rule.parent_group {
            Some(group) => self.of_group(group)?,
            None => Vec::new(),
        };
        let parents: Vec<u32> = rule.parents.iter().copied().chain(of_group).collect();
        if parents.len() > PARENTS_MAX {
            return Err(format!("rule {} stands under {} others", rule.id, parents.len()));
        }
        let mut above = Vec::new();
        for parent in &parents {
            let parent =
                self.by_id.get(parent).ok_or_else(|| format!("rule {parent} is not there"))?;
            above.push(self.chain(parent, out, depth + 1)?);
        }
        let above: Vec<String> =
            above.into_iter().filter(|condition| !condition.is_empty()).collect();
        let is_bare = above.len() < parents.len();
        let above = match above.as_slice() {
            _ if is_bare => String::new(),
            [] => String::new(),
            [one] => one.clone(),
            several => format!("({})", several.join(" or ")),
        };
        match (above.as_str(), out.own(rule)) {
            (_, None) if above.is_empty() && depth == 0 => Err("it asks for nothing".to_owned()),
            (above, None) => Ok(above.to_owned()),
            ("", Some(own)) => Ok(own),
            (above, Some(own)) => Ok(format!("{above} and {own}")),
        }
    }

    fn of_group(&self, group: &str) -> Result<Vec<u32>, String> {
        let known = self.by_group.get(group);
        known.cloned().ok_or_else(|| format!("no rule is of the group {group}"))
    }

    fn correlation(
        &self,
        rule: &Rule,
        frequency: &Frequency,
        out: &mut String,
    ) -> Result<(), String> {
        if let Some(first) = rule.unsupported.first() {
            return Err(format!("it asks for {first}"));
        }
        if !rule.tests.is_empty() {
            return Err("it counts, and asks for more than what it counts".to_owned());
        }
        let mut counted = frequency.of.clone();
        if let Some(group) = &frequency.of_group {
            counted.extend(self.of_group(group)?.into_iter().filter(|id| *id != rule.id));
        }
        // What cannot be said of one of them is left out of those that are counted.
        let named = |id: &u32| {
            let counted = self.by_id.get(id).filter(|counted| !counted.remembers())?;
            let detection = self.chain(counted, &mut Detection::default(), 0);
            detection.is_ok().then(|| format!("    - {}\n", name(*id)))
        };
        let rules: String = counted.iter().filter_map(named).collect();
        if rules.is_empty() {
            return Err("nothing of what it counts can be said".to_owned());
        }
        let (kind, field) = match &frequency.different {
            Some(field) => ("value_count", format!("    field: {field}\n")),
            None => ("event_count", String::new()),
        };
        let _ = write!(out, "correlation:\n  type: {kind}\n  rules:\n{rules}");
        if !frequency.same.is_empty() {
            out.push_str("  group-by:\n");
            frequency.same.iter().for_each(|field| {
                let _ = writeln!(out, "    - {field}");
            });
        }
        let (times, seconds) = (frequency.times.max(2), frequency.seconds.max(1));
        let _ = write!(out, "  timespan: {seconds}s\n  condition:\n{field}    gte: {times}\n");
        // What is counted is told of as well.
        out.push_str("  generate: true\n");
        Ok(())
    }
}

/// Whether a rule is under no other.
fn is_top(rule: &Rule) -> bool {
    rule.parents.is_empty() && rule.parent_group.is_none() && !rule.remembers()
}

/// Whether all that a rule asks for of an event can be said.
fn is_plain(rule: &Rule) -> bool {
    !rule.remembers() && rule.unsupported.is_empty()
}

impl Detection {
    fn write(&self, condition: &str, out: &mut String) {
        out.push_str("logsource:\n  product: ocsf\ndetection:\n");
        for (name, selection) in &self.selections {
            let _ = writeln!(out, "  {name}:\n{selection}");
        }
        let _ = writeln!(out, "  condition: {condition}");
    }

    /// The condition of a rule's own tests, whose selections are added; `None` where it has none.
    fn own(&mut self, rule: &Rule) -> Option<String> {
        let mut conditions = Vec::new();
        for (number, test) in rule.tests.iter().enumerate() {
            let name = format!("r{}_{number}", rule.id);
            let not = if test.negated { "not " } else { "" };
            conditions.push(format!("{not}{name}"));
            self.selections.insert(name, selection(test));
        }
        match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(format!("({})", conditions.join(" and "))),
        }
    }
}

impl Detection {
    /// The condition that none of these rules' own tests hold.
    fn excluded(&mut self, name: &str, others: &[&Rule]) -> String {
        self.any(name, others).map_or_else(String::new, |any| format!(" and not ({any})"))
    }

    /// The condition that some rule's own tests hold, whose selections are added: tests of one field are
    /// one selection together. `None` where there are no tests.
    fn any(&mut self, name: &str, rules: &[&Rule]) -> Option<String> {
        let mut alike: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut conditions = Vec::new();
        for rule in rules {
            match rule.tests.as_slice() {
                [] => {}
                [test] if !test.negated => {
                    let values = alike.entry(test.field.as_str()).or_default();
                    for value in &test.values {
                        if !values.contains(value) {
                            values.push(value.clone());
                        }
                    }
                }
                _ => conditions.extend(self.own(rule)),
            }
        }
        for (number, (field, values)) in alike.into_iter().enumerate() {
            let test = Test { field: field.to_owned(), values, negated: false };
            let name = format!("{name}_{number}");
            self.selections.insert(name.clone(), selection(&test));
            conditions.push(name);
        }
        (!conditions.is_empty()).then(|| conditions.join(" or "))
    }
}

fn selection(test: &Test) -> String {
    let mut text = format!("    {}:", quoted(&test.field));
    for value in &test.values {
        let _ = write!(text, "\n      - {}", quoted(value));
    }
    text
}

/// How correlations call a rule.
fn name(id: u32) -> String {
    format!("wazuh_{id}")
}

fn title(rule: &Rule) -> String {
    if rule.description.is_empty() { format!("Rule {}", rule.id) } else { rule.description.clone() }
}

fn head(rule: &Rule, out: &mut String) {
    let level = match rule.level {
        0..=3 => "informational",
        4..=6 => "low",
        7..=11 => "medium",
        12..=14 => "high",
        _ => "critical",
    };
    // The first bytes say what it is: `wazu`, `h`.
    let id = format!("77617a75-6800-4000-8000-{:012}", rule.id);
    let _ = write!(
        out,
        "title: {}\nid: {id}\nname: {}\nstatus: experimental\ndescription: Rule {} of level {}, {}:{}\nlevel: {level}\n",
        quoted(&title(rule)),
        name(rule.id),
        rule.id,
        rule.level,
        rule.path.rsplit('/').next().unwrap_or_default(),
        rule.line,
    );
    if !rule.techniques.is_empty() {
        out.push_str("tags:\n");
        for technique in &rule.techniques {
            let _ = writeln!(
                out,
                "  - {}",
                quoted(&format!("attack.{}", technique.to_ascii_lowercase()))
            );
        }
    }
}

/// A text as YAML: every text of JSON is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
