//! The open windows of every entity, closed together when the watermark passes their end.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use tocsin_event::{EntityKind, EventRef, Field, Time};

use crate::config::Config;
use crate::key::{self, Key, KeyHasher};
use crate::keyed::Keyed;
use crate::window::{self, EntityWindow};

type Open = HashMap<Key, EntityWindow, foldhash::fast::FixedState>;

/// Windows still open, by their start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Windows {
    open: BTreeMap<i64, Open>,
    /// Entities and pairs of account and source that were seen before.
    known: Keyed<()>,
    entities: u64,
    /// Events that came after their window had closed.
    pub(crate) late: u64,
    closed_before: Time,
}

impl Windows {
    pub(crate) fn new(config: &Config) -> Self {
        Windows {
            open: BTreeMap::new(),
            known: Keyed::new(config.known_max),
            entities: 0,
            late: 0,
            closed_before: Time(i64::MIN),
        }
    }

    /// Counts an event in the windows of its entities.
    pub(crate) fn step(&mut self, event: &EventRef<'_>, time: Time, config: &Config) {
        if !window::concerns(event) {
            return;
        }
        let start = time.window_start(config.window);
        if start < self.closed_before {
            self.late += 1;
            return;
        }
        let new_pair = self.new_pair(event);
        let open = self.open.entry(start.0).or_default();
        let (known, entities) = (&mut self.known, &mut self.entities);
        let mut add = |kind, key, id: &dyn Fn() -> String| {
            let window = open.entry(key).or_insert_with(|| {
                known.touch(key, || *entities += 1);
                EntityWindow::new(kind, &id(), event, time)
            });
            window.add(event, time);
            window.new_pairs += u32::from(new_pair);
        };
        if let Some(peer) = event.source_name() {
            let mut hasher = KeyHasher::new();
            hasher.number(EntityKind::Ip as i64);
            hasher.peer(peer);
            add(EntityKind::Ip, hasher.finish(), &|| peer.to_string());
        }
        let user = event.user();
        if !user.is_empty() {
            add(EntityKind::User, key::entity(EntityKind::User, user), &|| user.to_owned());
        }
        let session = event.attribute(Field::SessionUid);
        if !session.is_empty() {
            let key = key::entity(EntityKind::Session, session);
            add(EntityKind::Session, key, &|| session.to_owned());
        }
    }

    /// Whether this account signs in from this source for the first time.
    fn new_pair(&mut self, event: &EventRef<'_>) -> bool {
        let user = event.user();
        let (Some(peer), false) = (event.source_name(), user.is_empty()) else { return false };
        if event.status != tocsin_event::Status::Success {
            return false;
        }
        let mut hasher = KeyHasher::new();
        hasher.text(user);
        hasher.peer(peer);
        let mut new = false;
        self.known.touch(hasher.finish(), || new = true);
        new
    }

    /// Closes the windows that end before `watermark`, oldest first, entities by key: the same
    /// order on every run.
    pub(crate) fn close(&mut self, watermark: Time, config: &Config) -> Vec<EntityWindow> {
        let mut closed = Vec::new();
        while let Some(entry) = self.open.first_entry() {
            let end = Time(*entry.key()) + config.window;
            if end > watermark {
                break;
            }
            self.closed_before = self.closed_before.max(end);
            let mut windows: Vec<_> = entry.remove().into_iter().collect();
            windows.sort_by_key(|(key, _)| *key);
            closed.extend(windows.into_iter().map(|(_, window)| window));
        }
        closed
    }
    /// Entities that have had a window.
    pub(crate) fn entities(&self) -> u64 {
        self.entities
    }
}
