//! Values for `%placeholder%` in rules that use the `expand` modifier.

use std::collections::BTreeMap;

use crate::limits;

/// What each placeholder stands for: Sigma strings, wildcards allowed.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    values: BTreeMap<String, Vec<String>>,
}

impl Placeholders {
    /// No placeholder has a value.
    pub fn new() -> Self {
        Placeholders::default()
    }

    /// Gives `name` (without percent signs) its values.
    pub fn set(&mut self, name: impl Into<String>, values: Vec<String>) {
        self.values.insert(name.into(), values);
    }

    /// Every value of `text` with its placeholders replaced, or why there is none.
    pub(crate) fn expand(&self, text: &str) -> Result<Vec<String>, String> {
        let mut expanded = vec![String::new()];
        for part in split(text) {
            let values = match &part {
                Part::Plain(plain) => std::slice::from_ref(plain),
                Part::Name(name) => self
                    .values
                    .get(name)
                    .ok_or_else(|| format!("the placeholder `%{name}%` has no value"))?,
            };
            if expanded.len() * values.len() > limits::EXPANDED_VALUES {
                return Err(format!("more than {} expanded values", limits::EXPANDED_VALUES));
            }
            expanded = expanded
                .iter()
                .flat_map(|start| values.iter().map(move |end| format!("{start}{end}")))
                .collect();
        }
        Ok(expanded)
    }
}

/// A part of a text with placeholders.
pub(crate) enum Part {
    Plain(String),
    Name(String),
}

/// Splits at `%name%`; `\%` is a plain percent sign.
pub(crate) fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        if let Some(before) = before.strip_suffix('\\') {
            plain.push_str(before);
            plain.push('%');
            rest = after;
            continue;
        }
        plain.push_str(before);
        match after.split_once('%').filter(|(name, _)| is_name(name)) {
            Some((name, after)) => {
                parts.push(Part::Plain(std::mem::take(&mut plain)));
                parts.push(Part::Name(name.to_owned()));
                rest = after;
            }
            None => {
                plain.push('%');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    parts.push(Part::Plain(plain));
    parts
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_expand_to_all_their_values_and_escaped_percents_stay() {
        let mut placeholders = Placeholders::new();
        placeholders.set("name", vec!["a*".into(), "b".into()]);
        assert_eq!(placeholders.expand(r"\%plain%name%").unwrap(), ["%plaina*", "%plainb"]);
        assert_eq!(placeholders.expand("100% of").unwrap(), ["100% of"]);
        assert!(placeholders.expand("%other%").is_err());
    }
}
