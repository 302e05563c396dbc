//! The rule set: every rule and correlation of some documents, compiled together.

use std::collections::{BTreeSet, HashMap};

use crate::compile::Compiler;
use crate::correlation::{self, Correlation, CorrelationIndex, Feed, MemberRef, Written};
use crate::detection::Detection;
use crate::evaluate::{Evaluation, Program};
use crate::fields::Fields;
use crate::filter::Filter;
use crate::index::Index;
use crate::meta;
use crate::pipeline::{self, Pipelines, Renaming};
use crate::placeholder::Placeholders;
use crate::problem::{Document, Position, Problem, Report, nearest_within};
use crate::record::{FieldId, Record};
use crate::regexp::Expressions;
use crate::route::{LogSource, Route};
use crate::rule::Rule;
use crate::scratch::Scratch;
use crate::test::{Check, Expr};
use crate::yaml::{self, Entry, Node, Yaml};

/// A rule's place in its rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIndex(pub u32);

/// Compiled rules and correlations.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    programs: Vec<Program>,
    correlations: Vec<Correlation>,
    fields: Fields,
    rule_feeds: Vec<Vec<Feed>>,
    correlation_feeds: Vec<Vec<Feed>>,
    remarks: Vec<Problem>,
    pipelines: usize,
}

impl RuleSet {
    /// Compiles every document. Rules with problems are left out; all problems of all documents
    /// are returned at once.
    pub fn compile(documents: &[Document]) -> (RuleSet, Vec<Problem>) {
        Self::compile_with(documents, &Placeholders::new())
    }

    /// The same, with values for the placeholders of rules that use `expand`.
    pub fn compile_with(
        documents: &[Document],
        placeholders: &Placeholders,
    ) -> (RuleSet, Vec<Problem>) {
        let mut loader = Loader {
            set: RuleSet::default(),
            problems: Vec::new(),
            placeholders,
            expressions: Expressions::default(),
            pipelines: Pipelines::default(),
            renamed: Vec::new(),
            origins: Vec::new(),
            taken: HashMap::new(),
            written: Vec::new(),
            filters: Vec::new(),
            unfed: Vec::new(),
        };
        documents.iter().for_each(|document| loader.pipeline(document));
        documents.iter().for_each(|document| loader.document(document));
        loader.pipelines.report_left_out(&mut loader.problems);
        loader.pipelines.remark_idle(&loader.renamed, &mut loader.set.remarks);
        loader.set.pipelines = loader.pipelines.count();
        loader.filter();
        loader.correlate();
        (loader.set, loader.problems)
    }

    /// The rules, in the order of the documents.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// One rule; none for an index of another rule set.
    pub fn rule(&self, index: RuleIndex) -> Option<&Rule> {
        self.rules.get(index.0 as usize)
    }

    /// How many processing pipelines stood among the documents.
    pub fn pipelines(&self) -> usize {
        self.pipelines
    }

    /// What keeps nothing from being used and is worth a look: filters and pipelines that fit no rule.
    pub fn remarks(&self) -> &[Problem] {
        &self.remarks
    }

    /// The correlations; each stands after those it refers to.
    pub fn correlations(&self) -> &[Correlation] {
        &self.correlations
    }

    /// One correlation; none for an index of another rule set.
    pub fn correlation(&self, index: CorrelationIndex) -> Option<&Correlation> {
        self.correlations.get(index.0 as usize)
    }

