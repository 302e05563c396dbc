//! Where a text field lies: a position and a length in a batch's text, never a copy of it.

use std::ops::Range;

/// Marks positions in the arena of rewritten text rather than in the text as read.
const ARENA: u32 = 1 << 31;

/// A piece of a batch's text. The empty span stands for "not said".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The span that stands for an absent field.
    pub const NONE: Span = Span { start: 0, len: 0 };

    /// A part of a text as read, which is shorter than 2 GiB.
    #[inline]
    #[must_use]
    pub fn read(part: Range<usize>) -> Span {
        Span { start: part.start as u32, len: part.len() as u32 }
    }

    /// A part of what was rewritten of it, which is shorter than 2 GiB.
    #[inline]
    #[must_use]
    pub fn rewritten(part: Range<usize>) -> Span {
        Span { start: part.start as u32 | ARENA, len: part.len() as u32 }
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// How many bytes it has.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether it lies in rewritten text.
    #[inline]
    #[must_use]
    pub fn is_rewritten(self) -> bool {
        self.start & ARENA != 0
    }

    /// The same part where its text lies within another one.
    #[inline]
    pub(crate) fn moved(self, read: Span, rewritten: Span) -> Span {
        let whole = if self.is_rewritten() { rewritten } else { read };
        Span { start: whole.start + (self.start & !ARENA), len: self.len }
    }

    /// `part` as a span of `text`, or `None` when it is not a slice of it or lies beyond 2 GiB.
    pub(crate) fn within(text: &str, part: &str) -> Option<Span> {
        let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        if start + part.len() > text.len() || start >= ARENA as usize {
            return None;
        }
        Some(Span { start: start as u32, len: part.len() as u32 })
    }

    /// Appends `part` to the arena; text that would overflow it is left out.
    pub(crate) fn push(arena: &mut String, part: &str) -> Span {
        if arena.len() + part.len() >= ARENA as usize {
            return Span::NONE;
        }
        let start = arena.len() as u32 | ARENA;
        arena.push_str(part);
        Span { start, len: part.len() as u32 }
    }

    /// The text it stands for, of what was read and what was rewritten of it.
    #[inline]
    #[must_use]
    pub fn of<'t>(self, read: &'t str, rewritten: &'t str) -> &'t str {
        let from = if self.is_rewritten() { rewritten } else { read };
        from.get(self.range()).unwrap_or_default()
    }

    /// Where it lies in the one or the other.
    #[inline]
    #[must_use]
    pub fn range(self) -> Range<usize> {
        let start = (self.start & !ARENA) as usize;
        start..start + self.len as usize
    }
}
