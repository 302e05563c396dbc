//! Regular expressions of rules: PCRE as far as it is regular. Look-around and back-references
//! have no linear-time form and are refused.

use regex::{Regex, RegexBuilder};

use crate::limits;
use crate::modifier::RegexFlag;

/// Compiles a rule's expression, or says in one line why not.
pub(crate) fn compile(pattern: &str, flags: &[RegexFlag]) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(flags.contains(&RegexFlag::IgnoreCase))
        .multi_line(flags.contains(&RegexFlag::MultiLine))
        .dot_matches_new_line(flags.contains(&RegexFlag::DotAll))
        .size_limit(limits::REGEX_BYTES)
        .build()
        .map_err(|error| reason(&error))
}

/// The last line of the error: those before it only draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
