//! What is wrong with rules and does not keep them from being used: what is nearly a word of Sigma, of ATT&CK
//! or of OCSF, and what nothing asks for.

use std::collections::BTreeMap;

use tocsin_detect::AttackCatalog;
use tocsin_event::Class;
use tocsin_sigma::{Document, Position, Problem, Rule, RuleIndex, RuleSet, nearest_within};

/// A mistyped word differs from what was meant in one of so many letters, and in two at most: in more, and
/// it is another one.
const LETTERS_PER_ERROR: usize = 5;
const ERRORS_MAX: usize = 2;

/// Products that rules are written for (Sigma, taxonomy), and ours.
const PRODUCTS: [&str; 22] = [
    "aws",
    "azure",
    "bitbucket",
    "cisco",
    "django",
    "fortios",
    "gcp",
    "github",
    "jvm",
    "kubernetes",
    "linux",
    "m365",
    "macos",
    "nodejs",
    "ocsf",
    "okta",
    "onelogin",
    "opencanary",
    "paloalto",
    "python",
    "windows",
    "zeek",
];

/// Rules that somebody gave, compiled beside others.
pub(super) struct Given<'r> {
    set: &'r RuleSet,
    /// The texts of the files, by their paths.
    texts: BTreeMap<&'r str, &'r str>,
    attack: &'r AttackCatalog,
}

impl<'r> Given<'r> {
    pub(super) fn new(
        set: &'r RuleSet,
        documents: &'r [Document],
        attack: &'r AttackCatalog,
    ) -> Self {
        let texts = documents.iter().map(|document| (&*document.path, &*document.text)).collect();
        Given { set, texts, attack }
    }

    /// Whether the file of this path was given.
    pub(super) fn has(&self, path: &str) -> bool {
        self.texts.contains_key(path)
    }

    /// All remarks: those of the compiler first.
    pub(super) fn remarks(&self) -> Vec<Problem> {
        let of_set = self.set.remarks().iter().filter(|remark| self.has(&remark.path));
        let mut remarks: Vec<Problem> = of_set.cloned().collect();
        let rules = (0..).map(RuleIndex).zip(self.set.rules());
        let correlations = self.set.correlations().iter().map(|c| (None, &c.rule));
        let all = rules.map(|(at, rule)| (Some(at), rule)).chain(correlations);
        for (at, rule) in all.filter(|(_, rule)| self.has(&rule.path)) {
            remarks.extend(self.unknown_techniques(rule));
            remarks.extend(self.misspelt(rule));
            remarks.extend(at.into_iter().flat_map(|at| self.unasked(at, rule)));
        }
        remarks.extend(self.mistyped_fields());
        remarks
    }

    fn remark(&self, rule: &Rule, about: &str, message: String, remedy: String) -> Problem {
        let position = self.written(rule, about);
        Problem {
            path: rule.path.clone(),
            position,
            rule: Some(rule.title.clone()),
            message,
            remedy,
        }
    }

    /// Where a text stands in a rule, or the rule where it is not written as it reads.
    fn written(&self, rule: &Rule, text: &str) -> Position {
        let lines = self.texts.get(&*rule.path).copied().unwrap_or_default().lines();
        let own = (1u32..).zip(lines).skip(rule.position.line.saturating_sub(1) as usize);
        let mut own = own.take_while(|(_, line)| !line.starts_with("---"));
        let found = own.find_map(|(line, written)| match column(written, text) {
            0 => None,
            column => Some(Position { line, column }),
        });
        found.unwrap_or(rule.position)
    }

    fn unknown_techniques(&self, rule: &Rule) -> impl Iterator<Item = Problem> {
        let unknown = rule.techniques.iter().filter(|id| self.attack.technique(id).is_none());
        unknown.map(|id| {
            let message = format!("{id} is no technique of the ATT&CK known here");
            let remedy = "see attack.mitre.org: it may be newer than this, or have a successor";
            self.remark(rule, id, message, remedy.to_owned())
        })
    }

