//! Warning lists, as MISP has them: values that are often listed as bad and seldom are, such as public
//! name servers. What is on one is told of as `info`.

use hashbrown::HashSet;
use regex::RegexSet;
use serde_json::Value;

use super::network::{Network, Networks};

/// What regular expressions of a list may take once compiled, in bytes.
const REGEX_MAX: usize = 4 << 20;

/// A list.
#[derive(Clone, Debug)]
pub(super) struct Warning {
    pub(super) name: String,
    networks: Networks<()>,
    texts: HashSet<String, foldhash::fast::FixedState>,
    /// Whether texts are names of machines, and stand for all within their domain.
    are_hostnames: bool,
    parts: Vec<String>,
    expressions: RegexSet,
}

impl Warning {
    /// The list that a document of MISP holds, and how many entries it has; `None` where it is none.
    pub(super) fn read(document: &Value) -> Option<(Warning, usize)> {
        let kind = document["type"].as_str()?;
        let entries: Vec<&str> =
            document["list"].as_array()?.iter().filter_map(Value::as_str).collect();
        let mut warning = Warning {
            name: document["name"].as_str().unwrap_or("a warning list").to_owned(),
            networks: Networks::default(),
            texts: HashSet::default(),
            are_hostnames: kind == "hostname",
            parts: Vec::new(),
            expressions: RegexSet::empty(),
        };
        match kind {
            "cidr" => {
                for network in entries.iter().filter_map(|entry| Network::parse(entry)) {
                    warning.networks.entry(network).insert(());
                }
            }
            "hostname" | "string" => warning.texts.extend(entries.iter().map(|entry| plain(entry))),
            "substring" => warning.parts.extend(entries.iter().map(|entry| plain(entry))),
            "regex" => {
                let expressions = entries.iter().map(|entry| entry.trim_matches('/'));
                let built = regex::RegexSetBuilder::new(expressions)
                    .case_insensitive(true)
                    .size_limit(REGEX_MAX)
                    .build();
                warning.expressions = built.ok()?;
            }
            _ => return None,
        }
        Some((warning, entries.len()))
    }

    /// Whether a value is on the list.
    pub(super) fn has(&self, value: &str) -> bool {
        if let Some(address) = value.split('/').next().and_then(|address| address.parse().ok())
            && self.networks.around(address).next().is_some()
        {
            return true;
        }
        let value = plain(value);
        self.texts.contains(&value)
            || (self.are_hostnames && domains(&value).any(|domain| self.texts.contains(domain)))
            || self.parts.iter().any(|part| value.contains(part.as_str()))
            || self.expressions.is_match(&value)
    }
}

fn plain(text: &str) -> String {
    text.trim_matches('.').to_ascii_lowercase()
}

/// The domains that a name is within, the narrowest first.
pub(super) fn domains(name: &str) -> impl Iterator<Item = &str> {
    let parents = std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1));
    parents.skip(1).filter(|domain| domain.contains('.'))
}
