//! What comes before the message: priority, time, host, program, process id. Syslog in its
//! dialects (RFC 3164, RFC 5424, RFC 3339 times, BSD verbose), or only a time, or nothing.

use crate::find;
use crate::object::Object;
use crate::timestamp::{self, Last, Stamp};

/// A line taken apart, its parts empty where the line does not have them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'t> {
    /// The whole line.
    pub line: &'t str,
    /// The time as written. A format that finds a better one in the body replaces it.
    pub stamp: Option<Stamp>,
    /// The machine that wrote it.
    pub host: &'t str,
    /// The program that wrote it, as its tag says.
    pub program: &'t str,
    /// Its process id, 0 when not said.
    pub pid: u32,
    /// The message.
    pub body: &'t str,
    /// What follows the time, before host and program were taken off it. A service that writes its
    /// own file has neither there, and its first words may look like them.
    pub text: &'t str,
    /// The members of a message that is an object.
    pub(crate) object: Option<Object<'t>>,
}

impl Record<'_> {
    /// Takes back host and program: all that follows the time is the message.
    pub fn without_tag(&mut self) {
        (self.host, self.program, self.pid, self.body) = ("", "", 0, self.text);
    }
}

/// The longest program tag; longer words are part of the message (RFC 3164 allows 32, real
/// programs go beyond).
const TAG_MAX: usize = 64;
/// The longest host name (RFC 1035).
const HOST_MAX: usize = 255;

/// Takes a line apart. Never fails: a line without any header is all body.
#[must_use]
pub fn read(line: &str) -> Record<'_> {
    read_after(line, &mut Last::default())
}

/// The same for a line that follows others, of which one began with the time `last`.
pub(crate) fn read_after<'t>(line: &'t str, last: &mut Last) -> Record<'t> {
    let text = without_priority(line);
    if let Some(rest) = text.strip_prefix("1 ")
        && let Some(record) = rfc5424(line, rest)
    {
        return record;
    }
    let mut record = Record { line, ..Record::default() };
    if text.starts_with('{') {
        (record.text, record.body) = (text, text);
        return record;
    }
    let Some((stamp, rest)) = last.leading(text) else {
        record.text = text.trim_start();
        take_tag(&mut record);
        return record;
    };
    record.stamp = Some(stamp);
    if let [b':' | b',', ..] = rest.as_bytes() {
        record.text = rest.get(1..).unwrap_or_default().trim_start();
        take_tag(&mut record);
        return record;
    }
    record.text = without_facility(rest.trim_ascii_start());
    take_host_and_tag(&mut record);
    record.body = without_message_id(record.body);
    record
}

/// `<34>` before the header.
fn without_priority(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('<') else { return text };
    match rest.split_once('>') {
        Some((number, rest)) if number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()) => {
            rest
        }
        _ => text,
    }
}

/// `<auth.info>` or `<4.6>` after the time: BSD's verbose syslog.
fn without_facility(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('<') else { return text };
    match find::split(rest, "> ") {
        Some((name, rest)) if name.len() < 20 && !name.contains(' ') && name.contains('.') => rest,
        _ => text,
    }
}

/// `[ID 800047 auth.info] ` before the message: Solaris.
fn without_message_id(body: &str) -> &str {
    body.strip_prefix("[ID ")
        .and_then(|rest| find::split(rest, "] "))
        .map_or(body, |(_, rest)| rest)
}

/// RFC 5424 after its version: `TIME HOST APP PROCID MSGID [DATA] MSG`.
fn rfc5424<'t>(line: &'t str, text: &'t str) -> Option<Record<'t>> {
    let mut parts = text.splitn(6, ' ');
    let stamp = parts.next().and_then(timestamp::leading).map(|(stamp, _)| stamp);
    let host = not_nil(parts.next()?);
    let program = not_nil(parts.next()?);
    let pid = parts.next()?.parse().unwrap_or_default();
    let _message_id = parts.next()?;
    let body = after_structured_data(parts.next().unwrap_or_default());
    Some(Record { line, stamp, host, program, pid, body, text: body, object: None })
}

fn not_nil(text: &str) -> &str {
    if text == "-" { "" } else { text }
}

fn after_structured_data(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with('[') {
        let Some(end) = closing_bracket(rest) else { return text };
        rest = rest.get(end..).unwrap_or_default();
    }
    let rest = rest.strip_prefix("- ").unwrap_or(if rest == "-" { "" } else { rest });
    rest.trim_start().trim_start_matches('\u{feff}')
}

