//! The account a message is about: the word after `user`, `username=`, `account`, `login for`.

use super::lexicon::Words;
use crate::address;

/// Longer names are text that follows the word by chance.
const NAME_MAX: usize = 64;

/// Words that follow `user` in prose and are no names.
const PROSE: &str = "a account agent and at attempt attempted attempts authentication by cannot could \
     database denied details disabled does doesn't error failed failure for from has id in \
     incorrect invalid is locked logged login may must name not of on or password requested \
     session that the this to tried unknown was wasn't via with you list accounts name: peer";

/// The best name: one that is quoted or assigned, else one that follows in prose, else an id.
pub(super) fn find<'t>(text: &'t str, words: &Words) -> Option<&'t str> {
    let named = || words.names().filter_map(|at| after(text, at));
    let by_name = || named().filter(|name| !name.is_id);
    let marked = by_name().find(|name| name.marked);
    marked.or_else(|| by_name().next()).or_else(|| named().next()).map(|name| name.text)
}

struct Name<'t> {
    text: &'t str,
    /// Whether quotes, brackets or an assignment set it apart.
    marked: bool,
    /// Whether it is an id or a number, which say less than a name.
    is_id: bool,
}

/// The name that follows a word which ends at `at`.
fn after(text: &str, at: usize) -> Option<Name<'_>> {
    let rest = text.get(at..)?;
    let gap = rest.bytes().take(6).take_while(|b| b" =:\"'`<[({>".contains(b)).count();
    let (gap, rest) = rest.split_at_checked(gap)?;
    let (as_whom, rest) = rest.strip_prefix("as ").map_or((false, rest), |rest| (true, rest));
    let last = *gap.as_bytes().last()?;
    let quoted = matches!(last, b'"' | b'\'' | b'`' | b'<' | b'[' | b'(' | b'{');
    let end = match last {
        b'"' => rest.find('"'),
        b'\'' | b'`' => rest.find('\''),
        b'<' => rest.find('>'),
        b'[' => rest.find(']'),
        b'(' | b'{' => rest.find([')', '}']),
        _ => rest.find([' ', ',', ';', ')', ']', '>', '"', '\'', '|', '}']).or(Some(rest.len())),
    };
    let (name, after) = rest.split_at_checked(end?)?;
    let whole = name.len();
    let name = if quoted { name } else { name.trim_end_matches(['.', ':']) };
    let ends_there = name.len() < whole;
    let marked = quoted || gap.contains('=');
    // Nothing was assigned: what follows the blank is the next assignment.
    if gap.ends_with("= ") && name.contains('=') {
        return None;
    }
    let follows = |word: &str| {
        let before = text.get(at.saturating_sub(word.len())..at);
        before.is_some_and(|before| before.eq_ignore_ascii_case(word))
    };
    if !marked && follows("for") && !ends_there && !ends_a_clause(after) {
        return None;
    }
    if !marked && follows("login") && !as_whom && !gap.contains(':') {
        return None;
    }
    let plausible =
        marked || (gap.len() <= 2 && !PROSE.split(' ').any(|p| p.eq_ignore_ascii_case(name)));
    let is_id = follows("id") || name.bytes().all(|b| b.is_ascii_digit());
    (plausible && could_be(name)).then_some(Name { text: name, marked, is_id })
}

/// Whether the text could be a name at all, and not a placeholder, an address, a path.
fn could_be(name: &str) -> bool {
    const NOBODY: &[&str] = &["0", "null", "none", "n/a", "-", "nil", "(null)", "?", "client"];
    !name.is_empty()
        && name.len() <= NAME_MAX
        && !name.starts_with(['/', ','])
        && !name.ends_with('=')
        && !name.contains("=\"")
        && !NOBODY.iter().any(|no| no.eq_ignore_ascii_case(name))
        && address::ip(name.rsplit_once(':').map_or(name, |(host, _)| host)).is_none()
        && address::ip(name).is_none()
}

/// After `for eve` comes where from, or nothing; after `for the action` comes more.
fn ends_a_clause(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with([',', ';', ':', '-', '(', '['])
        || ["from ", "by ", "at ", "via ", "on ", "failed", "denied", "in "]
            .iter()
            .any(|w| rest.starts_with(w))
}
