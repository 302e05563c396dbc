//! Finds short fixed texts. `str::find` prepares a searcher for every call, which costs more than
//! the search itself in a line of log; here two bytes are looked for, then the rest is compared.
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

/// Whether two texts are the same: word by word, the last one overlapping.
#[inline]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
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
    let Some(pair) = Pair::beginning(what) else {
        return memchr::memchr(*what.first()?, bytes);
    };
    let (mut from, mut left) = (0, FALSE_STARTS);
    loop {
        let at = pair.first(bytes, from)?;
        if bytes.get(at..).is_some_and(|rest| begins(rest, what)) {
            return Some(at);
        }
        left -= 1;
        if left == 0 {
            return Some(at + memmem::find(bytes.get(at..)?, what)?);
        }
        from = at + 1;
    }
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
    let Some(pair) = Pair::beginning(what) else {
        return memchr::memrchr(*what.first()?, bytes);
    };
    let (mut end, mut left) = (bytes.len(), FALSE_STARTS);
    loop {
        let at = pair.last(bytes, end)?;
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
        end = at + 1;
    }
}

/// The two bytes that a text begins with, each written eight times over. Eight places at a time
/// are looked at: in short texts that takes less than a call.
struct Pair {
    first: u64,
    second: u64,
}

/// As many places as are looked at together, and the byte after them.
const PLACES: usize = 8;

impl Pair {
    /// None for a text of one byte or none.
    fn beginning(what: &[u8]) -> Option<Pair> {
        let [first, second, ..] = what else { return None };
        let eight = |byte: &u8| u64::from_le_bytes([*byte; PLACES]);
        Some(Pair { first: eight(first), second: eight(second) })
    }

    /// The first place from `from` on where the pair stands.
    fn first(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(chunk) = bytes.get(at..)?.first_chunk() {
            match self.places(chunk) {
                0 => at += PLACES,
                places => return Some(at + places.trailing_zeros() as usize / PLACES),
            }
        }
        (at..bytes.len()).find(|at| self.stands(bytes, *at))
    }

    /// The last place where the pair stands and begins before the byte before `end`.
    fn last(&self, bytes: &[u8], end: usize) -> Option<usize> {
        let mut end = end;
        while let Some(chunk) = bytes.get(..end)?.last_chunk() {
            match self.places(chunk) {
                0 => end -= PLACES,
                places => return Some(end - 2 - places.leading_zeros() as usize / PLACES),
            }
        }
        (0..end.saturating_sub(1)).rev().find(|at| self.stands(bytes, *at))
    }

    /// The places in a chunk where the pair stands: the highest bit of the byte of each.
    #[inline]
    fn places(&self, chunk: &[u8; PLACES + 1]) -> u64 {
        let word =
            |bytes: Option<&[u8; PLACES]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let (these, next) = (word(chunk.first_chunk()), word(chunk.last_chunk()));
        zeros((these ^ self.first) | (next ^ self.second))
    }

    fn stands(&self, bytes: &[u8], at: usize) -> bool {
        let pair = [self.first as u8, self.second as u8];
        bytes.get(at..).is_some_and(|rest| rest.starts_with(&pair))
    }
}

/// The highest bit of every byte that is zero. No byte carries into the next.
#[inline]
pub(crate) fn zeros(word: u64) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; PLACES]);
    !(((word & LOW) + LOW) | word | LOW)
}

/// The highest bit of the lowest byte that is zero, and of some above it.
#[inline]
pub(crate) fn first_zero(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; PLACES]);
    word.wrapping_sub(ONES) & !word & (ONES << 7)
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
        for what in ["] [", " a", "aa", "] ]", ":", "abcdefghij"] {
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
