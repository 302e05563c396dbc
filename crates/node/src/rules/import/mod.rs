//! Rules of Wazuh and OSSEC as rules and correlations of Sigma. What they ask of a decoder's fields is
//! asked of ours, and what they ask of a message of the whole line; a rule under others holds where one of
//! those does; one that counts others is a correlation. What cannot be said is told.

mod decoders;
mod elements;
mod expression;
mod lists;
mod sigma;
mod wazuh;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use tocsin_report::counted;
use tocsin_sigma::{Document, Position, Problem, RuleSet};

use decoders::Decoders;
use lists::Lists;
use sigma::Rules;
use wazuh::{Beside, Rule, names};

/// Reasons that are summed up.
const REASONS_SHOWN: usize = 8;

/// What became of the rules.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Each rule that could be imported as a document of Sigma, with the file that it comes from.
    pub rules: Vec<Document>,
    /// Those that could not, and why.
    pub problems: Vec<Problem>,
    /// Those that say of what they match that there is nothing to tell (level 0), and of which others tell.
    pub silent: usize,
}

/// Imports rules from files of Wazuh or OSSEC, with the decoders among them and the lists that they look
/// values up in.
#[must_use]
pub fn import(documents: &[Document], lists: &[Document]) -> Imported {
    let files: Vec<_> = documents
        .iter()
        .map(|document| (document, elements::read(&with_variables(&document.text))))
        .collect();
    let mut beside = Beside { lists: Lists(lists), decoders: Decoders::default() };
    let elements = files.iter().flat_map(|(_, file)| &file.elements);
    elements.filter(|element| element.name == "decoder").for_each(|d| beside.decoders.add(d));
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (document, file) in &files {
        if file.elements.is_empty() && file.unclosed.is_empty() {
            problems.push(Problem {
                position: Position::UNKNOWN,
                remedy: "name files of Wazuh's or OSSEC's rules".to_owned(),
                ..broken(document, 0, "no rules or decoders are in it".to_owned())
            });
        }
        for (line, name) in &file.unclosed {
            problems.push(broken(document, *line, format!("<{name}> does not end")));
        }
        for group in &file.elements {
            let groups: Vec<String> = names(group.attribute("name").unwrap_or_default()).collect();
            for element in group.elements.iter().filter(|element| element.name == "rule") {
                match Rule::read(element, &groups, &beside, &document.path) {
                    Some(rule) => read.push(rule),
                    None => problems.push(broken(
                        document,
                        element.line,
                        "a rule has no number".to_owned(),
                    )),
                }
            }
        }
    }
    test(&mut read);
    let rules = Rules::new(&read);
    problems.extend(rules.taken(&read).map(|rule| Problem {
        remedy: "give it a number of its own, or say overwrite=\"yes\"".to_owned(),
        ..problem(rule, "an earlier rule has this number, which counts".to_owned())
    }));
    let written: Vec<_> = rules.told().map(|rule| (rule, rules.document(rule))).collect();
    let documents = written.iter().map(|(_, document)| document.as_ref().ok().cloned());
    let unusable = unusable(documents);
    let silent = rules.len() - written.len();
    let mut imported = Imported { problems, silent, ..Imported::default() };
    for (at, (rule, document)) in written.into_iter().enumerate() {
        match (document, unusable.get(&at)) {
            (Ok(text), None) => imported.rules.push(Document { path: rule.path.clone(), text }),
            (Ok(_), Some(why)) => imported.problems.push(problem(rule, why.clone())),
            (Err(why), _) => imported.problems.push(problem(rule, why)),
        }
    }
    imported
}

/// Notes what of the rules' own tests cannot be used, before others lean on them.
fn test(rules: &mut [Rule]) {
    // Two may have one number.
    let alone = rules.iter().enumerate().map(|(at, rule)| sigma::alone(rule, at));
    let unusable = unusable(alone);
    for (at, why) in unusable {
        rules[at].unsupported.push(format!("what cannot be used ({why})"));
    }
}

/// Which of these documents cannot be used, and why. All are compiled together, since they share most of
/// their expressions and count each other.
fn unusable(documents: impl Iterator<Item = Option<String>>) -> BTreeMap<usize, String> {
    let documents: Vec<Document> = documents
        .enumerate()
        .filter_map(|(at, text)| Some(Document { path: at.to_string(), text: text? }))
        .collect();
    let mut why = BTreeMap::new();
    for problem in RuleSet::compile(&documents).1 {
        if let Ok(at) = problem.path.parse() {
            why.entry(at).or_insert(problem.message);
        }
    }
    why
}

fn broken(document: &Document, line: u32, message: String) -> Problem {
    Problem {
        path: document.path.clone(),
        position: Position::on(line),
        rule: None,
        message,
        remedy: "mend the file: rules near it may be read wrongly".to_owned(),
    }
}

fn problem(rule: &Rule, why: String) -> Problem {
    Problem {
        path: rule.path.clone(),
        position: Position::on(rule.line),
        rule: Some(format!("{} {}", rule.id, rule.description)),
        message: why,
        remedy: "write it by hand, or do without it".to_owned(),
    }
}

/// The text with the values of its variables (`<var name="BAD_WORDS">…</var>`) in the places of `$BAD_WORDS`.
fn with_variables(text: &str) -> String {
    let mut text = text.to_owned();
    for variable in
        elements::read(&text).elements.into_iter().filter(|element| element.name == "var")
    {
        if let Some(name) = variable.attribute("name").filter(|name| !name.is_empty()) {
            text = text.replace(&format!("${name}"), &variable.text);
        }
    }
    text
}

impl Imported {
    /// The documents by the files that they come from: the name of each, and its text.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::<String, String>::new();
        for rule in &self.rules {
            let stem = Path::new(&rule.path).file_stem().unwrap_or_default().to_string_lossy();
            let file = files.entry(format!("{stem}.yaml")).or_default();
            file.push_str(if file.is_empty() { "" } else { "---\n" });
            file.push_str(&rule.text);
        }
        files
    }
}

/// How many rules, and the most frequent reasons why others are none of them.
impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |number: usize, noun| counted(number as u64, noun);
        let (rules, problems) = (self.rules.len(), self.problems.len());
        write!(f, "{} imported; {problems} could not be", of(rules, "rule"))?;
        match self.silent {
            0 => writeln!(f)?,
            silent => writeln!(f, "; {silent} tell nothing themselves")?,
        }
        let mut reasons = BTreeMap::<&str, usize>::new();
        for problem in &self.problems {
            *reasons.entry(reason(&problem.message)).or_default() += 1;
        }
        let mut reasons: Vec<_> = reasons.into_iter().filter(|(_, times)| *times > 1).collect();
        reasons.sort_by_key(|(reason, times)| (Reverse(*times), *reason));
        for (reason, times) in reasons.iter().take(REASONS_SHOWN) {
            writeln!(f, "{times:>6}  {reason}")?;
        }
        Ok(())
    }
}

/// Why a rule could not be imported, whichever rule that was (`rule 5402 asks for <status>`).
fn reason(message: &str) -> &str {
    let of_rule = message.strip_prefix("rule ").and_then(|rest| Some(rest.split_once(' ')?.1));
    of_rule.or_else(|| message.strip_prefix("it ")).unwrap_or(message)
}
