//! The peers of a message: addresses and names of hosts, told apart by the words before them.
//! Text that an attacker chose may hold addresses too, so labelled ones count for more than bare
//! ones, and of equal ones in prose the last.

use tocsin_event::{Peer, Writer};

use super::label::{self, Label};
use crate::address;

/// How sure it is that an address is where the matter came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// There is none.
    #[default]
    None,
    /// It stands inside quoted text, after `@`, or like a version.
    Doubtful,
    /// It stands there without a word to it.
    Bare,
    /// It is what the message begins with.
    Leading,
    /// A word that often comes before it does.
    Likely,
    /// A name that a peer has.
    NamedHost,
    /// Called the client, the source, the remote one.
    Labelled,
    /// `[client 192.0.2.1]`, which no attacker can write before.
    Marked,
}

use Certainty::{Bare, Doubtful, Labelled, Leading, Likely, Marked, NamedHost};

/// Endings of names that are files or units, not hosts.
const NO_DOMAINS: &[&str] = &[
    "c", "cfg", "cgi", "conf", "cpp", "exe", "go", "h", "html", "ini", "java", "js", "json",
    "lock", "log", "mount", "php", "pid", "pl", "pm", "py", "rb", "rs", "scope", "service", "sh",
    "slice", "so", "sock", "socket", "target", "timer", "txt", "xml", "yaml", "yml",
];

/// A word before an address, and what it says of it.
#[derive(Clone, Copy, Debug, Default)]
struct Word<'t> {
    text: &'t str,
    label: Option<Label>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Found<'t> {
    text: &'t str,
    port: u16,
    certainty: Certainty,
}

/// Puts the source and the target into the event where the text names them, and says how sure the
/// source is.
pub(super) fn read(text: &str, out: &mut Writer<'_>) -> Certainty {
    let (source, target) = find(text);
    let peer = |found: Found<'_>, out: &mut Writer<'_>| {
        let peer = address::peer(found.text, out)?;
        Some(Peer { port: found.port, ..peer })
    };
    out.event.dst = peer(target, out).unwrap_or(out.event.dst);
    let Some(src) = peer(source, out) else { return Certainty::None };
    out.event.src = src;
    source.certainty
}

fn find(text: &str) -> (Found<'_>, Found<'_>) {
    let (mut source, mut target) = (Found::default(), Found::default());
    let mut tokens = Tokens { text, at: 0, quote: None };
    let mut before = [Word::default(); 2];
    while let Some(token) = tokens.next() {
        let word = Word { text: token.text, label: label::of(token.text) };
        if let Some((address, port)) = address_of(token.text) {
            let port = if port == 0 { port_after(&token, text) } else { port };
            match certainty(&token, text, before) {
                Some(certainty) => keep(&mut source, Found { text: address, port, certainty }),
                None if target.text.is_empty() => {
                    target = Found { text: address, port, certainty: Bare };
                }
                None => {}
            }
        } else if token.text.bytes().any(|b| b.is_ascii_alphanumeric()) {
            named(&token, text, before[0], &mut source);
        } else {
            continue;
        }
        before = [word, before[0]];
    }
    (source, target)
}

/// ` port 22` or `]:22` right after an address.
fn port_after(token: &Token<'_>, text: &str) -> u16 {
    let rest = text.get(token.start + token.text.len()..).unwrap_or_default();
    let number = rest.strip_prefix(" port ").or_else(|| rest.strip_prefix("]:"));
    let number = number.unwrap_or_default();
    let len = number.bytes().take_while(u8::is_ascii_digit).count();
    number.get(..len).and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// Labelled ones can be written by whoever comes before the true one: the last counts. Of bare
/// ones the first does, since services name the source before the target.
fn keep<'t>(known: &mut Found<'t>, new: Found<'t>) {
    let later_counts = new.certainty >= Likely && new.certainty != Marked;
    if new.certainty > known.certainty || (later_counts && new.certainty == known.certainty) {
        *known = new;
    }
}

/// A host known by its name: only where a word says that it is a peer.
fn named<'t>(token: &Token<'t>, text: &str, before: Word<'_>, source: &mut Found<'t>) {
    if before.label != Some(Label::Source) || token.in_quoted_text {
        return;
    }
    let name = token.text.trim_end_matches(['.', ':', '-']);
    let after = text.as_bytes().get(token.start + token.text.len());
    let in_path = token.preceded_by(text, b"/\\@") || matches!(after, Some(b'/' | b'@' | b'='));
    let assigned = token.preceded_by(text, b"=") && before.text == "rhost";
    if !in_path && (assigned || is_domain(name)) && address::is_hostname(name) {
        keep(source, Found { text: name, port: 0, certainty: NamedHost });
    }
}

fn is_domain(name: &str) -> bool {
    let Some((host, top)) = name.rsplit_once('.') else { return false };
    !host.is_empty()
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_alphabetic())
        && !NO_DOMAINS.iter().any(|no| no.eq_ignore_ascii_case(top))
}

