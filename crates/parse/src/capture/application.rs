//! What is spoken over a connection, known by how it begins.

use tocsin_event::json::Object;

use super::connection::{Call, Way};
use super::http::Http;
use super::stream::Heard;
use super::{dns, tls};

/// Questions of one connection that wait for their answers, at most.
const QUESTIONS_MAX: usize = 64;

/// Where name servers listen, those of a local network too.
const NAME_SERVERS: [u16; 3] = [53, 5353, 5355];

/// See the module.
#[derive(Debug, Default)]
pub(super) enum Application {
    #[default]
    Unknown,
    Dns {
        questions: Vec<(i64, dns::Message)>,
    },
    Http(Http),
    Ssl,
    Ssh,
}

impl Application {
    /// Its name, empty where it is not known.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Application::Unknown => "",
            Application::Dns { .. } => "dns",
            Application::Http(_) => "http",
            Application::Ssl => "ssl",
            Application::Ssh => "ssh",
        }
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        match self {
            Application::Dns { questions } => questions.iter().map(|(_, asked)| asked.held()).sum(),
            Application::Http(http) => http.held(),
            _ => 0,
        }
    }

    /// Reads on in one way of a connection.
    pub(super) fn stream(&mut self, call: &Call, heard: Heard<'_>, out: &mut Vec<u8>) {
        let bytes = heard.stream.bytes();
        if matches!(self, Application::Unknown) {
            *self = Application::known(bytes);
        }
        let is_read = match self {
            Application::Http(http) => return http.read(call, heard, out),
            Application::Ssl if heard.way == Way::Out && tls::is_tls(bytes) => {
                tell_greeting(call, heard.time, bytes, out)
            }
            Application::Ssh => tell_version(call, &heard, out),
            // Whoever answers says nothing that is told, and some do not say what it is at once.
            _ => true,
        };
        if is_read {
            heard.stream.close();
        }
    }

    fn known(bytes: &[u8]) -> Application {
        match bytes {
            _ if tls::is_tls(bytes) => Application::Ssl,
            _ if bytes.starts_with(b"SSH-") => Application::Ssh,
            _ if Http::is_http(bytes) => Application::Http(Http::default()),
            _ => Application::Unknown,
        }
    }

    /// Reads a datagram.
    pub(super) fn datagram(&mut self, call: &Call, time: i64, payload: &[u8], out: &mut Vec<u8>) {
        if !NAME_SERVERS.contains(&call.called.port()) {
            return;
        }
        let Some(message) = dns::message(payload) else { return };
        if matches!(self, Application::Unknown) {
            *self = Application::Dns { questions: Vec::new() };
        }
        let Application::Dns { questions } = self else { return };
        if message.is_answer {
            let is_of = |(_, question): &(i64, dns::Message)| question.id == message.id;
            let asked = questions.iter().position(is_of).map(|at| questions.remove(at).0);
            tell_query(call, asked.unwrap_or(time), &message, out);
            return;
        }
        if questions.len() >= QUESTIONS_MAX {
            let (asked, question) = questions.remove(0);
            tell_query(call, asked, &question, out);
        }
        questions.push((time, message));
    }

    /// Tells what nobody answered.
    pub(super) fn finish(&mut self, call: &Call, out: &mut Vec<u8>) {
        match self {
            Application::Dns { questions } => {
                for (asked, question) in questions.drain(..) {
                    tell_query(call, asked, &question, out);
                }
            }
            Application::Http(http) => http.finish(call, out),
            _ => {}
        }
    }
}

/// Tells a greeting of TLS; false where it has not come whole.
fn tell_greeting(call: &Call, time: i64, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    if !tls::is_whole(bytes) {
        return false;
    }
    if let Some(hello) = tls::hello(bytes) {
        Object::write(out, |o| {
            call.write("ssl", time, o);
            o.text("version", tls::version_name(hello.version));
            o.text("server_name", &hello.server_name);
        });
        out.push(b'\n');
    }
    true
}

/// Tells what a server of SSH calls itself; false where that has not come whole.
fn tell_version(call: &Call, heard: &Heard<'_>, out: &mut Vec<u8>) -> bool {
    let mut lines = heard.stream.bytes().split_inclusive(|byte| *byte == b'\n');
    let Some(version) = lines.next().filter(|line| line.ends_with(b"\n")) else { return false };
    if heard.way == Way::In {
        Object::write(out, |o| {
            call.write("ssh", heard.time, o);
            o.text("server", String::from_utf8_lossy(version).trim_ascii());
        });
        out.push(b'\n');
    }
    true
}

fn tell_query(call: &Call, asked: i64, message: &dns::Message, out: &mut Vec<u8>) {
    Object::write(out, |o| {
        call.write("dns", asked, o);
        o.text("proto", "udp");
        o.number("trans_id", message.id);
        o.text("query", &message.name);
        o.text("qtype_name", &dns::kind_name(message.kind));
        if message.is_answer {
            o.text("rcode_name", dns::outcome_name(message.outcome));
        }
        if !message.answers.is_empty() {
            o.list("answers", message.answers.iter().map(String::as_str));
        }
    });
    out.push(b'\n');
}