/// The end of `[id name="value"]`, where values may hold escaped brackets and quotes.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// `HOST PROGRAM[PID]: BODY`, or without the host, or without the program.
fn take_host_and_tag(record: &mut Record<'_>) {
    let text = record.text;
    record.body = text;
    let word = run(text.as_bytes(), HOST);
    if !is_host(text, word)
        && let Some(tag) = Tag::read(text)
    {
        return tag.put_on(record);
    }
    let Some((host, rest)) = text.split_at_checked(word) else { return };
    let Some(rest) = rest.strip_prefix(' ') else { return };
    if host.len() > HOST_MAX || host == "-" {
        return;
    }
    let rest = rest.trim_ascii_start();
    // Relays (UniFi's among them) write the host twice.
    let rest = find::after(rest, host).and_then(|r| r.strip_prefix(' ')).unwrap_or(rest);
    if let Some(tag) = Tag::read(rest) {
        record.host = host;
        tag.put_on(record);
    } else if !host.ends_with(':') && stands_alone(record, host) {
        (record.host, record.body) = (host, rest);
    }
}

/// Whether the first `word` bytes are no tag: `lab` in `lab sshd[1]: x`, but not `sogod [1]: x`.
fn is_host(text: &str, word: usize) -> bool {
    let bytes = text.as_bytes();
    let named = word > 0 && bytes[word - 1] != b':' && !bytes.starts_with(b"--");
    named && bytes.get(word) == Some(&b' ') && bytes.get(word + 1) != Some(&b'[')
}

/// Which bytes names of hosts are made of, and which those of programs.
const HOST: u8 = 1;
const PROGRAM: u8 = 2;
static BYTES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/' | b'@' => {
                HOST | PROGRAM
            }
            b':' => HOST,
            b'+' | b'#' | b'(' | b')' => PROGRAM,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

/// How many bytes of this class the text begins with.
fn run(text: &[u8], class: u8) -> usize {
    text.iter().position(|b| BYTES[usize::from(*b)] & class == 0).unwrap_or(text.len())
}

/// Whether a word after the time is a host although no program follows it. After syslog's own
/// times it is; after others it may be the message's first word.
fn stands_alone(record: &Record<'_>, word: &str) -> bool {
    let classic = matches!(record.stamp, Some(Stamp::Civil(civil)) if civil.year.is_none());
    let syslog = record.line.as_bytes().get(10) == Some(&b'T');
    let like_host = word == "localhost"
        || (word.contains(['.', '-']) && word.bytes().any(|b| b.is_ascii_alphabetic()));
    (classic && word.bytes().any(|b| b.is_ascii_alphabetic())) || (syslog && like_host)
}

/// Whether the word could name a host.
fn names_host(word: &str) -> bool {
    word.len() <= HOST_MAX && run(word.as_bytes(), HOST) == word.len() && word != "-"
}

/// `PROGRAM[PID]: BODY` or `HOST PROGRAM[PID]: BODY` without time, as a service writes to its own
/// file.
fn take_tag(record: &mut Record<'_>) {
    let numbered = |text| Tag::read(text).filter(|tag| tag.pid != 0);
    let text = record.text;
    record.body = text;
    if let Some(tag) = numbered(text) {
        tag.put_on(record);
    } else if let Some((host, rest)) = text.split_once(' ')
        && names_host(host)
        && let Some(tag) = numbered(rest)
    {
        record.host = host;
        tag.put_on(record);
    }
}

/// Bracketed words that say how grave a message is, not who wrote it.
const LEVELS: &[&str] = &[
    "", "alert", "client", "crit", "debug", "emerg", "error", "info", "notice", "warn", "warning",
];

/// The length of the program's name; in parentheses (`polkitd(authority=local)`) it may hold `=`.
fn name_len(text: &[u8]) -> usize {
    let len = run(text, PROGRAM);
    match text.split_at_checked(len) {
        Some((name, [b'=', rest @ ..])) if name.contains(&b'(') => len + 1 + run(rest, PROGRAM),
        _ => len,
    }
}

/// The number that `123]` begins with, and the place after the bracket, counted from the start of
/// the text where this is found `at`.
fn process_id(text: &[u8], at: usize) -> Option<(u32, usize)> {
    let (mut pid, mut end) = (0u32, at);
    loop {
        let byte = *text.get(end)?;
        end += 1;
        match byte {
            b'0'..=b'9' => pid = pid.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b']' if end > at + 1 => return Some((pid, end)),
            _ => return None,
        }
    }
}

struct Tag<'t> {
    program: &'t str,
    pid: u32,
    body: &'t str,
}

