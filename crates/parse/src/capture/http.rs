//! Requests of HTTP/1 and their answers.

use std::collections::VecDeque;

use tocsin_event::json::Object;

use super::connection::{Call, Way};
use super::stream::Heard;

/// Header fields of a message, and requests that wait for their answers, at most.
const FIELDS_MAX: usize = 64;
const REQUESTS_MAX: usize = 32;

/// What a stream of requests begins with.
const METHODS: [&[u8]; 9] = [
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"CONNECT ",
    b"PATCH ",
    b"PROPFIND ",
];

/// A request, as far as it is told.
#[derive(Debug)]
struct Request {
    time: i64,
    method: String,
    target: String,
    version: &'static str,
    host: String,
    agent: String,
    referrer: String,
}

/// What comes next in one way of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Head,
    /// So many bytes of a body.
    Body(u64),
    /// A body without a length: whatever begins like a head ends it.
    Unknown,
}

/// Both ways of a connection.
#[derive(Debug, Default)]
pub(super) struct Http {
    requests: VecDeque<Request>,
    out: Next,
    back: Next,
}

impl Http {
    /// Whether a stream begins like one of HTTP.
    pub(super) fn is_http(bytes: &[u8]) -> bool {
        METHODS.iter().any(|method| bytes.starts_with(method)) || bytes.starts_with(b"HTTP/1.")
    }

    /// Reads on.
    pub(super) fn read(&mut self, call: &Call, heard: Heard<'_>, out: &mut Vec<u8>) {
        let Heard { way, time, stream } = heard;
        while !stream.bytes().is_empty() {
            let bytes = stream.bytes();
            let before = if way == Way::Out { self.out } else { self.back };
            let read = match before {
                Next::Body(left) => {
                    let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left - taken as u64;
                    Some((taken, if left == 0 { Next::Head } else { Next::Body(left) }))
                }
                Next::Unknown if Http::is_http(bytes) => Some((0, Next::Head)),
                Next::Unknown => Some((bytes.len(), Next::Unknown)),
                Next::Head if way == Way::Out => self.request(time, bytes),
                Next::Head => self.answer(call, bytes, out),
            };
            let Some((taken, next)) = read else { return };
            if way == Way::Out {
                self.out = next;
            } else {
                self.back = next;
            }
            stream.forget(taken);
        }
    }

    /// The head of a request: its length, and what comes behind it. `None` where it is not whole yet.
    fn request(&mut self, time: i64, bytes: &[u8]) -> Option<(usize, Next)> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut request = httparse::Request::new(&mut fields);
        let Ok(status) = request.parse(bytes) else { return Some((bytes.len(), Next::Unknown)) };
        let httparse::Status::Complete(length) = status else { return None };
        let text = |name| field(request.headers, name);
        let told = Request {
            time,
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            version: if request.version == Some(0) { "1.0" } else { "1.1" },
            host: text("host"),
            agent: text("user-agent"),
            referrer: text("referer"),
        };
        let then = body(request.headers, Next::Head);
        if self.requests.len() < REQUESTS_MAX {
            self.requests.push_back(told);
        }
        Some((length, then))
    }

    /// The head of an answer, which ends a request.
    fn answer(&mut self, call: &Call, bytes: &[u8], out: &mut Vec<u8>) -> Option<(usize, Next)> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut answer = httparse::Response::new(&mut fields);
        let Ok(status) = answer.parse(bytes) else { return Some((bytes.len(), Next::Unknown)) };
        let httparse::Status::Complete(length) = status else { return None };
        let code = answer.code.unwrap_or_default();
        // Only the last of several answers ends a request.
        if (100..200).contains(&code) && code != 101 {
            return Some((length, Next::Head));
        }
        let asked = self.requests.pop_front();
        let is_bare = asked.as_ref().is_some_and(|request| request.method == "HEAD")
            || matches!(code, 204 | 304);
        if let Some(request) = asked {
            request.tell(call, Some(code), out);
        }
        let then = if is_bare { Next::Head } else { body(answer.headers, Next::Unknown) };
        Some((length, then))
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        self.requests.iter().map(Request::held).sum()
    }

    /// Tells what nobody answered.
    pub(super) fn finish(&mut self, call: &Call, out: &mut Vec<u8>) {
        for request in self.requests.drain(..) {
            request.tell(call, None, out);
        }
    }
}

impl Request {
    fn held(&self) -> usize {
        let Request { method, target, host, agent, referrer, .. } = self;
        let texts = [method, target, host, agent, referrer].map(String::len);
        size_of::<Request>() + texts.iter().sum::<usize>()
    }

    fn tell(&self, call: &Call, status: Option<u16>, out: &mut Vec<u8>) {
        Object::write(out, |o| {
            call.write("http", self.time, o);
            o.text("method", &self.method);
            o.text("host", &self.host);
            o.text("uri", &self.target);
            o.text("version", self.version);
            o.text("user_agent", &self.agent);
            o.text("referrer", &self.referrer);
            if let Some(status) = status {
                o.number("status_code", status);
            }
        });
        out.push(b'\n');
    }
}

fn field(fields: &[httparse::Header<'_>], name: &str) -> String {
    let found = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
    found.map(|field| String::from_utf8_lossy(field.value).into_owned()).unwrap_or_default()
}

/// What a head says of the body behind it, or what is there where it says nothing.
fn body(fields: &[httparse::Header<'_>], otherwise: Next) -> Next {
    if !field(fields, "transfer-encoding").is_empty() {
        return Next::Unknown;
    }
    match field(fields, "content-length").parse() {
        Ok(0) => Next::Head,
        Ok(length) => Next::Body(length),
        Err(_) => otherwise,
    }
}
