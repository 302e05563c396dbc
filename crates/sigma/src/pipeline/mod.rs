//! Processing pipelines, as pySigma has them: they bring rules to the names and log sources of the records
//! that those are for. A pipeline stands beside the rules and concerns those of its folder and below.
//!
//! What pySigma does for the text of queries (`postprocessing`, `finalizers`) means nothing here and is
//! passed over; a transformation that would change what a rule matches and is not known is a problem, and
//! the rules that it concerns are left out.

mod condition;
mod transformation;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::detection::{Detection, Item};
use crate::meta;
use crate::problem::{Position, Problem, Report};
use crate::rule::Rule;
use crate::yaml::{Node, Yaml};
use condition::{FieldCondition, ItemCondition, Linked, RuleCondition};
use transformation::Transformation;

/// The key that only a pipeline has.
pub(crate) const KEY: &str = "transformations";

/// Every pipeline of some documents, in the order in which they are applied.
#[derive(Debug, Default)]
pub(crate) struct Pipelines(Vec<Pipeline>);

/// A pipeline.
#[derive(Debug)]
struct Pipeline {
    path: String,
    position: Position,
    /// How many rules are left out since it has problems.
    left_out: Cell<usize>,
    priority: i64,
    /// None where it has problems: then the rules it concerns cannot be used.
    steps: Option<Vec<Step>>,
}

/// A transformation and what it is for.
#[derive(Debug)]
struct Step {
    id: String,
    transformation: Transformation,
    rules: Linked<RuleCondition>,
    items: Linked<ItemCondition>,
    fields: Linked<FieldCondition>,
}

/// What has been done to a rule.
#[derive(Debug, Default)]
struct State {
    /// The ids of the steps that were applied.
    applied: BTreeSet<String>,
    values: BTreeMap<String, String>,
}

/// A rule that is being changed.
struct Subject<'s, 'r> {
    rule: &'s mut Rule,
    detection: &'s mut Detection,
    state: State,
    report: &'s mut Report<'r>,
}

/// How the names of fields were changed in a rule, so that a correlation can do the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renaming(Vec<(usize, usize)>);

impl Pipelines {
    /// Adds the pipeline that a document is.
    pub(crate) fn add(&mut self, node: &Node, path: &str, report: &mut Report<'_>) {
        meta::known_keys(node, "a pipeline", &TOP_KEYS, report);
        let name = meta::text(node, "name", report);
        report.about(name.as_deref().unwrap_or("unnamed pipeline"));
        let priority = match node.get("priority").map(|node| &node.yaml) {
            Some(Yaml::Int(priority)) => *priority,
            None => 0,
            Some(_) => {
                report.add(node.position, "`priority` is no whole number", "write it as one");
                0
            }
        };
        let vars = node.get("vars").map(Node::entries).unwrap_or_default();
        let steps = node.get(KEY).map(|steps| steps.items()).unwrap_or_default();
        let steps: Vec<Step> =
            steps.iter().filter_map(|step| Step::read(step, vars, report)).collect();
        let steps = report.is_clean().then_some(steps);
        let (path, position, left_out) = (path.to_owned(), node.position, Cell::new(0));
        self.0.push(Pipeline { path, position, left_out, priority, steps });
        self.0.sort_by_key(|pipeline| pipeline.priority);
    }

    /// Changes a rule and its detection as the pipelines want that it stands beside; none where one of them
    /// has problems.
    pub(crate) fn apply(
        &self,
        rule: &mut Rule,
        detection: &mut Detection,
        report: &mut Report<'_>,
    ) -> Option<Renaming> {
        let mut renaming = Renaming::default();
        let mut subject = Subject { rule, detection, state: State::default(), report };
        for (at, pipeline) in self.0.iter().enumerate() {
            if !pipeline.concerns(&subject.rule.path) {
                continue;
            }
            let Some(steps) = &pipeline.steps else {
                pipeline.left_out.set(pipeline.left_out.get() + 1);
                return None;
            };
            for (place, step) in steps.iter().enumerate() {
                if step.apply(&mut subject) {
                    renaming.0.push((at, place));
                }
            }
        }
        Some(renaming)
    }

    /// What a field of a rule is called now; several names where records have it in several fields.
    pub(crate) fn renamed(&self, field: &str, renaming: &Renaming) -> Vec<String> {
        let mut names = vec![field.to_owned()];
        for (at, place) in &renaming.0 {
            let steps = self.0.get(*at).and_then(|pipeline| pipeline.steps.as_ref());
            if let Some(step) = steps.and_then(|steps| steps.get(*place)) {
                names = names.iter().flat_map(|name| step.names(name, &State::default())).collect();
            }
        }
        names
    }
}

/// The keys of a pipeline, of its steps and of conditions.
const TOP_KEYS: [&str; 7] =
    ["name", "priority", "vars", KEY, "postprocessing", "finalizers", "allowed_backends"];