impl<'t> Tag<'t> {
    /// ` -- root[123]: ` of login, `sshd[123]: `, `sogod [123]: `, `CRON: `, `sshd(pam_unix)[123]: `.
    fn read(text: &'t str) -> Option<Tag<'t>> {
        let bytes = text.as_bytes();
        match bytes {
            [b'[', ..] => return Tag::bracketed(text.get(1..)?),
            [b'-', b'-', b' ', ..] => {
                return Tag::read(text.get(3..)?).map(|tag| Tag { program: "login", ..tag });
            }
            _ => {}
        }
        let len = name_len(bytes);
        if len == 0 || len > TAG_MAX {
            return None;
        }
        let (pid, colon) = match bytes.get(len..)? {
            [b'[', ..] => process_id(bytes, len + 1)?,
            [b' ', b'[', ..] => process_id(bytes, len + 2)?,
            _ => (0, len),
        };
        let ([b':'] | [b':', b' ' | b'\t', ..]) = bytes.get(colon..)? else { return None };
        let body = text.get(colon + 1..)?.trim_ascii_start();
        Some(Tag { program: text.get(..len)?, pid, body })
    }

    /// `[sshd]: `, `[sshd] `: a lower-case word in brackets, as busybox and some relays write it.
    fn bracketed(inside: &'t str) -> Option<Tag<'t>> {
        let (program, body) = inside.split_once(']')?;
        let named = program.len() <= TAG_MAX && program.bytes().all(|b| b.is_ascii_lowercase());
        let body = body.strip_prefix(':').unwrap_or(body).strip_prefix(' ')?;
        (named && !LEVELS.contains(&program)).then_some(Tag { program, pid: 0, body })
    }

    fn put_on(self, record: &mut Record<'t>) {
        (record.program, record.pid, record.body) = (self.program, self.pid, self.body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_line_is_survived_and_its_parts_lie_within(
            free in ".{0,80}",
            made in "(<[0-9]{0,3}>)?(1 )?(Dec  7 06:55:46|2024-08-26T01:33:38Z)?:? ?[a-z(=)@é./-]{0,12}:?(\\[[0-9]{0,3}\\]?)?:?.{0,20}",
        ) {
            for line in [free.as_str(), &made] {
                let record = read(line);
                let within = line.as_bytes().as_ptr_range();
                for part in [record.host, record.program, record.body] {
                    let part = part.as_bytes().as_ptr_range();
                    proptest::prop_assert!(
                        part.is_empty() || record.program == "login"
                            || (within.start <= part.start && part.end <= within.end)
                    );
                }
            }
        }
    }

    #[test]
    fn headers_are_taken_apart_in_every_dialect() {
        let cases = [
            (
                "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user",
                ("LabSZ", "sshd", 24200, "Invalid user"),
            ),
            ("<38>Dec 10 06:55:46 h sshd[1]: x", ("h", "sshd", 1, "x")),
            (
                "<38>1 2022-01-19T14:23:55+00:00 fw sshd 44255 - [meta sequenceId=\"1\"] Invalid user",
                ("fw", "sshd", 44255, "Invalid user"),
            ),
            (
                "2024-08-26T01:33:38.572449+00:00 m postfix/smtpd[6]: NOQUEUE",
                ("m", "postfix/smtpd", 6, "NOQUEUE"),
            ),
            (
                "Feb 20 17:23:32 cyrus/pop3[4297]: badlogin: x",
                ("", "cyrus/pop3", 4297, "badlogin: x"),
            ),
            ("Mar 24 08:58:32 sogod [26818]: SOGo", ("", "sogod", 26818, "SOGo")),
            ("Jun  3 10:00:00 <auth.info> h sshd[1]: x", ("h", "sshd", 1, "x")),
            (
                "Jul 18 09:21:57 localhost kernel: [ 1.0] IN=",
                ("localhost", "kernel", 0, "[ 1.0] IN="),
            ),
            ("host nginx[2833]: 2015/10/29 x", ("host", "nginx", 2833, "2015/10/29 x")),
            ("Sat Dec 28 19:03:53 2013 - [7] x", ("", "", 0, "- [7] x")),
            ("2015/10/29 20:01:02 [error] 2#0: *9 x", ("", "", 0, "[error] 2#0: *9 x")),
            ("Mar  3 00:17:22 [sshd]: User root", ("", "sshd", 0, "User root")),
            ("Jun 27 09:02:22 gate gate sshd[4]: x", ("gate", "sshd", 4, "x")),
            ("Jun 27 09:02:22 gate [WAN-D-1] IN=eth8", ("gate", "", 0, "[WAN-D-1] IN=eth8")),
            ("Mar 29 05:59:23 h sshd[2]: [ID 800047 auth.info] x", ("h", "sshd", 2, "x")),
            ("Jun 25 15:48:28 lab  -- root[24]: x", ("lab", "login", 24, "x")),
            (
                "Jun 25 15:48:28 h polkitd(authority=local)[7]: x",
                ("h", "polkitd(authority=local)", 7, "x"),
            ),
            ("2020-04-09T14:04:00.667Z: Failed Login: x", ("", "", 0, "Failed Login: x")),
            (
                "2020-05-13T10:53:19 localhost  [a.example.com/VPN] x",
                ("localhost", "", 0, "[a.example.com/VPN] x"),
            ),
            ("[10-May-2015 13:02:52 -0400]: Failed login x", ("", "", 0, "Failed login x")),
            ("Exit (root): Disconnect received", ("", "", 0, "Exit (root): Disconnect received")),
        ];
        for (line, (host, program, pid, body)) in cases {
            let r = read(line);
            assert_eq!((r.host, r.program, r.pid, r.body), (host, program, pid, body), "{line}");
        }
    }
}
