//! The templates of a service as a tree: what consecutive templates begin with alike is matched
//! once. The first template that fits counts, as if they were tried one after the other.

use tocsin_event::Field;

use super::index;
use super::{BadTemplate, Meaning, Slot, Wording};
use crate::address;
use crate::find;

/// How often a capture that reaches far may be shortened before the template is given up.
const SHORTENED_AT_MOST: usize = 8;
/// The most captures a template may have.
const CAPTURES_MAX: usize = 12;

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Literal(&'static str),
    Capture(Slot),
}

/// A piece, what may follow it, and what it means to end here.
#[derive(Debug)]
pub(super) struct Node {
    piece: Piece,
    next: Vec<Node>,
    end: Option<Meaning>,
    /// What all that may follow begins with alike, where that is worth looking for first.
    shared: &'static str,
}

/// What has been captured so far.
pub(super) struct Captures<'t> {
    list: [(Slot, &'t str); CAPTURES_MAX],
    len: usize,
}

impl<'t> Captures<'t> {
    pub(super) fn new() -> Self {
        Captures { list: [(Slot::Skip, ""); CAPTURES_MAX], len: 0 }
    }

    /// Captures `len` bytes, which must be some, and gives the rest.
    fn take(&mut self, slot: Slot, text: &'t str, len: usize) -> Option<&'t str> {
        if len == 0 { None } else { self.take_any(slot, text, len) }
    }

    fn take_any(&mut self, slot: Slot, text: &'t str, len: usize) -> Option<&'t str> {
        let (taken, rest) = text.split_at_checked(len)?;
        *self.list.get_mut(self.len)? = (slot, taken);
        self.len += 1;
        Some(rest)
    }

    pub(super) fn forget(&mut self) {
        self.len = 0;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &'t str)> {
        self.list.get(..self.len).unwrap_or_default().iter().copied()
    }
}

/// Adds a template. It shares nodes with the one added last only: with earlier ones it would be
/// tried before those in between.
pub(super) fn add(roots: &mut Vec<Node>, wording: &Wording) -> Result<(), BadTemplate> {
    let pieces = pieces(wording)?;
    let mut nodes = roots;
    for (index, piece) in pieces.iter().enumerate() {
        if nodes.last().is_none_or(|last| last.piece != *piece || last.end.is_some()) {
            nodes.push(Node { piece: *piece, next: Vec::new(), end: None, shared: "" });
        }
        let Some(node) = nodes.last_mut() else { break };
        if index + 1 == pieces.len() {
            node.end = Some(wording.meaning);
        }
        nodes = &mut node.next;
    }
    Ok(())
}

fn pieces(wording: &Wording) -> Result<Vec<Piece>, BadTemplate> {
    let bad = |problem| BadTemplate { template: wording.template, problem };
    let mut pieces = Vec::new();
    let mut rest = wording.template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(bad("a brace is not closed"))?;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        pieces.push(Piece::Capture(Slot::named(name).ok_or(bad("no such capture"))?));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    if pieces.iter().filter(|piece| matches!(piece, Piece::Capture(_))).count() > CAPTURES_MAX {
        return Err(bad("too many captures"));
    }
    Ok(pieces)
}

impl Node {
    /// The literal it is, or the empty text.
    pub(super) fn literal(&self) -> &'static str {
        match self.piece {
            Piece::Literal(literal) => literal,
            Piece::Capture(_) => "",
        }
    }

    /// Prepares for matching, once all templates have been added.
    pub(super) fn settle(&mut self) {
        self.next.iter_mut().for_each(Node::settle);
        let literals = self.next.iter().map(|next| next.literal().as_bytes());
        let shared = index::common(literals).len();
        let first = self.next.first().map_or("", Node::literal);
        if self.next.len() > 1 && shared > 1 {
            self.shared = first.get(..shared).unwrap_or_default();
        }
    }

    /// The meaning of the first template that fits, its captures in `captures`, which holds more
    /// or less at random where none does.
    fn fits<'t>(&self, text: &'t str, captures: &mut Captures<'t>) -> Option<&Meaning> {
        let rest = match self.piece {
            Piece::Literal(literal) => text.strip_prefix(literal)?,
            Piece::Capture(_) => text,
        };
        self.fits_beyond(rest, captures)
    }

    /// The same for what comes after its literal, if it is one. Goes on as long as there is one way
    /// to go.
    pub(super) fn fits_beyond<'t>(
        &self,
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        let (mut node, mut rest) = (self, text);
        loop {
            if let Piece::Capture(slot) = node.piece {
                let Some(len) = own_len(slot, rest) else {
                    return node.reach(slot, rest, captures);
                };
                rest = captures.take(slot, rest, len)?;
            }
            let ([only], None) = (node.next.as_slice(), &node.end) else {
                return node.choose(rest, captures);
            };
            if let Piece::Literal(literal) = only.piece {
                rest = rest.strip_prefix(literal)?;
            }
            node = only;
        }
    }

    fn choose<'t>(&self, text: &'t str, captures: &mut Captures<'t>) -> Option<&Meaning> {
        let before = captures.len;
        let found = self.next.iter().find_map(|next| {
            captures.len = before;
            next.fits(text, captures)
        });
        found.or_else(|| {
            captures.len = before;
            self.end.as_ref()
        })
    }

    /// A capture that ends where what follows it begins: the names and texts that a peer chose
    /// where that comes last, others where it comes first.
    fn reach<'t>(
        &self,
        slot: Slot,
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        let far = reaches_far(slot);
        let places = Places::of(self.shared, text);
        let before = captures.len;
        let followed = self.next.iter().find_map(|next| {
            let literal = next.literal();
            let mut ends_at = |len| {
                captures.len = before;
                let rest = captures.take_any(slot, text, len)?;
                next.fits_beyond(rest.get(literal.len()..)?, captures)
            };
            match (next.piece, &places) {
                (Piece::Capture(_), _) => ends_at(if far { text.len() } else { 0 }),
                (_, Some(places)) if far => {
                    places.followed_by(literal, text).rev().find_map(ends_at)
                }
                (_, Some(places)) => places.followed_by(literal, text).next().and_then(ends_at),
                (_, None) if far => {
                    find::all(text, literal).rev().take(SHORTENED_AT_MOST).find_map(ends_at)
                }
                (_, None) => find::all(text, literal).next().and_then(ends_at),
            }
        });
        followed.or_else(|| {
            captures.len = before;
            captures.take_any(slot, text, text.len())?;
            self.end.as_ref()
        })
    }
}