const STEP_KEYS: [&str; 43] = [
    "id",
    "type",
    "rule_conditions",
    "rule_cond_op",
    "rule_cond_expr",
    "rule_cond_not",
    "detection_item_conditions",
    "detection_item_cond_op",
    "detection_item_cond_expr",
    "detection_item_cond_not",
    "field_name_conditions",
    "field_name_cond_op",
    "field_name_cond_expr",
    "field_name_cond_not",
    "attribute",
    "category",
    "conditions",
    "exclude",
    "field",
    "fields",
    "force_type",
    "include",
    "interpret_special",
    "items",
    "key",
    "mapping",
    "message",
    "method",
    "name",
    "negated",
    "prefix",
    "product",
    "regex",
    "replacement",
    "service",
    "skip_special",
    "suffix",
    "target_type",
    "template",
    "val",
    "value",
    "vars",
    "description",
];

impl Pipelines {
    /// Notes that a pipeline cannot even be read.
    pub(crate) fn add_broken(&mut self, path: &str, position: Position) {
        let (path, left_out) = (path.to_owned(), Cell::new(0));
        self.0.push(Pipeline { path, position, priority: 0, steps: None, left_out });
    }

    /// Tells of each pipeline that has problems how many rules that leaves out.
    pub(crate) fn report_left_out(&self, problems: &mut Vec<Problem>) {
        for pipeline in self.0.iter().filter(|pipeline| pipeline.left_out.get() > 0) {
            let number = pipeline.left_out.get();
            let (rules, are) = if number == 1 { ("rule", "is") } else { ("rules", "are") };
            let message = format!(
                "the pipeline has problems: {number} {rules} of its folder and below {are} left out"
            );
            let mut report = Report::new(&pipeline.path, problems);
            report.add(pipeline.position, message, "mend the pipeline, or take it away");
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Remarks which have changed none of the rules.
    pub(crate) fn remark_idle(&self, renamings: &[Renaming], remarks: &mut Vec<Problem>) {
        let used: BTreeSet<usize> =
            renamings.iter().flat_map(|renaming| &renaming.0).map(|(at, _)| *at).collect();
        let idle =
            self.0.iter().enumerate().filter(|(at, p)| p.steps.is_some() && !used.contains(at));
        for (_, pipeline) in idle {
            let mut report = Report::new(&pipeline.path, remarks);
            let remedy =
                "put it into the folder of the rules it is for, or above, and read it with them";
            report.add(pipeline.position, "the pipeline changes no rule here", remedy);
        }
    }
}

impl Pipeline {
    /// Whether a rule stands in the pipeline's folder or below.
    fn concerns(&self, rule: &str) -> bool {
        let (own, rule) = (Path::new(&self.path).parent(), Path::new(rule).parent());
        match (own, rule) {
            (Some(own), Some(rule)) if own.as_os_str().is_empty() => rule.as_os_str().is_empty(),
            (Some(own), Some(rule)) => rule.starts_with(own),
            _ => false,
        }
    }
}

impl Step {
    fn read(node: &Node, vars: &[crate::yaml::Entry], report: &mut Report<'_>) -> Option<Step> {
        meta::known_keys(node, "a step", &STEP_KEYS, report);
        let transformation = Transformation::read(node, vars, report);
        let rules = Linked::read(node, "rule", RuleCondition::read, report);
        let items = Linked::read(node, "detection_item", ItemCondition::read, report);
        let fields = Linked::read(node, "field_name", FieldCondition::read, report);
        let id = meta::text(node, "id", report).unwrap_or_default();
        Some(Step {
            id,
            transformation: transformation?,
            rules: rules?,
            items: items?,
            fields: fields?,
        })
    }

    /// Whether the step is for this rule, to which it has then been applied.
    fn apply(&self, subject: &mut Subject<'_, '_>) -> bool {
        let Subject { rule, detection, state, .. } = &*subject;
        if !self.rules.hold(&|condition| condition.holds(rule, detection, state)) {
            return false;
        }
        self.transformation.apply(self, subject);
        subject.state.applied.insert(self.id.clone());
        true
    }

    fn concerns_item(&self, item: &Item, state: &State) -> bool {
        let named = |name: Option<&str>| {
            self.fields.hold(&|condition| condition.holds(name, &item.changed_by, state))
        };
        let any_named = match &item.fields[..] {
            [] => named(None),
            fields => fields.iter().any(|name| named(Some(name))),
        };
        any_named && self.items.hold(&|condition| condition.holds(item, state))
    }

    /// What a field is called after this step.
    fn names(&self, name: &str, state: &State) -> Vec<String> {
        let unchanged = || vec![name.to_owned()];
        let none = BTreeSet::new();
        if !self.fields.hold(&|condition| condition.holds(Some(name), &none, state)) {
            return unchanged();
        }
        self.transformation.names(name).unwrap_or_else(unchanged)
    }
}
