//! Finds short fixed texts. `str::find` prepares a searcher for every call, which costs more than
//! the search itself in a line of log; here the first byte is looked for, then the rest is compared.
//! In a line made of false starts that would cost more, so it goes on for a few of them only.

use memchr::memmem;

/// After so many false starts what is left is searched as a whole.
const FALSE_STARTS: usize = 32;

/// What follows `what` at the start of the text. The same as `strip_prefix`, but compares in place:
/// of short texts a call takes longer than what it does.
#[inline]
pub(crate) fn after<'t>(text: &'t str, what: &str) -> Option<&'t str> {
    if begins(text.as_bytes(), what.as_bytes()) { text.get(what.len()..) } else { None }
}

/// Whether the text begins with `what`; the same as `starts_with`, in place.
#[inline]
pub(crate) fn begins(text: &[u8], what: &[u8]) -> bool {
    text.get(..what.len()).is_some_and(|start| same(start, what))
}

/// Whether two texts of one length are the same: word by word, the last one overlapping.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    if let (Some(last), Some(other_last)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) {
        let (words, other_words) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
        return last == other_last && words.iter().zip(other_words).all(|(a, b)| a == b);
    }
    if let (Some(last), Some(other_last)) = (one.last_chunk::<4>(), other.last_chunk::<4>()) {
        return last == other_last && one.first_chunk::<4>() == other.first_chunk();
    }
    one.iter().zip(other).all(|(a, b)| a == b)
}

/// Where `what` occurs first.
pub(crate) fn first(text: &str, what: &str) -> Option<usize> {
    first_in(text.as_bytes(), what.as_bytes())
}

/// Where `what` occurs, first to last.
pub(crate) fn from_first<'t>(text: &'t str, what: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + first_in(text.as_bytes().get(from..)?, what.as_bytes())?;
        from = at + 1;
        Some(at)
    })
}

fn first_in(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let mut left = FALSE_STARTS;
    for at in starts(bytes, what) {
        if bytes.get(at..).is_some_and(|rest| begins(rest, what)) {
            return Some(at);
        }
        left -= 1;
        if left == 0 {
            return Some(at + memmem::find(bytes.get(at..)?, what)?);
        }
    }
    None
}

/// Where `what` occurs, last to first.
pub(crate) fn from_last<'t>(text: &'t str, what: &'t str) -> impl Iterator<Item = usize> + 't {
    let (mut bytes, what) = (text.as_bytes(), what.as_bytes());
    std::iter::from_fn(move || {
        let at = last(bytes, what)?;
        // The one before begins before this one, and may reach into it.
        bytes = bytes.get(..(at + what.len()).saturating_sub(1))?;
        Some(at)
    })
}

fn last(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let mut left = FALSE_STARTS;
    for at in starts(bytes, what).rev() {
        if bytes.get(at..).is_some_and(|rest| begins(rest, what)) {
            return Some(at);
        }
        left -= 1;
        if left == 0 {
            let rest = bytes.get(..bytes.len().min(at + what.len()))?;
            // Forwards is many times faster, and what is looked for is seldom there.
            memmem::find(rest, what)?;
            return memmem::rfind(rest, what);
        }
    }
    None
}

/// Where `what` may begin. Blanks are everywhere: where it begins with one, its second byte is
/// looked for.
fn starts<'t>(bytes: &'t [u8], what: &[u8]) -> impl DoubleEndedIterator<Item = usize> + use<'t> {
    let skipped = usize::from(what.len() > 1 && what[0] == b' ');
    let sought = what.get(skipped).copied().unwrap_or_default();
    memchr::memchr_iter(sought, bytes).filter_map(move |at| at.checked_sub(skipped))
}

/// What comes before and after the first `what`.
pub(crate) fn split<'t>(text: &'t str, what: &str) -> Option<(&'t str, &'t str)> {
    around(text, first(text, what)?, what)
}

/// What comes before and after the last `what`.
pub(crate) fn split_last<'t>(text: &'t str, what: &str) -> Option<(&'t str, &'t str)> {
    around(text, last(text.as_bytes(), what.as_bytes())?, what)
}

fn around<'t>(text: &'t str, at: usize, what: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(what.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_starts_hide_nothing() {
        for what in ["] [", " a", "aa", "] ]", ":"] {
            for false_starts in [0, 1, FALSE_STARTS - 1, FALSE_STARTS, 3 * FALSE_STARTS] {
                let noise = what.split_at(what.len() - 1).0.repeat(false_starts);
                let text = format!("{noise}{what}{noise}x{what}{what}{noise}");
                assert_eq!(first(&text, what), text.find(what), "{text:?}");
                let begins = |at: &usize| text.split_at(*at).1.starts_with(what);
                let every = (0..text.len()).filter(begins);
                assert!(from_first(&text, what).eq(every.clone()), "{what:?} in {text:?}");
                assert!(from_last(&text, what).eq(every.rev()), "{what:?} in {text:?}");
            }
        }
    }
}