/// The length of a capture that tells by itself where it ends; none for one that reaches to what
/// follows it.
fn own_len(slot: Slot, text: &str) -> Option<usize> {
    match slot {
        Slot::Source | Slot::Target => Some(address::prefix_len(text)),
        Slot::SourcePort | Slot::TargetPort | Slot::Count => {
            Some(text.bytes().take_while(u8::is_ascii_digit).count())
        }
        Slot::Word => Some(memchr::memchr(b' ', text.as_bytes()).unwrap_or(text.len())),
        _ => None,
    }
}

/// Whether a capture ends where what follows it comes last.
fn reaches_far(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Text
            | Slot::User
            | Slot::Actor
            | Slot::Attribute(Field::ProcessCmdLine | Field::EmailFrom | Field::EmailTo)
    )
}

/// Where a text has what several literals begin with alike: looked for once for all of them.
struct Places {
    at: [usize; SHORTENED_AT_MOST],
    count: usize,
}

impl Places {
    /// None where there is nothing to look for, or more than is worth keeping.
    fn of(shared: &str, text: &str) -> Option<Places> {
        if shared.is_empty() {
            return None;
        }
        let mut places = Places { at: [0; SHORTENED_AT_MOST], count: 0 };
        for place in find::all(text, shared) {
            *places.at.get_mut(places.count)? = place;
            places.count += 1;
        }
        Some(places)
    }

    /// Those where the whole literal stands.
    fn followed_by(&self, literal: &str, text: &str) -> impl DoubleEndedIterator<Item = usize> {
        let stands =
            move |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(literal));
        self.at.iter().take(self.count).copied().filter(stands)
    }
}
