//! The templates of a service as a tree: what consecutive templates begin with alike is matched
//! once. The first template that fits counts, as if they were tried one after the other.

use std::net::Ipv4Addr;

use tocsin_event::Field;

use super::index::{self, Index};
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

/// Ways to go on, in the order of their templates.
#[derive(Debug, Default)]
pub(super) struct Ways {
    nodes: Vec<Node>,
    /// Finds those that may fit.
    index: Index,
    /// What all of several begin with alike, where that is worth looking for first.
    shared: &'static str,
}

/// A piece, what may follow it, and what it means to end here.
#[derive(Debug)]
struct Node {
    piece: Piece,
    next: Ways,
    end: Option<Meaning>,
    /// A literal that comes after this one and an address, so that this one is not looked for
    /// beyond it. Only for a literal that is everywhere: a blank.
    before: &'static str,
}

/// What a capture took.
#[derive(Clone, Copy)]
pub(super) enum Taken<'t> {
    Text(&'t str),
    /// An address that was understood on looking where it ends.
    Ipv4(Ipv4Addr),
}

/// What has been captured so far.
pub(super) struct Captures<'t> {
    list: [Option<(Slot, Taken<'t>)>; CAPTURES_MAX],
    len: usize,
}

impl<'t> Captures<'t> {
    pub(super) fn new() -> Self {
        Captures { list: [None; CAPTURES_MAX], len: 0 }
    }

    /// Captures `len` bytes, which must be some, and gives the rest.
    fn take(&mut self, slot: Slot, text: &'t str, len: usize) -> Option<&'t str> {
        if len == 0 { None } else { self.take_any(slot, text, len) }
    }

    fn take_any(&mut self, slot: Slot, text: &'t str, len: usize) -> Option<&'t str> {
        let (taken, rest) = text.split_at_checked(len)?;
        self.put(slot, Taken::Text(taken))?;
        Some(rest)
    }

    /// Captures an address or name and gives the rest.
    fn take_address(&mut self, slot: Slot, text: &'t str) -> Option<&'t str> {
        let Some((ip, rest)) = address::bare_ipv4(text) else {
            return self.take(slot, text, address::prefix_len(text));
        };
        self.put(slot, Taken::Ipv4(ip))?;
        Some(rest)
    }

    fn put(&mut self, slot: Slot, taken: Taken<'t>) -> Option<()> {
        *self.list.get_mut(self.len)? = Some((slot, taken));
        self.len += 1;
        Some(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, Taken<'t>)> {
        self.list.get(..self.len).unwrap_or_default().iter().copied().flatten()
    }
}

impl Ways {
    /// Adds a template. It shares nodes with the one added last only: with earlier ones it would be
    /// tried before those in between.
    pub(super) fn add(&mut self, wording: &Wording) -> Result<(), BadTemplate> {
        let pieces = pieces(wording)?;
        let mut nodes = &mut self.nodes;
        for (index, piece) in pieces.iter().enumerate() {
            if nodes.last().is_none_or(|last| last.piece != *piece || last.end.is_some()) {
                nodes.push(Node { piece: *piece, next: Ways::default(), end: None, before: "" });
            }
            let Some(node) = nodes.last_mut() else { break };
            if index + 1 == pieces.len() {
                node.end = Some(wording.meaning);
            }
            nodes = &mut node.next.nodes;
        }
        Ok(())
    }

    /// Prepares for matching, once all templates have been added.
    pub(super) fn settle(&mut self) {
        for node in &mut self.nodes {
            node.next.settle();
            node.before = node.literal_after_address().unwrap_or_default();
        }
        self.index = Index::of(self.nodes.iter().map(Node::literal));
        let shared = index::common(self.nodes.iter().map(|node| node.literal().as_bytes())).len();
        let first = self.nodes.first().map_or("", Node::literal);
        if self.nodes.len() > 1 && shared > 1 {
            self.shared = first.get(..shared).unwrap_or_default();
        }
    }

    /// Which of them may fit a text, by what it begins with.
    pub(super) fn likely(&self, text: &str) -> &[u16] {
        self.index.fitting(text)
    }

    /// The meaning of the first template that fits, its captures in `captures`.
    pub(super) fn fit<'t>(
        &self,
        likely: &[u16],
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        let before = captures.len;
        likely.iter().find_map(|at| {
            let node = self.nodes.get(usize::from(*at))?;
            let fits = node.fits_beyond(text.get(node.literal().len()..)?, captures);
            if fits.is_none() {
                captures.len = before;
            }
            fits
        })
    }
}

impl Node {
    /// The literal it is, or the empty text.
    fn literal(&self) -> &'static str {
        match self.piece {
            Piece::Literal(literal) => literal,
            Piece::Capture(_) => "",
        }
    }

    /// The only node that may follow, where the template cannot end here.
    fn only_next(&self) -> Option<&Node> {
        match (self.next.nodes.as_slice(), &self.end) {
            ([only], None) => Some(only),
            _ => None,
        }
    }

    fn literal_after_address(&self) -> Option<&'static str> {
        let address = self.only_next()?;
        let is_address = matches!(address.piece, Piece::Capture(Slot::Source | Slot::Target));
        (self.literal() == " " && is_address)
            .then(|| address.only_next())
            .flatten()
            .map(Node::literal)
    }

    /// Whether what follows this node's literal, if it is one, fits. Goes on as long as there is one
    /// way to go.
    fn fits_beyond<'t>(&self, text: &'t str, captures: &mut Captures<'t>) -> Option<&Meaning> {
        let (mut node, mut rest) = (self, text);
        loop {
            if let Piece::Capture(slot) = node.piece {
                if matches!(slot, Slot::Source | Slot::Target) {
                    rest = captures.take_address(slot, rest)?;
                } else if let Some(len) = own_len(slot, rest) {
                    rest = captures.take(slot, rest, len)?;
                } else {
                    return node.reach(slot, rest, captures);
                }
            }
            let Some(only) = node.only_next() else {
                let fit = node.next.fit(node.next.likely(rest), rest, captures);
                return fit.or(node.end.as_ref());
            };
            if let Piece::Literal(literal) = only.piece {
                rest = find::after(rest, literal)?;
            }
            node = only;
        }
    }

    /// A capture that ends where what follows it begins: the names and texts that a peer chose
    /// where that comes last, others where it comes first.
    fn reach<'t>(
        &self,
        slot: Slot,
        text: &'t str,
        captures: &mut Captures<'t>,
    ) -> Option<&Meaning> {
        let before = captures.len;
        let followed = match Places::of(self.next.shared, text) {
            Some(Places { count: 0, .. }) => None,
            Some(Places { count: 1, at: [at, ..] }) => {
                let rest = captures.take_any(slot, text, at)?;
                self.next.fit(self.next.likely(rest), rest, captures)
            }
            places => self.next.nodes.iter().find_map(|next| {
                let ends_at = |len| {
                    captures.len = before;
                    let rest = captures.take_any(slot, text, len)?;
                    next.fits_beyond(rest.get(next.literal().len()..)?, captures)
                };
                next.begins_within(text, reaches_far(slot), places.as_ref(), ends_at)
            }),
        };
        followed.or_else(|| {
            captures.len = before;
            captures.take_any(slot, text, text.len())?;
            self.end.as_ref()
        })
    }

    /// Where this node must have ended, since what comes after it begins there at the latest.
    fn latest_end(&self, text: &str) -> Option<usize> {
        if self.before.is_empty() {
            return Some(text.len());
        }
        find::from_last(text, self.before).next()
    }

    /// Offers the places where this node may follow a capture, in the order to try them.
    fn begins_within<'n>(
        &self,
        text: &str,
        far: bool,
        places: Option<&Places>,
        mut fits: impl FnMut(usize) -> Option<&'n Meaning>,
    ) -> Option<&'n Meaning> {
        let Piece::Literal(literal) = self.piece else {
            return fits(if far { text.len() } else { 0 });
        };
        match places {
            Some(places) if far => places.followed_by(literal, text).rev().find_map(fits),
            Some(places) => places.followed_by(literal, text).next().and_then(fits),
            None if far => {
                let text = text.get(..self.latest_end(text)?)?;
                find::from_last(text, literal).take(SHORTENED_AT_MOST).find_map(fits)
            }
            None => find::first(text, literal).and_then(fits),
        }
    }
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

/// The length of a capture of digits or a word, which tells by itself where it ends; none for one
/// that reaches to what follows it.
fn own_len(slot: Slot, text: &str) -> Option<usize> {
    match slot {
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
        for place in find::from_first(text, shared) {
            *places.at.get_mut(places.count)? = place;
            places.count += 1;
        }
        Some(places)
    }

    /// Those where the whole literal stands.
    fn followed_by(&self, literal: &str, text: &str) -> impl DoubleEndedIterator<Item = usize> {
        let stands = move |at: &usize| {
            text.as_bytes().get(*at..).is_some_and(|rest| find::begins(rest, literal.as_bytes()))
        };
        self.at.iter().take(self.count).copied().filter(stands)
    }
}
