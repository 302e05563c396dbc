//! One thing that happened, in OCSF terms. Text fields are spans, so an event is small, plain and
//! copied freely; its words live in the [`Batch`](crate::Batch) it came in.

use std::fmt;
use std::net::IpAddr;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Span, Time};

/// OCSF event class. `Base` is an event that was read but says nothing more specific.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Class {
    /// 0: understood as a record of some service, nothing more.
    #[default]
    Base,
    /// 1001: something was done to a file.
    File,
    /// 1007: a process was started, ended or acted.
    Process,
    /// 3001: an account was created, changed or removed.
    AccountChange,
    /// 3002: someone signed in, tried to, or signed out.
    Authentication,
    /// 4001: a connection was opened, closed or refused.
    Network,
    /// 4002: a web request.
    Http,
    /// 4003: a name was looked up.
    Dns,
    /// 6003: an API was called.
    Api,
}

impl Class {
    /// Every class.
    pub const ALL: [Class; 9] = [
        Class::Base,
        Class::File,
        Class::Process,
        Class::AccountChange,
        Class::Authentication,
        Class::Network,
        Class::Http,
        Class::Dns,
        Class::Api,
    ];

    /// OCSF `class_uid`.
    #[must_use]
    pub fn uid(self) -> u32 {
        match self {
            Class::Base => 0,
            Class::File => 1001,
            Class::Process => 1007,
            Class::AccountChange => 3001,
            Class::Authentication => 3002,
            Class::Network => 4001,
            Class::Http => 4002,
            Class::Dns => 4003,
            Class::Api => 6003,
        }
    }

    /// The OCSF name of the class, under which rules find its events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Base => "base_event",
            Class::File => "file_activity",
            Class::Process => "process_activity",
            Class::AccountChange => "account_change",
            Class::Authentication => "authentication",
            Class::Network => "network_activity",
            Class::Http => "http_activity",
            Class::Dns => "dns_activity",
            Class::Api => "api_activity",
        }
    }

    /// OCSF `category_uid`.
    #[must_use]
    pub fn category_uid(self) -> u32 {
        self.uid() / 1000
    }
}

/// OCSF `activity_id`, meaningful within its class: see the constants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Activity(pub u8);

impl Activity {
    /// The record does not say.
    pub const UNKNOWN: Activity = Activity(0);
    /// None of the activities OCSF names.
    pub const OTHER: Activity = Activity(99);
    /// Authentication: someone signs in or tries to.
    pub const LOGON: Activity = Activity(1);
    /// Authentication: someone signs out.
    pub const LOGOFF: Activity = Activity(2);
    /// Authentication: something was found out before it was decided.
    pub const PREAUTH: Activity = Activity(6);
    /// Network: a connection is opened.
    pub const OPEN: Activity = Activity(1);
    /// Network: a connection is closed.
    pub const CLOSE: Activity = Activity(2);
    /// Network: a connection is reset.
    pub const RESET: Activity = Activity(3);
    /// Network: a connection fails.
    pub const FAIL: Activity = Activity(4);
    /// Network: a connection is refused or blocked.
    pub const REFUSE: Activity = Activity(5);
    /// Network, Process, File: traffic passes; any other doing.
    pub const TRAFFIC: Activity = Activity(6);
    /// Process: it starts.
    pub const LAUNCH: Activity = Activity(1);
    /// Process: it ends.
    pub const TERMINATE: Activity = Activity(2);
    /// Account change: created.
    pub const CREATE: Activity = Activity(1);
    /// Account change: password changed.
    pub const PASSWORD_CHANGE: Activity = Activity(3);
    /// Account change: disabled.
    pub const DISABLE: Activity = Activity(5);
    /// Account change: removed.
    pub const DELETE: Activity = Activity(6);
    /// Account change: a policy or group attached.
    pub const ATTACH_POLICY: Activity = Activity(7);
    /// Account change: locked.
    pub const LOCK: Activity = Activity(9);
    /// DNS: a question.
    pub const QUERY: Activity = Activity(1);
}