/// How sure it is that an address is the source; `None` where it is the target.
fn certainty(token: &Token<'_>, text: &str, before: [Word<'_>; 2]) -> Option<Certainty> {
    let head = text.get(..token.start).unwrap_or_default();
    if !head.bytes().any(|b| b.is_ascii_alphanumeric()) {
        return Some(Leading);
    }
    let head = head.trim_end_matches([' ', '[']);
    if head.ends_with("->") || head.ends_with(" >") {
        return None;
    }
    if matches!(before[0].text, "client" | "remote") && token.follows_word_in_bracket(text) {
        return Some(Marked);
    }
    let bracketed = token.preceded_by(text, b"[(<");
    // `remote address 192.0.2.1` and `from host.example.com [192.0.2.1]`: the word before decides.
    let label = match (before[0].label, before[1].label) {
        (Some(Label::Plain), Some(Label::Plain) | None) => Some(Label::Source),
        (Some(Label::Plain), other) => other,
        (None, other) if bracketed => other.filter(|label| *label != Label::Plain),
        (label, _) => label,
    };
    let certainty = match label {
        // Whom access was denied to is who asked.
        Some(Label::Target) if head.ends_with("denied to") => Likely,
        Some(Label::Target) => return None,
        Some(Label::Hearsay) => Doubtful,
        _ if token.in_quoted_text => Doubtful,
        Some(Label::Source) => Labelled,
        Some(Label::Likely) => Likely,
        _ if token.preceded_by(text, b"@/") && !address_like(before[0].text) => Doubtful,
        _ => Bare,
    };
    Some(certainty)
}

fn address_like(text: &str) -> bool {
    address_of(text).is_some() || is_domain(text)
}

/// The address in a token and its port: `192.0.2.1`, `192.0.2.1:22`, `192.0.2.1-22`,
/// `192.0.2.1.22`, `192.0.2.1::22`, `ip:192.0.2.1:22`, `2001:db8::1`. Addresses that mean any host
/// are none.
fn address_of(token: &str) -> Option<(&str, u16)> {
    let count = |byte| token.bytes().filter(|b| *b == byte).count();
    if token.len() < 3 || (count(b'.') < 3 && count(b':') < 2) {
        return None;
    }
    let token = token.trim_end_matches(['.', '-', '_']);
    let token = token.strip_suffix(':').filter(|t| !t.ends_with(':')).unwrap_or(token);
    let token = token.strip_prefix(':').filter(|t| !t.starts_with(':')).unwrap_or(token);
    with_port(token).or_else(|| {
        let (label, rest) = token.split_once(':')?;
        let labelled = label.starts_with(|c: char| c.is_ascii_alphabetic());
        with_port(rest).filter(|_| labelled && label.bytes().all(|b| b.is_ascii_alphanumeric()))
    })
}

/// An address and the port after it, if any.
fn with_port(text: &str) -> Option<(&str, u16)> {
    let is_one = |text: &str| {
        text.bytes().any(|b| b.is_ascii_digit())
            && address::ip(text).is_some_and(|ip| !ip.is_unspecified())
    };
    if is_one(text) {
        return Some((text, 0));
    }
    // `192.0.2.1:22:X1`, as firewalls write it with the interface.
    let (host, rest) = text.split_once(':').unwrap_or_default();
    if host.contains('.') && is_one(host) {
        let port = rest.split(':').find(|part| !part.is_empty()).unwrap_or_default();
        return Some((host, port.parse().unwrap_or_default()));
    }
    let (host, port) = text.rsplit_once([':', '-', '.'])?;
    Some((host, port.parse().ok()?)).filter(|(host, _)| is_one(host))
}

/// A run of the bytes that addresses and names are made of.
struct Token<'t> {
    text: &'t str,
    start: usize,
    /// Whether it stands in quotes together with other words.
    in_quoted_text: bool,
}

impl Token<'_> {
    fn preceded_by(&self, text: &str, any: &[u8]) -> bool {
        let before = self.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        before.is_some_and(|b| any.contains(b))
    }

    /// Whether `[word ` comes right before it.
    fn follows_word_in_bracket(&self, text: &str) -> bool {
        let before = text.as_bytes().get(..self.start).unwrap_or_default();
        let before = before.strip_suffix(b"[").unwrap_or(before);
        let word = before.iter().rev().skip(1).take_while(|b| b.is_ascii_alphabetic()).count();
        before.len() > word + 1 && before.get(before.len() - word - 2) == Some(&b'[')
    }
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// The quote that is open, and where.
    quote: Option<(u8, usize)>,
}

impl<'t> Tokens<'t> {
    fn next(&mut self) -> Option<Token<'t>> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).filter(|b| !is_part(**b)) {
            self.quotes(*byte);
            self.at += 1;
        }
        let start = self.at;
        let len = bytes.get(start..)?.iter().take_while(|b| is_part(**b)).count();
        self.at += len;
        let in_quoted_text = self.quote.is_some_and(|(_, open)| open + 1 < start);
        let text = self.text.get(start..start + len).filter(|text| !text.is_empty())?;
        Some(Token { text, start, in_quoted_text })
    }

    /// Quotes open after a blank or a mark of assignment and close at the next of their kind.
    fn quotes(&mut self, byte: u8) {
        if !matches!(byte, b'"' | b'\'') {
            return;
        }
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        self.quote = match self.quote {
            Some((open, _)) if open == byte => None,
            None if before.is_none_or(|b| b" =:([{,".contains(b)) => Some((byte, self.at)),
            other => other,
        };
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_' | b'%')
}