    /// Words that are nearly those of Sigma or ATT&CK, categories of OCSF that there are not, and dates that
    /// are none.
    fn misspelt(&self, rule: &Rule) -> Vec<Problem> {
        let mut remarks = Vec::new();
        for key in rule.custom.keys() {
            if let Some(near) = nearly(key, tocsin_sigma::KEYS) {
                remarks.push(self.meant(rule, key, near, "says nothing"));
            }
        }
        let tactics: Vec<&str> = self.attack.tactics.iter().map(String::as_str).collect();
        for tactic in rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack.")) {
            if let Some(near) = nearly(tactic, &tactics) {
                remarks.push(self.meant(rule, tactic, near, "is no tactic of ATT&CK"));
            }
        }
        let product = rule.logsource.product.as_deref().unwrap_or_default();
        if let Some(near) = nearly(product, &PRODUCTS) {
            remarks.push(self.meant(rule, product, near, "is no product"));
        }
        let classes = Class::ALL.map(Class::name);
        let category = rule.logsource.category.as_deref().filter(|_| product == "ocsf");
        if let Some(category) = category.filter(|category| !classes.contains(category)) {
            let message = format!("there is no class of events named `{category}`");
            let remedy = format!("use one of {}", classes.join(", "));
            remarks.push(self.remark(rule, category, message, remedy));
        }
        for date in rule.date.iter().chain(&rule.modified).filter(|date| !is_date(date)) {
            let (message, remedy) = (format!("`{date}` is no date"), "write it as 2026-11-28");
            remarks.push(self.remark(rule, date, message, remedy.to_owned()));
        }
        remarks
    }

    fn meant(&self, rule: &Rule, written: &str, near: &str, what: &str) -> Problem {
        let message = format!("`{written}` {what}");
        self.remark(rule, written, message, format!("did you mean `{near}`?"))
    }

    /// Selections that no condition asks for.
    fn unasked(&self, at: RuleIndex, rule: &Rule) -> impl Iterator<Item = Problem> {
        self.set.unasked(at).map(|selection| {
            let message = format!("no condition asks for the selection `{selection}`");
            let remedy = "name it in the condition, or leave it out".to_owned();
            self.remark(rule, &format!("{selection}:"), message, remedy)
        })
    }

    /// Fields of rules for events of any log, and of correlations, that are nearly OCSF's attributes, but
    /// none of them.
    fn mistyped_fields(&self) -> Vec<Problem> {
        let known: Vec<&str> = tocsin_detect::field_names().collect();
        let unknown = self.set.fields().iter().filter(|field| !known.contains(&field.as_str()));
        let errors = |field: &str| (field.len() / LETTERS_PER_ERROR).min(ERRORS_MAX);
        let nearly = |field: &String| nearest_within(field, &known, errors(field));
        let mistyped: Vec<(&String, &str)> =
            unknown.filter_map(|field| Some((field, nearly(field)?))).collect();
        let of_any_log =
            |text: &str| ["product: ocsf", "correlation:"].iter().any(|part| text.contains(part));
        let mut remarks = Vec::new();
        for (path, text) in self.texts.iter().filter(|(_, text)| of_any_log(text)) {
            for (number, line) in (1..).zip(text.lines()) {
                let is_of_name = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
                let mut words = line.split(|letter| !is_of_name(letter));
                let wrong =
                    words.find_map(|word| mistyped.iter().find(|(field, _)| *field == word));
                remarks.extend(wrong.map(|(field, meant)| Problem {
                    path: (*path).to_owned(),
                    position: Position { line: number, column: column(line, field) },
                    rule: None,
                    message: format!("`{field}` is no attribute that events of any log have"),
                    remedy: format!("did you mean `{meant}`?"),
                }));
            }
        }
        remarks
    }
}

/// The known name that is meant by one that is none of them, and is no number of anything (`t1110`).
fn nearly<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let is_number = name.get(1..2).is_some_and(|second| second.parse::<u8>().is_ok());
    if is_number || known.contains(&name) {
        return None;
    }
    nearest_within(name, known, ERRORS_MAX.min(name.len() / 3))
}

/// `2026-11-28`, or with the strokes of older rules.
fn is_date(text: &str) -> bool {
    text.replace('/', "-").parse::<jiff::civil::Date>().is_ok()
}

/// The first character of a text in a line, from 1; 0 where it is not there.
fn column(line: &str, text: &str) -> u32 {
    let at = line.to_ascii_lowercase().find(&text.to_ascii_lowercase());
    let before = at.and_then(|at| line.get(..at));
    before.map_or(0, |before| before.chars().count() as u32 + 1)
}