    /// The correlations that a match of `rule` feeds, and as which member.
    pub fn fed_by_rule(&self, rule: RuleIndex) -> &[Feed] {
        self.rule_feeds.get(rule.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The correlations that a fired hit of `correlation` feeds, and as which member.
    pub fn fed_by_correlation(&self, correlation: CorrelationIndex) -> &[Feed] {
        self.correlation_feeds.get(correlation.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The names of all fields that rules and correlations read; a [`FieldId`] is an index here.
    pub fn fields(&self) -> &[String] {
        self.fields.names()
    }

    /// The number of a field name; none if no rule reads it.
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.find(name)
    }

    /// A route of the rules that concern records from `source`.
    pub fn route(&self, source: &LogSource) -> Route {
        self.route_of(self.concerning(source).collect())
    }

    /// The rules that concern records from `source`, in order.
    pub fn concerning(&self, source: &LogSource) -> impl Iterator<Item = RuleIndex> {
        let indices = (0u32..).map(RuleIndex);
        let covering = indices.zip(&self.rules).filter(|(_, rule)| rule.logsource.covers(source));
        covering.map(|(index, _)| index)
    }

    /// A route of chosen rules; indices of another rule set are left out.
    pub fn route_of(&self, mut rules: Vec<RuleIndex>) -> Route {
        rules.retain(|rule| self.rule(*rule).is_some());
        let index = Index::new(rules.iter().filter_map(|rule| self.program(*rule)));
        Route { rules, index }
    }

    /// Appends the rules of `route` that match `record` to `hits`, in order. Allocates nothing
    /// once `scratch` and `hits` have grown.
    pub fn matches<R: Record + ?Sized>(
        &self,
        route: &Route,
        record: &R,
        scratch: &mut Scratch,
        hits: &mut Vec<RuleIndex>,
    ) {
        scratch.begin(self.fields.names().len());
        let mut candidates = std::mem::take(&mut scratch.candidates);
        route.index.candidates(record, scratch, &mut candidates);
        for (word, bits) in candidates.iter().enumerate() {
            for position in set_bits(*bits) {
                let Some(rule) = route.rules.get(word * 64 + position) else {
                    break;
                };
                let Some(program) = self.program(*rule) else {
                    break;
                };
                if program.matches(record, scratch) {
                    hits.push(*rule);
                }
            }
        }
        scratch.candidates = candidates;
    }

    /// The rules whose matches a correlation counts in the end, each once.
    pub fn fed_from(&self, correlation: &Correlation) -> BTreeSet<RuleIndex> {
        correlation.members.iter().flat_map(|member| self.rules_of(member.of)).collect()
    }

    /// The rules whose matches count as those of a member.
    pub(crate) fn rules_of(&self, member: MemberRef) -> BTreeSet<RuleIndex> {
        match member {
            MemberRef::Rule(rule) => BTreeSet::from([rule]),
            // Correlations refer only to earlier ones, so this ends.
            MemberRef::Correlation(index) => {
                self.correlation(index).map(|earlier| self.fed_from(earlier)).unwrap_or_default()
            }
        }
    }

    /// Each selection of a rule, in order: why the rule matches `record`, or how far it comes.
    pub fn explain<'s, R: Record + ?Sized>(
        &'s self,
        rule: RuleIndex,
        record: &'s R,
        scratch: &'s mut Scratch,
    ) -> impl Iterator<Item = Outcome<'s>> {
        let program = self.program(rule);
        let selections = program.map_or(&[][..], |program| &program.selections);
        scratch.begin(self.fields.names().len());
        let mut evaluation = Evaluation { record, selections, scratch };
        selections.iter().map(move |selection| Outcome {
            selection: &selection.name,
            holds: evaluation.holds(&selection.expr),
            parts: selection.expr.parts().iter().filter(|part| evaluation.holds(part)).count(),
            fields: selection.expr.fields(),
        })
    }

    /// The selections that the condition of a rule does not ask for.
    pub fn unasked(&self, rule: RuleIndex) -> impl Iterator<Item = &str> {
        let program = self.program(rule);
        let asked = program.map_or_else(BTreeSet::new, |program| program.condition.selections());
        let selections = program.map_or(&[][..], |program| &program.selections);
        let unasked = selections.iter().enumerate().filter(move |(at, _)| !asked.contains(at));
        unasked.map(|(_, selection)| selection.name.as_str())
    }

    /// The fields in which a rule looks for texts where it matches: not those of what it excludes.
    pub fn sought(&self, rule: RuleIndex) -> BTreeSet<FieldId> {
        let mut sought = BTreeSet::new();
        if let Some(program) = self.program(rule) {
            seek(&program.condition, program, &mut sought);
        }
        sought
    }

    /// Runs one rule without the help of an index.
    #[cfg(test)]
    pub(crate) fn evaluate<R: Record + ?Sized>(
        &self,
        rule: RuleIndex,
        record: &R,
        scratch: &mut Scratch,
    ) -> bool {
        scratch.begin(self.fields.names().len());
        self.program(rule).is_some_and(|program| program.matches(record, scratch))
    }

    fn program(&self, rule: RuleIndex) -> Option<&Program> {
        self.programs.get(rule.0 as usize)
    }
}

/// What becomes of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'s> {
    /// Its name.
    pub selection: &'s str,
    /// Whether the record satisfies it.
    pub holds: bool,
    /// How many of the parts that it asks for together the record satisfies.
    pub parts: usize,
    /// The fields it looks at.
    pub fields: BTreeSet<FieldId>,
}

