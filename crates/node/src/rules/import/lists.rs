//! Lists that rules of Wazuh look up values in (constant databases): lines of `key:value`.

use super::elements::Element;
use super::expression::{Language, texts};
use super::wazuh::{Test, network};
use tocsin_sigma::Document;

/// The lists that were given.
pub(super) struct Lists<'d>(pub(super) &'d [Document]);

impl Lists<'_> {
    /// The test that a rule's `<list>` is; `native` gives our name of a field.
    ///
    /// # Errors
    /// What cannot be said.
    pub(super) fn test(
        &self,
        element: &Element,
        native: impl Fn(&str) -> String,
    ) -> Result<Test, String> {
        let path = element.text.trim();
        let list =
            self.named(path).ok_or_else(|| format!("the list {path}, which --lists has not"))?;
        let field = native(element.attribute("field").unwrap_or_default());
        let lookup = element.attribute("lookup").unwrap_or("match_key");
        let (negated, lookup) = match lookup.strip_prefix("not_") {
            Some(lookup) => (true, lookup),
            None => (false, lookup),
        };
        let keys = match lookup {
            "match_key" | "address_match_key" => keys(&list.text, |_| true),
            "match_key_value" | "address_match_key_value" => {
                let wanted = element.attribute("check_value").unwrap_or_default();
                let wanted = texts(Language::Match, wanted)
                    .ok_or_else(|| format!("<list> with the value {wanted}"))?;
                keys(&list.text, |value| wanted.iter().any(|wanted| value.contains(wanted)))
            }
            other => return Err(format!("<list> by {other}")),
        };
        if keys.is_empty() {
            return Err(format!("the list {path}, where no such value is"));
        }
        let (modifier, values) = match lookup.starts_with("address") {
            true => ("cidr", keys.into_iter().map(network).collect()),
            false => ("cased", keys.into_iter().map(super::wazuh::wild).collect()),
        };
        Ok(Test { field: format!("{field}|{modifier}"), values, negated })
    }

    /// Rules name lists by their places under Wazuh's own folder.
    fn named(&self, path: &str) -> Option<&Document> {
        let below = path.strip_prefix("etc/lists/").unwrap_or(path);
        let is_it = |own: &str| {
            own.strip_suffix(below).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        self.0.iter().find(|list| is_it(&list.path))
    }
}

/// The keys whose values are wanted. A key with a colon in it stands in quotes.
fn keys(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let parts = lines.map(|line| match line.strip_prefix('"') {
        Some(rest) => {
            let (key, after) = rest.split_once('"').unwrap_or((rest, ""));
            (key, after.trim_start_matches(':'))
        }
        None => line.split_once(':').unwrap_or((line, "")),
    });
    let parts = parts.filter(|(key, value)| !key.is_empty() && wanted(value.trim_matches('"')));
    parts.map(|(key, _)| key).collect()
}
