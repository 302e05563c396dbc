//! The peers of a message: addresses and names of hosts, told apart by the words before them.
//! Text that an attacker chose may hold addresses too, so labelled ones count for more than bare
//! ones, and of equal ones in prose the last.

use tocsin_event::{Peer, Writer};

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

/// What the label before an address makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Source(Certainty),
    Target,
    /// `ip`, `address`: the word before it decides.
    Plain,
}

const SOURCES: &[&str] = &[
    "from",
    "client",
    "rhost",
    "rip",
    "remote",
    "src",
    "source",
    "peer",
    "attacker",
    "clientip",
    "remoteip",
    "srcip",
    "saddr",
    "raddr",
    "caller",
    "offender",
    "intruder",
    "origin",
    "originating",
    "hacker",
    "visitor",
    "ipaddress",
    "hostname",
    "rhostname",
    "callingstationid",
    "initiator",
    "remoteaddr",
    "remoteaddress",
    "sourceip",
    "srcaddr",
    "clientaddr",
    "remote-ip",
    "remote-addr",
    "remote-address",
    "remote-host",
    "client-ip",
    "source-ip",
    "src-ip",
];
const LIKELY: &[&str] = &[
    "by", "for", "with", "at", "host", "blocking", "banning", "ban", "against", "relay", "denied",
    "blocked", "user", "rejected", "refused", "of",
];
const TARGETS: &[&str] = &[
    "to",
    "dst",
    "dest",
    "destination",
    "lip",
    "local",
    "server",
    "listener",
    "listen",
    "listening",
    "on",
    "via",
    "daddr",
    "laddr",
    "target",
    "upstream",
    "gateway",
    "interface",
    "bind",
    "dstip",
    "serverip",
    "localip",
    "lhost",
    "nameserver",
    "vhost",
    "into",
    "backend",
    "version",
    "destip",
    "server-ip",
    "local-ip",
    "dst-ip",
];
/// Said by the peer itself, through a header anyone can set.
const HEARSAY: &[&str] = &["x-real-ip", "x-forwarded-for", "xff", "forwarded", "x-client-ip"];
const PLAIN: &[&str] = &["ip", "address", "addr", "ipv4", "ipv6", "port", "name", "is", "was"];
/// Endings of names that are files or units, not hosts.
const NO_DOMAINS: &[&str] = &[
    "c", "cfg", "cgi", "conf", "cpp", "exe", "go", "h", "html", "ini", "java", "js", "json",
    "lock", "log", "mount", "php", "pid", "pl", "pm", "py", "rb", "rs", "scope", "service", "sh",
    "slice", "so", "sock", "socket", "target", "timer", "txt", "xml", "yaml", "yml",
];

#[derive(Clone, Copy, Debug, Default)]
struct Found<'t> {
    text: &'t str,
    port: u16,
    certainty: Certainty,
}

/// Puts the source and the target into the event, and says how sure the source is.
pub(super) fn read(text: &str, out: &mut Writer<'_>) -> Certainty {
    let (source, target) = find(text);
    let peer = |found: Found<'_>, out: &mut Writer<'_>| {
        let peer = address::peer(found.text, out).unwrap_or_default();
        Peer { port: found.port, ..peer }
    };
    out.event.src = peer(source, out);
    out.event.dst = peer(target, out);
    if out.event.src.is_empty() { Certainty::None } else { source.certainty }
}

