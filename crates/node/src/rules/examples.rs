//! Runs the examples that rules carry: raw lines through the parsers and the engine, with just the
//! rules that an example is about, so that one rule's result never depends on another.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tocsin_detect::{Config, Country, Engine, Knowledge, Place, Places};
use tocsin_event::{Basis, Batch, Time};
use tocsin_parse::{Formats, Options, Parser};
use tocsin_sigma::{Correlation, Document, MemberRef, Position, Problem, Rule, RuleSet};

use super::{RulesError, Tested};

/// The year of examples whose times name none.
const YEAR: i16 = 2026;

/// Runs every example of these documents.
pub(super) fn run(documents: &[Document]) -> Result<Tested, RulesError> {
    let (set, problems) = RuleSet::compile(documents);
    let formats = Formats::new()?;
    let parts = documents.iter().flat_map(parts).collect();
    let tested = Tested { problems, ..Tested::default() };
    let mut run = Run { formats, parts, tested };
    for rule in set.rules() {
        run.count(rule);
        run.rule(rule)?;
    }
    for correlation in set.correlations() {
        run.count(&correlation.rule);
        run.correlation(&set, correlation)?;
    }
    Ok(run.tested)
}

/// One YAML document of a file, at the lines at which it stands there.
struct Part {
    document: Document,
    lines: std::ops::Range<u32>,
}

/// The YAML documents of a file. A line that begins with `---` always parts them: within a rule's
/// text it would be indented.
fn parts(file: &Document) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (number, line) in (1u32..).zip(file.text.lines()) {
        let begins = line.starts_with("---");
        if begins || parts.is_empty() {
            // Lines left empty keep the numbers of those that follow.
            let text = "\n".repeat(number as usize - 1);
            let document = Document { path: file.path.clone(), text };
            parts.push(Part { document, lines: number..number });
        }
        let Some(part) = parts.last_mut() else { continue };
        part.document.text.push_str(if begins { "" } else { line });
        part.document.text.push('\n');
        part.lines.end = number + 1;
    }
    parts
}

/// The addresses kept for documentation (RFC 5737): two ranges in neighbouring countries, one far away, and
/// each in a network of its own (RFC 5398).
#[derive(Debug)]
struct Documentation;

impl Places for Documentation {
    fn place(&self, ip: IpAddr) -> Place {
        let IpAddr::V4(ip) = ip else { return Place::default() };
        let (country, network) = match ip.octets() {
            [192, 0, 2, _] => ("DE", 64_496),
            [198, 51, 100, _] => ("JP", 64_497),
            [203, 0, 113, _] => ("FR", 64_498),
            _ => return Place::default(),
        };
        Place { country: Country::new(country), network: Some(network) }
    }
}

struct Run {
    formats: Formats,
    parts: Vec<Part>,
    tested: Tested,
}

impl Run {
    fn count(&mut self, rule: &Rule) {
        let tested = &mut self.tested;
        match rule.tests.is_empty() {
            true if rule.standalone => tested.untested.push(rule.title.clone()),
            true => {}
            false => tested.rules += 1,
        }
    }

    /// The examples of a rule that looks at one event: each is read by itself.
    fn rule(&mut self, rule: &Rule) -> Result<(), RulesError> {
        let tests = &rule.tests;
        if tests.is_empty() {
            return Ok(());
        }
        let documents = self.written(&[rule]);
        let matching = tests.matching.iter().map(|line| (line, true));
        let ignored = tests.ignored.iter().map(|line| (line, false));
        for (line, wanted) in matching.chain(ignored) {
            let position = self.position_of(rule, line);
            let found =
                self.findings(rule, &documents, (tests.format.as_deref(), line), position)?;
            if (found > 0) != wanted {
                let message = if wanted { "does not match" } else { "matches" };
                self.fail(rule, position, format!("{message} its example `{line}`"));
            }
        }
        Ok(())
    }