/// Who has an id or a name already.
struct Taken {
    path: String,
    position: Position,
    /// None if it was left out because of problems.
    what: Option<MemberRef>,
}

struct Loader<'p> {
    set: RuleSet,
    problems: Vec<Problem>,
    placeholders: &'p Placeholders,
    expressions: Expressions,
    pipelines: Pipelines,
    /// How pipelines renamed the fields of each rule, and which logs each was for before.
    renamed: Vec<Renaming>,
    origins: Vec<LogSource>,
    taken: HashMap<String, Taken>,
    written: Vec<Written>,
    filters: Vec<Filter>,
    /// What correlations refer to that cannot be used: it only fed those.
    unfed: Vec<String>,
}

fn seek(expr: &Expr, program: &Program, sought: &mut BTreeSet<FieldId>) {
    match expr {
        Expr::Test(test) => {
            let is_text =
                matches!(test.check, Check::Folded(_) | Check::Cased(_) | Check::Regex(_));
            sought.extend(test.target.field().filter(|_| is_text));
        }
        Expr::Selection(index) => {
            let selection = program.selections.get(*index);
            selection.into_iter().for_each(|selection| seek(&selection.expr, program, sought));
        }
        Expr::Not(_) => {}
        Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
            parts.iter().for_each(|part| seek(part, program, sought));
        }
    }
}

/// One of these is what a document says.
const CONTENTS: [&str; 3] = ["detection", "correlation", "filter"];

