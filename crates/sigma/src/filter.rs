//! Filters: exclusions kept beside the rules they are for, so that those can be replaced. A rule with
//! a filter matches where the filter's condition holds as well (`not selection`, nearly always), which
//! is how pySigma reads the specification.

use crate::detection::Detection;
use crate::evaluate::Program;
use crate::meta;
use crate::problem::Report;
use crate::route::LogSource;
use crate::rule::Rule;
use crate::test::Expr;
use crate::yaml::{Node, Yaml};

/// Words for every rule of the filter's log source.
const EVERY_RULE: [&str; 2] = ["any", "all"];

/// A filter as written.
#[derive(Debug)]
pub(crate) struct Filter {
    /// Its description; of its log source are all rules that it can be for.
    pub(crate) rule: Rule,
    pub(crate) detection: Detection,
    /// Ids and names of the rules it is for; empty for every rule of the log source.
    rules: Vec<String>,
}

impl Filter {
    pub(crate) fn read(node: &Node, rule: Rule, report: &mut Report<'_>) -> Filter {
        if !matches!(node.yaml, Yaml::Map(_)) {
            let message = format!("`filter` is {}", node.kind());
            report.add(
                node.position,
                message,
                "make it a mapping of `rules`, selections, `condition`",
            );
        }
        let (rules, rest): (Vec<_>, Vec<_>) =
            node.entries().iter().cloned().partition(|entry| entry.key == "rules");
        if rules.is_empty() {
            let remedy =
                "list ids or names under `rules`, or write `any` for all of the log source";
            report.add(node.position, "the filter does not say which rules it is for", remedy);
        }
        let mut rules = meta::texts(node, "rules", report);
        rules.retain(|rule| !EVERY_RULE.contains(&rule.to_lowercase().as_str()));
        let detection = Node { position: node.position, yaml: Yaml::Map(rest) };
        let detection = Detection::read(&detection, report);
        if detection.conditions.len() > 1 {
            report.add(node.position, "the filter has more than one condition", "join them to one");
        }
        Filter { rule, detection, rules }
    }

    /// Whether it is for this rule, which was written for the logs of `origin`.
    pub(crate) fn concerns(&self, rule: &Rule, origin: &LogSource) -> bool {
        self.rule.logsource.covers(origin) && (self.rules.is_empty() || self.names(rule))
    }

    /// Whether its list names this rule.
    pub(crate) fn names(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|name| *name == rule.id || Some(name) == rule.name.as_ref())
    }

    /// Makes a rule hold only where `own`, the program of this filter, does too.
    pub(crate) fn restrict(&self, program: &mut Program, mut own: Program) {
        own.condition.shift(program.selections.len());
        for selection in &mut own.selections {
            selection.name = format!("{}: {}", self.rule.title, selection.name);
        }
        program.selections.append(&mut own.selections);
        let condition = std::mem::replace(&mut program.condition, Expr::any(Vec::new()));
        program.condition = Expr::all(vec![condition, own.condition]);
    }
}