    /// The examples of a correlation: lines in order, and how many findings they make.
    fn correlation(&mut self, set: &RuleSet, correlation: &Correlation) -> Result<(), RulesError> {
        let rule = &correlation.rule;
        let mut needed = Vec::new();
        collect(set, correlation, &mut needed);
        let documents = self.written(&needed);
        for sequence in &rule.tests.sequences {
            let text = sequence.lines.join("\n");
            let format = sequence.format.as_deref();
            let found = self.findings(rule, &documents, (format, &text), sequence.position)?;
            if found != sequence.expect {
                let first = sequence.lines.first().map_or("", String::as_str);
                let expect = sequence.expect;
                let message = format!("makes {found} findings, not {expect}, of `{first}` ...");
                self.fail(rule, sequence.position, message);
            }
        }
        Ok(())
    }

    /// The documents of these rules alone.
    fn written(&self, rules: &[&Rule]) -> Vec<Document> {
        let holds = |part: &Part, rule: &Rule| {
            part.document.path == rule.path && part.lines.contains(&rule.position.line)
        };
        let at = |rule: &&Rule| self.parts.iter().position(|part| holds(part, rule));
        let places: BTreeSet<usize> = rules.iter().filter_map(at).collect();
        places.into_iter().map(|place| self.parts[place].document.clone()).collect()
    }

    /// How many findings of `rule` the text makes.
    fn findings(
        &mut self,
        rule: &Rule,
        documents: &[Document],
        (format, text): (Option<&str>, &str),
        position: Position,
    ) -> Result<u64, RulesError> {
        self.tested.examples += 1;
        let format = match format.map(Formats::named) {
            Some(None) => {
                self.fail(rule, position, "names a format that there is not".to_owned());
                return Ok(0);
            }
            known => known.flatten(),
        };
        let options = Options { zone: TimeZone::UTC, year: Some(YEAR), reference: Time(0), format };
        let mut parser = Parser::new(&self.formats, "example", options);
        let mut batch = Batch::new(Arc::from("example"), text.to_owned());
        parser.read(&mut batch);
        parser.finish(&mut batch);
        let (rules, _) = RuleSet::compile(documents);
        let knowledge = Knowledge {
            rules: rules.into(),
            places: Some(Arc::new(Documentation)),
            ..Knowledge::default()
        };
        let mut engine = Engine::new(Config::default(), knowledge)?;
        batch.iter().for_each(|event| engine.step(event));
        let findings = engine.conclude().findings;
        let own = |basis: &Basis| matches!(basis, Basis::Rule(by) if *by.id == rule.id);
        Ok(findings.iter().filter(|finding| own(&finding.basis)).count() as u64)
    }

    fn fail(&mut self, rule: &Rule, position: Position, message: String) {
        self.tested.failures.push(Problem {
            path: rule.path.clone(),
            position,
            rule: Some(rule.title.clone()),
            message,
            remedy: "correct the rule or its example; `tocsin parse` shows how a line is read"
                .to_owned(),
        });
    }

    /// The position of an example, or of its rule where it is not written as it reads.
    fn position_of(&self, rule: &Rule, example: &str) -> Position {
        let first = example.lines().next().unwrap_or(example);
        let mut parts = self.parts.iter().filter(|part| part.document.path == rule.path);
        let part = parts.find(|part| part.lines.contains(&rule.position.line));
        let lines = part.map_or("", |part| part.document.text.as_str());
        let found = (1u32..).zip(lines.lines()).find(|(_, line)| line.contains(first));
        found
            .filter(|_| !first.is_empty())
            .map_or(rule.position, |(number, _)| Position::on(number))
    }
}

/// A correlation and all that it refers to.
fn collect<'s>(set: &'s RuleSet, correlation: &'s Correlation, needed: &mut Vec<&'s Rule>) {
    needed.push(&correlation.rule);
    for member in &correlation.members {
        match member.of {
            MemberRef::Rule(index) => needed.extend(set.rule(index)),
            MemberRef::Correlation(index) => {
                if let Some(inner) = set.correlation(index) {
                    collect(set, inner, needed);
                }
            }
        }
    }
}
