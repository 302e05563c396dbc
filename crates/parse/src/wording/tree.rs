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

    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &'t str)> {
        self.list.iter().take(self.len).copied()
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

    /// The same as [`fits`](Self::fits) for a text that is known to begin with its literal.
    pub(super) fn fits_beyond<'t>(
        &self,
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        match self.piece {
            Piece::Literal(literal) => {
                self.after(text.split_at_checked(literal.len())?.1, captures)
            }
            Piece::Capture(slot) => self.capture(slot, text, captures),
        }
    }

    /// The meaning of the first template that fits, its captures in `captures`.
    pub(super) fn fits<'t>(&self, text: &'t str, captures: &mut Captures<'t>) -> Option<&Meaning> {
        match self.piece {
            Piece::Literal(literal) => self.after(text.strip_prefix(literal)?, captures),
            Piece::Capture(slot) => self.capture(slot, text, captures),
        }
    }

    fn after<'t>(&self, text: &'t str, captures: &mut Captures<'t>) -> Option<&Meaning> {
        self.next.iter().find_map(|next| next.fits(text, captures)).or(self.end.as_ref())
    }

    fn capture<'t>(
        &self,
        slot: Slot,
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        let len = match slot {
            Slot::Source | Slot::Target => address::prefix_len(text),
            Slot::SourcePort | Slot::TargetPort | Slot::Count => {
                text.bytes().take_while(u8::is_ascii_digit).count()
            }
            Slot::Word => memchr::memchr(b' ', text.as_bytes()).unwrap_or(text.len()),
            _ => return self.reach(slot, text, captures),
        };
        if len == 0 {
            return None;
        }
        take(slot, text, len, captures, |rest, captures| self.after(rest, captures))
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
        let followed = self.next.iter().find_map(|next| {
            let mut ends_at =
                |len| take(slot, text, len, captures, |rest, captures| next.fits(rest, captures));
            match (next.piece, &places) {
                (Piece::Capture(_), _) => ends_at(if far { text.len() } else { 0 }),
                (Piece::Literal(literal), Some(places)) if far => {
                    places.followed_by(literal, text).rev().find_map(ends_at)
                }
                (Piece::Literal(literal), Some(places)) => {
                    places.followed_by(literal, text).next().and_then(ends_at)
                }
                (Piece::Literal(literal), None) if far => {
                    find::all(text, literal).rev().take(SHORTENED_AT_MOST).find_map(ends_at)
                }
                (Piece::Literal(literal), None) => {
                    find::all(text, literal).next().and_then(ends_at)
                }
            }
        });
        followed.or_else(|| take(slot, text, text.len(), captures, |_, _| self.end.as_ref()))
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

/// Captures `len` bytes, and forgets them again where what follows does not fit.
fn take<'t, 'n>(
    slot: Slot,
    text: &'t str,
    len: usize,
    captures: &mut Captures<'t>,
    follows: impl FnOnce(&'t str, &mut Captures<'t>) -> Option<&'n Meaning>,
) -> Option<&'n Meaning> {
    let (taken, rest) = text.split_at_checked(len)?;
    let before = captures.len;
    *captures.list.get_mut(before)? = (slot, taken);
    captures.len = before + 1;
    let found = follows(rest, captures);
    if found.is_none() {
        captures.len = before;
    }
    found
}
