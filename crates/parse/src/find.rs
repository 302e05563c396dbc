//! Finds short fixed texts. `str::find` prepares a searcher for every call, which costs more than
//! the search itself in a line of log; here the first byte is looked for, then the rest is compared.

/// Where `what` occurs in `text`, first to last. Blanks are everywhere: where it begins with one,
/// its second byte is looked for.
pub(crate) fn all<'t>(text: &'t str, what: &'t str) -> impl DoubleEndedIterator<Item = usize> + 't {
    let (bytes, what) = (text.as_bytes(), what.as_bytes());
    let skipped = usize::from(what.len() > 1 && what[0] == b' ');
    let sought = what.get(skipped).copied().unwrap_or_default();
    let starts = memchr::memchr_iter(sought, bytes).filter_map(move |at| at.checked_sub(skipped));
    starts.filter(move |at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(what)))
}

/// What comes before and after the first `what`.
pub(crate) fn split<'t>(text: &'t str, what: &'t str) -> Option<(&'t str, &'t str)> {
    around(text, all(text, what).next()?, what)
}

/// What comes before and after the last `what`.
pub(crate) fn split_last<'t>(text: &'t str, what: &'t str) -> Option<(&'t str, &'t str)> {
    around(text, all(text, what).next_back()?, what)
}

fn around<'t>(text: &'t str, at: usize, what: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.strip_prefix(what)?))
}
