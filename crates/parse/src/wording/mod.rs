//! How a service words what happened: a template with captures, and what it means.
//!
//! `Failed {method} for invalid user {user} from {src} port {sport}` is matched from the start of
//! a message; what follows the template is left over. Names of accounts are the attacker's to
//! choose, so `{user}` reaches as far as it can: of several ` from ` the last one that fits counts.

mod index;
mod tree;

use std::net::{IpAddr, Ipv4Addr};

use tocsin_event::{Activity, Class, Field, Peer, Severity, Status, Writer};

use crate::address;
use tree::{Captures, Taken, Ways};

/// What a wording means, in OCSF terms.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// What sort of thing happened.
    pub class: Class,
    /// What was done.
    pub activity: Activity,
    /// How it went.
    pub status: Status,
    /// How grave the service says it is.
    pub severity: Severity,
    /// Why, as `status_detail`: a fixed vocabulary that rules rely on.
    pub detail: &'static str,
}

impl Meaning {
    /// Someone tried to sign in and was refused.
    pub const LOGIN_FAILED: Meaning =
        Meaning::new(Class::Authentication, Activity::LOGON, Status::Failure);
    /// Someone tries to sign in to an account that does not exist; the refusal is told apart.
    pub const NO_SUCH_USER: Meaning =
        Meaning::new(Class::Authentication, Activity::PREAUTH, Status::Failure)
            .because("invalid user");
    /// Someone signed in.
    pub const LOGIN: Meaning =
        Meaning::new(Class::Authentication, Activity::LOGON, Status::Success);
    /// Someone signed out.
    pub const LOGOUT: Meaning =
        Meaning::new(Class::Authentication, Activity::LOGOFF, Status::Success);
    /// A connection was opened.
    pub const CONNECTED: Meaning = Meaning::new(Class::Network, Activity::OPEN, Status::Unknown);
    /// A connection was closed.
    pub const CLOSED: Meaning = Meaning::new(Class::Network, Activity::CLOSE, Status::Unknown);
    /// A connection was refused, or broken off as a hostile one is.
    pub const REFUSED: Meaning = Meaning::new(Class::Network, Activity::REFUSE, Status::Failure);
    /// A command was run.
    pub const RAN: Meaning = Meaning::new(Class::Process, Activity::LAUNCH, Status::Success);
    /// A command was refused.
    pub const RUN_REFUSED: Meaning =
        Meaning::new(Class::Process, Activity::LAUNCH, Status::Failure);
    /// An account or group was made.
    pub const ACCOUNT_CREATED: Meaning =
        Meaning::new(Class::AccountChange, Activity::CREATE, Status::Success);
    /// An account or group was removed.
    pub const ACCOUNT_DELETED: Meaning =
        Meaning::new(Class::AccountChange, Activity::DELETE, Status::Success);
    /// An account was changed in another way.
    pub const ACCOUNT_CHANGED: Meaning =
        Meaning::new(Class::AccountChange, Activity::OTHER, Status::Success);
    /// An account joined a group.
    pub const GROUP_JOINED: Meaning =
        Meaning::new(Class::AccountChange, Activity::ATTACH_POLICY, Status::Success);
    /// A password was changed.
    pub const PASSWORD_CHANGED: Meaning =
        Meaning::new(Class::AccountChange, Activity::PASSWORD_CHANGE, Status::Success);
    /// Understood, and nothing to say about it.
    pub const NOTED: Meaning = Meaning::new(Class::Base, Activity::UNKNOWN, Status::Unknown);
    /// Understood, and the service reports a failure that is no login and no connection.
    pub const FAILED: Meaning = Meaning::new(Class::Base, Activity::UNKNOWN, Status::Failure);

    /// A meaning without detail.
    #[must_use]
    pub const fn new(class: Class, activity: Activity, status: Status) -> Self {
        Meaning { class, activity, status, severity: Severity::Info, detail: "" }
    }

    /// The same, with the reason given as `status_detail`.
    #[must_use]
    pub const fn because(self, detail: &'static str) -> Self {
        Meaning { detail, ..self }
    }

    /// The same, as grave as the service says.
    #[must_use]
    pub const fn severe(self, severity: Severity) -> Self {
        Meaning { severity, ..self }
    }