/// OCSF `status_id`: what the service itself says of the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// It does not say.
    #[default]
    Unknown,
    /// It went through.
    Success,
    /// Refused, failed or hostile.
    Failure,
}

impl Status {
    /// OCSF `status_id`.
    #[must_use]
    pub fn id(self) -> u8 {
        self as u8
    }
}

/// How grave something is: OCSF's severities, and those of alerts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth recording.
    #[default]
    Info,
    /// Worth a look when there is time.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth waking someone.
    High,
    /// Worth waking everyone.
    Critical,
}

impl Severity {
    /// From the least to the gravest.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// OCSF `severity_id`.
    #[must_use]
    pub fn id(self) -> u8 {
        self as u8 + 1
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity: use info, low, medium, high or critical")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Severity::ALL.into_iter().find(|s| s.name().eq_ignore_ascii_case(text));
        known.ok_or_else(|| UnknownSeverity(text.to_owned()))
    }
}

/// What Sigma calls the log source: where rules look for a record like this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSource {
    /// Such as `linux`.
    pub product: &'static str,
    /// Such as `webserver` or `process_creation`.
    pub category: &'static str,
    /// Such as `sshd` or `auditd`.
    pub service: &'static str,
}

impl LogSource {
    /// Of a record that no rule looks for.
    pub const NONE: &'static LogSource = &LogSource { product: "", category: "", service: "" };
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Its address, where the record gives one.
    pub ip: Option<IpAddr>,
    /// Its port, 0 when not said.
    pub port: u16,
    /// Its name, where the record gives a name rather than, or beside, an address.
    pub hostname: Span,
}

impl Peer {
    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ip.is_none() && self.hostname.is_empty()
    }
}

/// One thing that happened. Read its text through [`EventRef`](crate::EventRef).
#[derive(Clone, Debug)]
pub struct Event {
    /// When, by the record's own clock.
    pub time: Time,
    /// What sort of thing.
    pub class: Class,
    /// What was done, within the class.
    pub activity: Activity,
    /// How it went.
    pub status: Status,
    /// How grave the service itself says it is.
    pub severity: Severity,
    /// The parser that read it, such as `sshd`.
    pub provider: &'static str,
    /// Where Sigma rules look for it.
    pub logsource: &'static LogSource,
    /// Number of its record in the source, from 1.
    pub record: u64,
    /// How many times it happened (`message repeated N times`).
    pub count: u32,
    /// The record as read.
    pub raw: Span,
    /// Who it came from.
    pub src: Peer,
    /// Where it went.
    pub dst: Peer,
    /// The machine that wrote the record.
    pub host: Span,
    /// The program that wrote the record.
    pub program: Span,
    /// Its process id, 0 when not said.
    pub pid: u32,
    /// The account it is about.
    pub user: Span,
    /// The account that acted, where that is another one (sudo, su, useradd).
    pub actor: Span,
    /// The message, without the transport's header.
    pub message: Span,
    /// Its further OCSF attributes, in the batch's list.
    pub(crate) attributes: Range<u32>,
    /// The record's own named fields, in the batch's list.
    pub(crate) native: Range<u32>,
}

impl Default for Event {
    fn default() -> Self {
        Event {
            time: Time::UNKNOWN,
            class: Class::Base,
            activity: Activity::UNKNOWN,
            status: Status::Unknown,
            severity: Severity::Info,
            provider: "",
            logsource: LogSource::NONE,
            record: 0,
            count: 1,
            raw: Span::NONE,
            src: Peer::default(),
            dst: Peer::default(),
            host: Span::NONE,
            program: Span::NONE,
            pid: 0,
            user: Span::NONE,
            actor: Span::NONE,
            message: Span::NONE,
            attributes: 0..0,
            native: 0..0,
        }
    }
}