impl Loader<'_> {
    /// Reads the pipelines of a document before any rule: they change the rules beside them.
    fn pipeline(&mut self, document: &Document) {
        if !document.text.lines().any(|line| line.starts_with(pipeline::KEY)) {
            return;
        }
        let (nodes, broken) = yaml::parse(&document.text);
        for node in nodes.iter().filter(|node| is_pipeline(node)) {
            let mut report = Report::new(&document.path, &mut self.problems);
            self.pipelines.add(node, &document.path, &mut report);
        }
        if let Some(broken) = broken {
            self.pipelines.add_broken(&document.path, broken.position);
        }
    }

    fn document(&mut self, document: &Document) {
        let (nodes, broken) = yaml::parse(&document.text);
        let is_other = |node: &&Node| !matches!(node.yaml, Yaml::Null) && !is_pipeline(node);
        for node in nodes.iter().filter(is_other) {
            self.node(node, &document.path);
        }
        if let Some(broken) = broken {
            let mut report = Report::new(&document.path, &mut self.problems);
            let message = format!("the YAML cannot be read: {}", broken.message);
            report.add(broken.position, message, "correct the file from this line on");
        }
    }

    fn node(&mut self, node: &Node, path: &str) {
        let mut report = Report::new(path, &mut self.problems);
        if !matches!(node.yaml, Yaml::Map(_)) {
            let message = format!("a document is {}", node.kind());
            report.add(node.position, message, "a rule is a mapping with a title and a detection");
            return;
        }
        let mut rule = meta::read(node, path, &mut report);
        if let (Some(detection), None) = (node.get("detection"), node.get("correlation")) {
            let mut detection = Detection::read(detection, &mut report);
            let origin = rule.logsource.clone();
            let renamed = self.pipelines.apply(&mut rule, &mut detection, &mut report);
            let Some(renamed) = renamed else { return self.take(&rule, None) };
            let fields = rule.fields.iter();
            rule.fields =
                fields.flat_map(|field| self.pipelines.renamed(field, &renamed)).collect();
            let program =
                compiler(&mut self.set, self.placeholders, &mut self.expressions, &mut report)
                    .compile(&detection);
            check_taken(&self.taken, &rule, &mut report);
            let clean = report.is_clean();
            if clean {
                self.renamed.push(renamed);
                self.origins.push(origin);
                self.set.intern(&rule.fields);
            }
            self.add_rule(rule, program, clean);
        } else if let (Some(correlation), None) = (node.get("correlation"), node.get("detection")) {
            check_taken(&self.taken, &rule, &mut report);
            let named = correlation.get("rules").map(Node::items).unwrap_or_default().iter();
            let written = Written::read(correlation, rule.clone(), &mut report);
            let written = written.filter(|_| report.is_clean());
            self.take(&rule, None);
            match written {
                Some(written) => {
                    self.set.intern(&written.rule.fields);
                    self.written.push(written);
                }
                None => self.unfed.extend(named.filter_map(Node::text)),
            }
        } else if let Some(filter) = node.get("filter") {
            let filter = Filter::read(filter, rule, &mut report);
            compiler(&mut self.set, self.placeholders, &mut self.expressions, &mut report)
                .compile(&filter.detection);
            check_taken(&self.taken, &filter.rule, &mut report);
            let clean = report.is_clean();
            self.take(&filter.rule, None);
            if clean {
                self.filters.push(filter);
            }
        } else {
            let message = "the document is neither a rule, a correlation nor a filter";
            let near =
                |entry: &Entry| Some((entry.position, nearest_within(&entry.key, &CONTENTS, 2)?));
            let (position, remedy) = match node.entries().iter().find_map(near) {
                Some((position, near)) => (position, format!("did you mean `{near}`?")),
                None => {
                    (node.position, "give it `detection`, `correlation` or `filter`".to_owned())
                }
            };
            report.add(position, message, remedy);
        }
    }

    /// Restricts the rules that filters are for.
    fn filter(&mut self) {
        for filter in std::mem::take(&mut self.filters) {
            let rules = self.set.rules.iter().zip(&self.origins).enumerate();
            let concerned = rules.filter(|(_, (rule, origin))| filter.concerns(rule, origin));
            let concerned = concerned.map(|(at, _)| at);
            let concerned: Vec<usize> = concerned.collect();
            if concerned.is_empty() {
                let correlated = self.written.iter().any(|written| filter.names(&written.rule));
                idle(&filter, correlated, &mut self.set.remarks);
            }
            for at in concerned {
                // For each anew, since what is compiled belongs to one rule; it went well before.
                let mut report = Report::new(&filter.rule.path, &mut self.problems);
                let mut rule = self.set.rules[at].clone();
                rule.logsource.clone_from(&self.origins[at]);
                let mut detection = filter.detection.clone();
                self.pipelines.apply(&mut rule, &mut detection, &mut report);
                let own =
                    compiler(&mut self.set, self.placeholders, &mut self.expressions, &mut report)
                        .compile(&detection);
                filter.restrict(&mut self.set.programs[at], own);
            }
        }
    }

    fn add_rule(&mut self, rule: Rule, program: Program, clean: bool) {
        let index = RuleIndex(u32::try_from(self.set.rules.len()).unwrap_or(u32::MAX));
        self.take(&rule, clean.then_some(MemberRef::Rule(index)));
        if clean {
            self.set.rules.push(rule);
            self.set.programs.push(program);
        }
    }

    fn take(&mut self, rule: &Rule, what: Option<MemberRef>) {
        for key in keys(rule) {
            self.taken.entry(key.to_owned()).or_insert_with(|| Taken {
                path: rule.path.clone(),
                position: rule.position,
                what,
            });
        }
    }

    /// Resolves correlations whose members are all known until none is left that can be.
    fn correlate(&mut self) {
        self.set.rule_feeds.resize_with(self.set.rules.len(), Vec::new);
        let mut waiting = std::mem::take(&mut self.written);
        loop {
            let before = waiting.len();
            waiting.retain(|written| !self.resolve(written));
            if waiting.len() == before {
                break;
            }
        }
        for written in &waiting {
            let mut report = Report::new(&written.rule.path, &mut self.problems);
            report.about(&written.rule.title);
            for (reference, position) in &written.references {
                match self.taken.get(reference) {
                    Some(Taken { what: Some(_), .. }) => {}
                    Some(_) => report.add(
                        *position,
                        format!(
                            "`{reference}` cannot be used: it has problems or refers back here"
                        ),
                        "correct it first, or break the circle",
                    ),
                    None => report.add(
                        *position,
                        format!("there is no rule with the id or name `{reference}`"),
                        "load that rule too, or correct the reference",
                    ),
                }
            }
        }
        correlation::mark_standalone(&mut self.set.rules, &mut self.set.correlations);
        let waiting = waiting.iter().flat_map(|written| &written.references);
        for reference in self.unfed.iter().chain(waiting.map(|(reference, _)| reference)) {
            if let Some(Taken { what: Some(MemberRef::Rule(RuleIndex(at))), .. }) =
                self.taken.get(reference)
                && let Some(rule) = self.set.rules.get_mut(*at as usize)
            {
                rule.standalone = false;
            }
        }
    }

    fn resolve(&mut self, written: &Written) -> bool {
        let found = written.references.iter().map(|(reference, _)| {
            let taken = self.taken.get(reference)?;
            taken.what
        });
        let Some(members) = found.collect::<Option<Vec<MemberRef>>>() else {
            return false;
        };
        let mut report = Report::new(&written.rule.path, &mut self.problems);
        report.about(&written.rule.title);
        let (pipelines, renamed) = (&self.pipelines, &self.renamed);
        let rename = |rule: RuleIndex, field: &str| match renamed.get(rule.0 as usize) {
            Some(renaming) => pipelines.renamed(field, renaming),
            None => vec![field.to_owned()],
        };
        let Some(correlation) = written.resolve(&members, &rename, &mut self.set, &mut report)
        else {
            return true;
        };
        let index = u32::try_from(self.set.correlations.len()).unwrap_or(u32::MAX);
        let index = CorrelationIndex(index);
        for (member, of) in members.iter().enumerate() {
            let feed = Feed { correlation: index, member };
            match of {
                MemberRef::Rule(rule) => self.set.rule_feeds[rule.0 as usize].push(feed),
                MemberRef::Correlation(other) => {
                    self.set.correlation_feeds[other.0 as usize].push(feed);
                }
            }
        }
        self.set.correlation_feeds.push(Vec::new());
        for key in keys(&written.rule) {
            if let Some(taken) = self.taken.get_mut(key) {
                taken.what = Some(MemberRef::Correlation(index));
            }
        }
        self.set.correlations.push(correlation);
        true
    }
}

