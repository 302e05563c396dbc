//! The templates of a service as a tree: what consecutive templates begin with alike is matched
//! once. The first template that fits counts, as if they were tried one after the other.

use tocsin_event::Field;

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
            nodes.push(Node { piece: *piece, next: Vec::new(), end: None });
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
    /// Whether a message may fit that begins with this byte.
    pub(super) fn may_begin(&self, byte: u8) -> bool {
        match self.piece {
            Piece::Literal(literal) => literal.as_bytes().first() == Some(&byte),
            Piece::Capture(_) => true,
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
        let far = matches!(
            slot,
            Slot::Text
                | Slot::User
                | Slot::Actor
                | Slot::Attribute(Field::ProcessCmdLine | Field::EmailFrom | Field::EmailTo)
        );
        let followed = self.next.iter().find_map(|next| {
            let mut ends_at =
                |len| take(slot, text, len, captures, |rest, captures| next.fits(rest, captures));
            match next.piece {
                Piece::Literal(literal) if far => {
                    find::from_last(text, literal).take(SHORTENED_AT_MOST).find_map(ends_at)
                }
                Piece::Literal(literal) => find::first(text, literal).and_then(ends_at),
                Piece::Capture(_) => ends_at(if far { text.len() } else { 0 }),
            }
        });
        followed.or_else(|| take(slot, text, text.len(), captures, |_, _| self.end.as_ref()))
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
