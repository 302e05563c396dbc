//! Decoders of Wazuh and OSSEC: which records each is for. What they take out of them, our formats and the
//! general reading do.

use std::collections::{BTreeMap, BTreeSet};

use super::elements::Element;
use super::wazuh::{Test, names};

/// Decoders under decoders under decoders.
const DEPTH_MAX: usize = 8;

/// The decoders that were given, by their names.
#[derive(Default)]
pub(super) struct Decoders {
    by_name: BTreeMap<String, Decoder>,
    /// Fields of their own that they take out of texts.
    taken_out: BTreeSet<String>,
    /// By which fields something is new (`fts`), for each name of a decoder and of those above it.
    new_by: BTreeMap<String, BTreeSet<String>>,
}

/// What decoders ask of a record: the element, our field, and its language.
const ASKED: [(&str, &str, &str); 4] = [
    ("program_name", "actor.app_name", "match"),
    ("program_name_pcre2", "actor.app_name", "pcre2"),
    ("prematch", "raw_data", "regex"),
    ("prematch_pcre2", "raw_data", "pcre2"),
];

struct Decoder {
    parent: Option<String>,
    tests: Vec<Test>,
}

impl Decoders {
    /// Adds a decoder; of several with one name the first tells which records they are for.
    pub(super) fn add(&mut self, element: &Element) {
        let Some(name) = element.attribute("name") else { return };
        let asked = ASKED.iter().filter_map(|(name, field, kind)| {
            Some(Test::read(field, &joined(element, name)?, kind))
        });
        if let Some(order) = joined(element, "order") {
            self.taken_out.extend(names(&order.text));
        }
        let parent = joined(element, "parent").map(|parent| parent.text);
        if let Some(new) = joined(element, "fts") {
            for of in parent.iter().map(String::as_str).chain([name]) {
                self.new_by.entry(of.to_owned()).or_default().extend(names(&new.text));
            }
        }
        let decoder = Decoder { parent, tests: asked.collect() };
        self.by_name.entry(name.to_owned()).or_insert(decoder);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Whether a field is one that only a decoder gives a record: those of the audit trail are ours as well.
    pub(super) fn takes_out(&self, field: &str) -> bool {
        self.taken_out.contains(field) && !field.starts_with("audit.")
    }

    /// The fields by which a record that this decoder reads is one that was not seen before, as decoders call
    /// them.
    pub(super) fn new_by(&self, name: &str) -> impl Iterator<Item = &str> {
        self.new_by.get(name).into_iter().flatten().map(String::as_str)
    }

    /// What holds of the records that a decoder is for; none where it is not known.
    pub(super) fn tests(&self, name: &str) -> Option<Vec<Test>> {
        let mut next = Some(self.by_name.get(name)?);
        let mut tests = Vec::new();
        for _ in 0..DEPTH_MAX {
            let Some(decoder) = next else { break };
            tests.extend(decoder.tests.iter().cloned());
            next = decoder.parent.as_ref().and_then(|parent| self.by_name.get(parent));
        }
        Some(tests)
    }
}

/// The elements of one name as one, since a decoder may write an expression in several. None where there is
/// none, or where what is left of it would hold of anything.
fn joined(element: &Element, name: &str) -> Option<Element> {
    let mut parts = element.elements.iter().filter(|inner| inner.name == name);
    let mut all = parts.next()?.clone();
    parts.for_each(|part| all.text.push_str(&part.text));
    all.text = all.text.trim().to_owned();
    let says_nothing = all.text.split('|').any(|alternative| alternative.trim().is_empty());
    (!says_nothing).then_some(all)
}