    /// Writes the meaning into the event.
    pub fn apply(&self, out: &mut Writer<'_>) {
        out.event.class = self.class;
        out.event.activity = self.activity;
        out.event.status = self.status;
        out.event.severity = self.severity;
        out.set_constant(Field::StatusDetail, self.detail);
    }
}

/// A template and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// Literal text with captures in braces: `{src}`, `{sport}`, `{dst}`, `{dport}`, `{user}`,
    /// `{actor}`, `{count}`, the attributes named in this module, `{w}` for a word, `{_}` for any
    /// text up to what first follows and `{text}` for text that the peer chose, up to where what
    /// follows comes last.
    pub template: &'static str,
    /// What it means.
    pub meaning: Meaning,
}

/// A wording in a service's table.
#[must_use]
pub const fn says(template: &'static str, meaning: Meaning) -> Wording {
    Wording { template, meaning }
}

/// Captures that set an attribute, by their name in templates.
const ATTRIBUTES: &[(&str, Field)] = &[
    ("method", Field::AuthProtocol),
    ("service", Field::ServiceName),
    ("group", Field::Group),
    ("uid", Field::UserUid),
    ("domain", Field::UserDomain),
    ("tty", Field::SessionTerminal),
    ("session", Field::SessionUid),
    ("cmd", Field::ProcessCmdLine),
    ("cwd", Field::ProcessCwd),
    ("file", Field::FilePath),
    ("url", Field::UrlPath),
    ("verb", Field::HttpMethod),
    ("status", Field::HttpStatus),
    ("agent", Field::UserAgent),
    ("query", Field::DnsQuery),
    ("qtype", Field::DnsType),
    ("from", Field::EmailFrom),
    ("to", Field::EmailTo),
    ("rule", Field::FirewallRule),
    ("protocol", Field::Protocol),
    ("code", Field::EventCode),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Skip,
    Text,
    Word,
    Source,
    SourcePort,
    Target,
    TargetPort,
    User,
    Actor,
    Count,
    Attribute(Field),
}

impl Slot {
    fn named(name: &str) -> Option<Slot> {
        Some(match name {
            "_" => Slot::Skip,
            "text" => Slot::Text,
            "w" => Slot::Word,
            "src" => Slot::Source,
            "sport" => Slot::SourcePort,
            "dst" => Slot::Target,
            "dport" => Slot::TargetPort,
            "user" => Slot::User,
            "actor" => Slot::Actor,
            "count" => Slot::Count,
            _ => Slot::Attribute(ATTRIBUTES.iter().find(|(n, _)| *n == name)?.1),
        })
    }
}

/// The wordings of one service, tried in their order.
#[derive(Debug, Default)]
pub struct Wordings {
    roots: Ways,
}

/// A template that cannot be compiled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("template `{template}`: {problem}")]
pub struct BadTemplate {
    template: &'static str,
    problem: &'static str,
}

impl Wordings {
    /// Compiles a table.
    ///
    /// # Errors
    /// Names the template with an unknown capture or unbalanced brace.
    pub fn compile(table: &[Wording]) -> Result<Self, BadTemplate> {
        let mut roots = Ways::default();
        for wording in table {
            roots.add(wording)?;
        }
        roots.settle();
        Ok(Wordings { roots })
    }

    /// Reads a message: the first wording that fits is written into the event.
    pub fn read(&self, message: &str, out: &mut Writer<'_>) -> bool {
        let likely = self.roots.likely(message);
        // An empty message says nothing, whatever `{_}` takes.
        !likely.is_empty() && !message.is_empty() && self.read_likely(likely, message, out)
    }

    /// Apart, so that looking whether anything is likely stays cheap.
    #[inline(never)]
    fn read_likely(&self, likely: &[u16], message: &str, out: &mut Writer<'_>) -> bool {
        let mut captures = Captures::new();
        let Some(meaning) = self.roots.fit(likely, message, &mut captures) else { return false };
        meaning.apply(out);
        for (slot, taken) in captures.iter() {
            match taken {
                Taken::Text(text) => fill(slot, text, out),
                Taken::Ipv4(ip) => fill_ip(slot, ip, out),
            }
        }
        true
    }
}