impl RuleSet {
    fn intern(&mut self, names: &[String]) {
        for name in names {
            self.fields.intern(name);
        }
    }

    pub(crate) fn fields_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }

    /// The description of whatever a member refers to.
    pub fn described(&self, member: MemberRef) -> Option<&Rule> {
        match member {
            MemberRef::Rule(index) => self.rule(index),
            MemberRef::Correlation(index) => self.correlation(index).map(|c| &c.rule),
        }
    }
}

fn is_pipeline(node: &Node) -> bool {
    node.get(pipeline::KEY).is_some() && node.get("detection").is_none()
}

/// Remarks that a filter does nothing.
fn idle(filter: &Filter, correlated: bool, remarks: &mut Vec<Problem>) {
    let mut report = Report::new(&filter.rule.path, remarks);
    report.about(&filter.rule.title);
    let (message, remedy) = if correlated {
        ("the filter is for a correlation", "name the rules that the correlation counts")
    } else {
        (
            "the filter fits no rule here",
            "compare its `rules` and `logsource` with those of the rules, and read it with them",
        )
    };
    report.add(filter.rule.position, message, remedy);
}

fn compiler<'a, 'r>(
    set: &'a mut RuleSet,
    placeholders: &'a Placeholders,
    expressions: &'a mut Expressions,
    report: &'a mut Report<'r>,
) -> Compiler<'a, 'r> {
    Compiler { fields: &mut set.fields, placeholders, expressions, report }
}

/// The places of the bits that are set, lowest first.
fn set_bits(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let position = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (position < 64).then_some(position as usize)
    })
}

/// The id and name that belong to the rule alone; an untitled rule without both has none.
fn keys(rule: &Rule) -> impl Iterator<Item = &str> {
    let name = rule.name.as_deref().filter(|name| *name != rule.id);
    std::iter::once(rule.id.as_str()).chain(name).filter(|key| !key.is_empty())
}

fn check_taken(taken: &HashMap<String, Taken>, rule: &Rule, report: &mut Report<'_>) {
    for key in keys(rule) {
        if let Some(other) = taken.get(key) {
            let message =
                format!("`{key}` is already the id or name of {}{}", other.path, other.position);
            report.add(rule.position, message, "give each rule its own id and name");
        }
    }
}
