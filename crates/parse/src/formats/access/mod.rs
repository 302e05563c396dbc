//! Access logs of web servers: common, combined, with the virtual host first or last, or in an
//! order of their own. Fields are known by their looks, so no log format has to be configured.
//! Lines reach it bare or from syslog. Error logs are other formats.

mod time;
mod tokens;

use tocsin_event::{Field, LogSource, Writer};

use self::tokens::{Token, Tokens};
use crate::address;
use crate::format::Format;
use crate::header::Record;
use crate::http::{self, Request};
use crate::timestamp::Stamp;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "", category: "webserver", service: "" },
    ..Format::service("access", &[], &[]).with_reader(read)
};

/// Words before the time that are looked at: more of them belong to a user's name.
const WORDS_MAX: usize = 8;
/// Brackets before the request that may hold the time.
const BRACKETS_MAX: usize = 8;
/// Fields after the request that are looked at; the longest known layouts have some twenty.
const FIELDS_MAX: usize = 64;

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    // A host without a program may be the client.
    let text = if record.program.is_empty() { record.text } else { record.body };
    // Most records of other services end here.
    if memchr::memchr(b'"', text.as_bytes()).is_none() {
        return false;
    }
    let Some(line) = Line::read(text) else { return false };
    if line.code.is_empty() || (line.time.is_none() && line.request.is_none()) {
        return false;
    }
    line.apply(out);
    if record.program.is_empty() {
        record.without_tag();
    }
    record.stamp = line.time.or(record.stamp);
    true
}

/// An access log line in parts.
#[derive(Default)]
struct Line<'t> {
    client: &'t str,
    vhost: &'t str,
    user: &'t str,
    time: Option<Stamp>,
    request: Option<Request<'t>>,
    /// Three digits, or empty.
    code: &'t str,
    length: &'t str,
    referrer: &'t str,
    agent: &'t str,
}

impl<'t> Line<'t> {
    /// Reads a line that has a client and a quoted request; `None` for anything else.
    fn read(text: &'t str) -> Option<Self> {
        let mut line = Line::default();
        let mut tokens = Tokens::of(text);
        let quoted = line.before_request(&mut tokens)?;
        line.request = Request::read(quoted);
        line.after_request(tokens);
        (!line.client.is_empty()).then_some(line)
    }

    /// Addresses, names, time and perhaps the status, up to the request, which is returned.
    fn before_request(&mut self, tokens: &mut Tokens<'t>) -> Option<&'t str> {
        let mut words = [""; WORDS_MAX];
        let (mut count, mut brackets) = (0, 0);
        let start = tokens.rest();
        loop {
            match tokens.next()? {
                Token::Quoted(text) => {
                    self.who(words.get(..count)?, start);
                    return Some(text);
                }
                Token::Bracketed(text) if self.time.is_none() && brackets < BRACKETS_MAX => {
                    self.time = time::read(text);
                    brackets += 1;
                }
                Token::Bracketed(_) => {}
                Token::Word(word) if self.time.is_some() => self.other_word(word),
                Token::Word(word) if count < WORDS_MAX => {
                    words[count] = word;
                    count += 1;
                }
                Token::Word(_) => {}
            }
        }
    }

    /// The words before the time: `[VHOST] CLIENT IDENT USER`, names of users holding blanks.
    fn who(&mut self, words: &[&'t str], start: &'t str) {
        let is_address = |word: &&str| client_of(word).is_some();
        let at = words.iter().position(is_address).unwrap_or(0);
        let Some(client) = words.get(at) else { return };
        self.client = match client_of(client) {
            Some(client) => client,
            None if address::is_hostname(client) => client,
            None => return,
        };
        if at > 0 {
            self.vhost = words[0];
        }
        let (ident, user) = (words.get(at + 1), words.get(at + 2..).unwrap_or_default());
        // lighttpd writes the virtual host where others write the identity.
        if let Some(ident) = ident.filter(|word| word.contains('.')) {
            self.vhost = ident;
        }
        self.user = match user {
            [] | ["-" | "", ..] => "",
            [one] => one,
            [first, ..] => within(start, first, " ["),
        };
    }

    /// A word between time and request: a virtual host, or a status written first.
    fn other_word(&mut self, word: &'t str) {
        if is_code(word) {
            self.code = word;
        } else if self.vhost.is_empty() && address::is_hostname(word) {
            self.vhost = word;
        }
    }

    fn after_request(&mut self, mut tokens: Tokens<'t>) {
        if let Some(Token::Word(word)) = tokens.next()
            && is_code(word)
        {
            self.code = word;
        }
        let mut place = 0;
        for token in tokens.take(FIELDS_MAX) {
            match token {
                Token::Word(word) => {
                    if place == 0 && word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
                        self.length = word.split('/').next().unwrap_or(word);
                    } else if self.client.is_empty() {
                        self.client = client_of(word).unwrap_or_default();
                    }
                    place += 1;
                }
                Token::Quoted(text) => self.quoted(text),
                Token::Bracketed(_) => {}
            }
        }
    }

    /// Referrer, then agent; an agent alone is told by its looks.
    fn quoted(&mut self, text: &'t str) {
        let is_address = text == "-" || text.starts_with('/') || http::after_scheme(text).is_some();
        if self.referrer.is_empty() && is_address {
            self.referrer = text;
        } else if self.agent.is_empty() {
            self.agent = text;
        }
    }

    fn apply(&self, out: &mut Writer<'_>) {
        let request = self.request.unwrap_or_default();
        request.apply(out);
        out.event.src = address::peer(self.client, out).unwrap_or_default();
        out.event.user = out.span(self.user);
        if out.get(Field::HttpHost).is_empty() {
            out.set(Field::HttpHost, self.vhost);
        }
        out.set(Field::HttpStatus, self.code);
        out.set(Field::HttpLength, self.length);
        for (field, text) in [(Field::Referrer, self.referrer), (Field::UserAgent, self.agent)] {
            if text != "-" {
                out.set(field, text);
            }
        }
        let sent = [self.agent, self.referrer];
        let attacked =
            http::attacks(request.target) || sent.into_iter().any(http::attacks_in_header);
        http::outcome(self.code.parse().unwrap_or_default(), attacked, out);
    }
}

/// The text from `first`, a part of `text`, up to `end`.
fn within<'t>(text: &'t str, first: &'t str, end: &str) -> &'t str {
    let from = (first.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let rest = text.get(from..).unwrap_or_default();
    rest.split(end).next().unwrap_or(rest)
}

/// The address of a word such as `192.0.2.1`, `192.0.2.1:4242`, or `192.0.2.1,` in a list.
fn client_of(word: &str) -> Option<&str> {
    let word = word.strip_suffix(',').unwrap_or(word);
    let first = *word.as_bytes().first()?;
    if !first.is_ascii_hexdigit() && !matches!(first, b':' | b'[') {
        return None;
    }
    if address::ip(word).is_some() {
        return Some(word);
    }
    let (host, port) = word.rsplit_once(':')?;
    (port.bytes().all(|b| b.is_ascii_digit()) && address::ip(host).is_some()).then_some(host)
}

/// Whether the word is a status code.
fn is_code(word: &str) -> bool {
    matches!(word.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}