fn fill(slot: Slot, text: &str, out: &mut Writer<'_>) {
    match slot {
        Slot::Skip | Slot::Text | Slot::Word => {}
        Slot::Source => out.event.src = merged(out.event.src, address::peer(text, out)),
        Slot::Target => out.event.dst = merged(out.event.dst, address::peer(text, out)),
        Slot::SourcePort => out.event.src.port = port(text),
        Slot::TargetPort => out.event.dst.port = port(text),
        Slot::User => out.event.user = out.span(text.trim_ascii()),
        Slot::Actor => out.event.actor = out.span(text.trim_ascii()),
        Slot::Count => out.event.count = text.parse().unwrap_or(1).max(1),
        Slot::Attribute(field) => out.set(field, text.trim_ascii()),
    }
}

fn fill_ip(slot: Slot, ip: Ipv4Addr, out: &mut Writer<'_>) {
    let peer = if slot == Slot::Target { &mut out.event.dst } else { &mut out.event.src };
    peer.ip = Some(IpAddr::V4(ip));
}

/// The number of a port, of which only digits were captured; 0 where it is too great for one.
fn port(digits: &str) -> u16 {
    let append = |number: u32, digit: u8| {
        number.saturating_mul(10).saturating_add(u32::from(digit.wrapping_sub(b'0')))
    };
    u16::try_from(digits.bytes().fold(0, append)).unwrap_or_default()
}

/// A template may give a peer twice, by name and by address; both are kept.
fn merged(known: Peer, read: Option<Peer>) -> Peer {
    let Some(read) = read else { return known };
    Peer {
        ip: read.ip.or(known.ip),
        port: if read.port != 0 { read.port } else { known.port },
        hostname: if read.hostname.is_empty() { known.hostname } else { read.hostname },
    }
}

#[cfg(test)]
mod tests {
    use tocsin_event::Batch;

    use super::*;

    fn read(template: &'static str, message: &str) -> Option<(String, String, u16)> {
        let wordings = Wordings::compile(&[says(template, Meaning::LOGIN_FAILED)]).unwrap();
        let mut batch = Batch::new("test".into(), message.to_owned());
        let (text, mut writer) = batch.writer();
        if !wordings.read(text, &mut writer) {
            return None;
        }
        writer.commit();
        let event = batch.get(0)?;
        let source = event.source_name().map(|name| name.to_string()).unwrap_or_default();
        Some((event.user().to_owned(), source, event.src.port))
    }

    #[test]
    fn a_wording_captures_who_and_from_where() {
        let template = "Failed {method} for {user} from {src} port {sport}";
        let read = |message| read(template, message);
        let plain = ("root".to_owned(), "192.0.2.1".to_owned(), 22);
        assert_eq!(read("Failed password for root from 192.0.2.1 port 22 ssh2"), Some(plain));
        assert_eq!(read("Accepted password for root from 192.0.2.1 port 22"), None);
    }

    #[test]
    fn what_a_template_captured_that_does_not_fit_is_forgotten() {
        let templates = ["closed by {src} port {sport} [preauth]", "closed by {src}"];
        let table = templates.map(|template| says(template, Meaning::CLOSED));
        let wordings = Wordings::compile(&table).unwrap();
        let mut batch = Batch::new("test".into(), "closed by 192.0.2.1 port 22 x".to_owned());
        let (text, mut writer) = batch.writer();
        assert!(wordings.read(text, &mut writer));
        assert_eq!((writer.event.src.ip, writer.event.src.port), ("192.0.2.1".parse().ok(), 0));
    }

    #[test]
    fn a_user_name_cannot_forge_the_address() {
        let template = "Invalid user {user} from {src}";
        let (user, source, _) =
            read(template, "Invalid user x from 198.51.100.9 from 192.0.2.1").unwrap();
        assert_eq!((user.as_str(), source.as_str()), ("x from 198.51.100.9", "192.0.2.1"));
    }

    proptest::proptest! {
        #[test]
        fn any_message_is_survived(message in "(Failed| |for|from|port|[0-9é\\[\\].:]){0,40}") {
            for template in [
                "Failed {method} for {user} from {src} port {sport}",
                "{src}:{sport} {text}.{_}{w}[{count}",
                "{_} {user}",
            ] {
                read(template, &message);
            }
        }
    }

    #[test]
    fn a_bad_template_is_refused() {
        assert!(Wordings::compile(&[says("{nonsense}", Meaning::NOTED)]).is_err());
        assert!(Wordings::compile(&[says("{user", Meaning::NOTED)]).is_err());
    }
}
