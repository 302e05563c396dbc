//! Tumbling windows: what one entity did in five minutes, and the features that say so.
//!
//! One attempt is often told by several voices (PAM and sshd, `Invalid user` and then
//! `Failed password`); each voice is counted for itself and the loudest one is believed.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use tocsin_event::{Activity, Class, EntityKind, EventRef, Evidence, Field, Status, Time};

use crate::emission::quote;
use crate::key::{self, Key};
use crate::tally::Tally;

/// The features of a window, in order, with their units.
pub const FEATURES: [(&str, &str); 14] = [
    ("attempts", "logins"),
    ("failures", "logins"),
    ("failure_ratio", "share of attempts"),
    ("successes", "logins"),
    ("distinct_users", "accounts"),
    ("distinct_sources", "addresses"),
    ("invalid_user_ratio", "share of failures"),
    ("root_attempts", "logins"),
    ("interarrival_mean", "seconds"),
    ("interarrival_cv", "ratio"),
    ("sudo_count", "commands"),
    ("off_hours", "share of the class's events"),
    ("new_pair", "pairs"),
    ("username_entropy", "bits"),
];

/// A window with at least so many events is scored; one with fewer only for a novelty.
pub(crate) const EVENTS_MIN: u32 = 3;

/// What one entity did in one window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EntityWindow {
    pub(crate) kind: EntityKind,
    pub(crate) id: String,
    pub(crate) first: Time,
    /// The record that shows it: the first one.
    pub(crate) evidence: Evidence,
    pub(crate) events: u32,
    pub(crate) new_pairs: u32,
    pub(crate) last: Time,
    voices: Voices,
    root_attempts: u32,
    sudo: u32,
    users: Tally,
    sources: Tally,
    gaps: Gaps,
}

/// Who takes part in an event, as keys made once for all its windows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Participants {
    pub(crate) user: Option<Key>,
    pub(crate) source: Option<Key>,
}

impl Participants {
    pub(crate) fn of(event: &EventRef<'_>) -> Self {
        let user = Some(event.user()).filter(|user| !user.is_empty());
        Participants {
            user: user.map(|user| key::entity(EntityKind::User, user)),
            source: event.source_name().map(key::peer),
        }
    }
}

/// Logins as each voice counts them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Voices {
    pam_failed: u32,
    wrong_credentials: u32,
    invalid_user: u32,
    pam_success: u32,
    success: u32,
}

impl Voices {
    fn add(&mut self, event: &EventRef<'_>) {
        let pam = event.provider == "pam";
        let counter = match event.status {
            Status::Success if pam => &mut self.pam_success,
            Status::Success => &mut self.success,
            Status::Failure if event.attribute(Field::StatusDetail) == "invalid user" => {
                &mut self.invalid_user
            }
            Status::Failure if pam => &mut self.pam_failed,
            Status::Failure => &mut self.wrong_credentials,
            Status::Unknown => return,
        };
        *counter = counter.saturating_add(event.count);
    }

    fn failures(&self) -> u32 {
        self.pam_failed.max(self.wrong_credentials).max(self.invalid_user)
    }

    fn successes(&self) -> u32 {
        self.pam_success.max(self.success)
    }
}

/// Times between events, as running moments (Welford 1962).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Gaps {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Gaps {
    fn add(&mut self, secs: f64) {
        self.count += 1.0;
        let from_mean = secs - self.mean;
        self.mean += from_mean / self.count;
        self.squares += from_mean * (secs - self.mean);
    }

    /// Standard deviation over mean; 0 where there is no spread to speak of.
    fn variation(&self) -> f64 {
        if self.count < 2.0 || self.mean <= 0.0 {
            return 0.0;
        }
        (self.squares / (self.count - 1.0)).max(0.0).sqrt() / self.mean
    }
}

/// Whether an event counts in windows at all.
pub(crate) fn concerns(event: &EventRef<'_>) -> bool {
    match event.class {
        Class::Authentication => event.activity == Activity::LOGON,
        Class::Process => event.provider == "sudo",
        _ => false,
    }
}

impl EntityWindow {
    /// An empty window that begins with `event`, in the memory of one that is done with.
    pub(crate) fn begin(
        spare: Option<EntityWindow>,
        (kind, name): (EntityKind, &dyn fmt::Display),
        event: &EventRef<'_>,
        time: Time,
    ) -> Self {
        let memory = spare.map(|old| (old.id, old.evidence, old.users, old.sources));
        let (mut id, mut evidence, mut users, mut sources) = memory.unwrap_or_default();
        id.clear();
        // Writing to a String cannot fail.
        let _ = write!(id, "{name}");
        evidence.source.clone_from(event.source());
        evidence.record = event.record;
        evidence.text.clear();
        quote(event, &mut evidence.text);
        users.clear();
        sources.clear();
        EntityWindow {
            kind,
            id,
            first: time,
            evidence,
            events: 0,
            new_pairs: 0,
            last: time,
            voices: Voices::default(),
            root_attempts: 0,
            sudo: 0,
            users,
            sources,
            gaps: Gaps::default(),
        }
    }

    pub(crate) fn add(&mut self, event: &EventRef<'_>, time: Time, who: Participants) {
        if self.events > 0 {
            self.gaps.add((time - self.last).as_secs_f64().max(0.0));
        }
        self.events = self.events.saturating_add(event.count);
        self.last = self.last.max(time);
        if event.class == Class::Process {
            self.sudo = self.sudo.saturating_add(event.count);
        } else {
            self.login(event, who);
        }
    }

    fn login(&mut self, event: &EventRef<'_>, who: Participants) {
        self.voices.add(event);
        if event.user() == "root" {
            self.root_attempts = self.root_attempts.saturating_add(event.count);
        }
        if let Some(user) = who.user {
            self.users.add(user, event.count);
        }
        if let Some(source) = who.source {
            self.sources.add(source, event.count);
        }
    }

    /// The features, in the order of [`FEATURES`]; `off_hours` is how unusual the hour is for
    /// the class, known only to the caller.
    pub(crate) fn features(&self, off_hours: f64) -> [f64; FEATURES.len()] {
        let failures = f64::from(self.voices.failures());
        let successes = f64::from(self.voices.successes());
        let attempts = failures + successes;
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        [
            attempts,
            failures,
            share(failures, attempts),
            successes,
            self.users.distinct() as f64,
            self.sources.distinct() as f64,
            share(f64::from(self.voices.invalid_user), failures),
            f64::from(self.root_attempts),
            self.gaps.mean,
            self.gaps.variation(),
            f64::from(self.sudo),
            off_hours,
            f64::from(self.new_pairs),
            self.users.entropy(),
        ]
    }
}
