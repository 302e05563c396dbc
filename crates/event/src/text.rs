//! Where a text field lies: a position and a length in a batch's text, never a copy of it.

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

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
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

    /// The text it stands for.
    pub(crate) fn of<'t>(self, text: &'t str, arena: &'t str) -> &'t str {
        let (from, start) =
            if self.start & ARENA == 0 { (text, self.start) } else { (arena, self.start & !ARENA) };
        from.get(start as usize..(start + self.len) as usize).unwrap_or_default()
    }
}