fn find(text: &str) -> (Found<'_>, Found<'_>) {
    let (mut source, mut target) = (Found::default(), Found::default());
    let mut tokens = Tokens { text, at: 0, quote: None };
    let mut before = ["", ""];
    while let Some(token) = tokens.next() {
        let Some((address, port)) = address_of(token.text) else {
            if token.text.bytes().any(|b| b.is_ascii_alphanumeric()) {
                named(&token, text, before, &mut source);
                before = [token.text, before[0]];
            }
            continue;
        };
        let label = label(&token, text, before);
        before = [token.text, before[0]];
        match label {
            Label::Target if target.text.is_empty() => {
                target = Found { text: address, port, certainty: Bare };
            }
            Label::Source(certainty) => {
                keep(&mut source, Found { text: address, port, certainty });
            }
            Label::Target | Label::Plain => {}
        }
    }
    (source, target)
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
fn named<'t>(token: &Token<'t>, text: &str, before: [&str; 2], source: &mut Found<'t>) {
    let name = token.text.trim_end_matches(['.', ':', '-']);
    let assigned = text.as_bytes().get(token.start.wrapping_sub(1)) == Some(&b'=');
    let plausible = is_domain(name) || (assigned && before[0] == "rhost");
    if token.in_quoted_text || !plausible || meaning(before[0]) != Some(Label::Source(Labelled)) {
        return;
    }
    let after = text.as_bytes().get(token.start + token.text.len());
    let in_path = token.preceded_by(text, b"/\\@") || matches!(after, Some(b'/' | b'@' | b'='));
    if !in_path && address::is_hostname(name) {
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

fn label(token: &Token<'_>, text: &str, before: [&str; 2]) -> Label {
    let leads =
        text.get(..token.start).is_some_and(|t| !t.bytes().any(|b| b.is_ascii_alphanumeric()));
    if leads {
        return Label::Source(Leading);
    }
    if text.get(..token.start).is_some_and(|t| t.trim_end_matches([' ', '[']).ends_with("->")) {
        return Label::Target;
    }
    let bracketed = token.preceded_by(text, b"[(<");
    let found = match (meaning(before[0]), meaning(before[1])) {
        (Some(Label::Plain), Some(other)) if other != Label::Plain => other,
        (Some(Label::Plain), _) => Label::Source(Labelled),
        (Some(found), _) => found,
        (None, Some(other)) if bracketed && other != Label::Plain => other,
        (None, _) if token.preceded_by(text, b"@/") && !address_like(before[0]) => {
            Label::Source(Doubtful)
        }
        (None, _) => Label::Source(Bare),
    };
    let marked = matches!(before[0], "client" | "remote") && token.follows_word_in_bracket(text);
    match found {
        _ if marked => Label::Source(Marked),
        Label::Source(_) if token.in_quoted_text => Label::Source(Doubtful),
        found => found,
    }
}

fn address_like(text: &str) -> bool {
    address_of(text).is_some() || is_domain(text)
}

/// What a label means, by the whole of it or its parts: `remote_addr`, `IP:`.
fn meaning(label: &str) -> Option<Label> {
    let listed = |list: &[&str], word: &str| list.iter().any(|w| w.eq_ignore_ascii_case(word));
    let parts = || label.split(['_', ':']).filter(|part| !part.is_empty());
    if parts().any(|part| listed(HEARSAY, part)) {
        Some(Label::Source(Doubtful))
    } else if parts().any(|part| listed(TARGETS, part)) {
        Some(Label::Target)
    } else if parts().any(|part| listed(SOURCES, part)) {
        Some(Label::Source(Labelled))
    } else if parts().any(|part| listed(LIKELY, part)) {
        Some(Label::Source(Likely))
    } else {
        parts().any(|part| listed(PLAIN, part)).then_some(Label::Plain)
    }
}

/// The address in a token and its port: `192.0.2.1`, `192.0.2.1:22`, `192.0.2.1-22`,
/// `192.0.2.1.22`, `ip:192.0.2.1`, `2001:db8::1`. Addresses that mean any host are none.
fn address_of(token: &str) -> Option<(&str, u16)> {
    let count = |byte| token.bytes().filter(|b| *b == byte).count();
    if token.len() < 3 || (count(b'.') < 3 && count(b':') < 2) {
        return None;
    }
    let token = token.trim_end_matches(['.', '-', '_']);
    let token = token.strip_suffix(':').filter(|t| !t.ends_with(':')).unwrap_or(token);
    let is_one = |text: &&str| {
        text.bytes().any(|b| b.is_ascii_digit())
            && address::ip(text).is_some_and(|ip| !ip.is_unspecified())
    };
    if is_one(&token) {
        return Some((token, 0));
    }
    let (host, port) = token.rsplit_once([':', '-', '.'])?;
    if let (true, Ok(port)) = (is_one(&host), port.parse()) {
        return Some((host, port));
    }
    let (label, rest) = token.split_once(':')?;
    (label.bytes().all(|b| b.is_ascii_alphabetic()) && is_one(&rest)).then_some((rest, 0))
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
