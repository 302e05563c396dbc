//! The open windows of every entity, closed together when the watermark passes their end.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use tocsin_event::{Entity, EntityKind, EventRef, Field, PeerName, Status, Time};

use crate::config::Config;
use crate::key::{self, Key};
use crate::keyed::Keyed;
use crate::window::{self, EntityWindow, Participants};

/// Windows whose memory is kept for others, 2 MB or so.
const SPARE_MAX: usize = 4096;

/// Windows still open, by their start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Windows {
    open: BTreeMap<i64, Keyed<EntityWindow>>,
    /// Entities and pairs of account and source that were seen before.
    known: Keyed<()>,
    entities: u64,
    /// Windows that made room for others before their end.
    pub(crate) evicted: u64,
    closed_before: Time,
    /// Windows done with, whose memory serves again.
    #[serde(skip)]
    spare: Vec<EntityWindow>,
}

/// Whose window an event counts in.
struct Owner<'e> {
    kind: EntityKind,
    key: Key,
    name: &'e dyn fmt::Display,
}

impl Windows {
    pub(crate) fn new(config: &Config) -> Self {
        Windows {
            open: BTreeMap::new(),
            known: Keyed::new(config.known_max),
            entities: 0,
            evicted: 0,
            closed_before: Time(i64::MIN),
            spare: Vec::new(),
        }
    }

    /// Counts an event in the windows of its entities.
    pub(crate) fn step(&mut self, event: &EventRef<'_>, time: Time, config: &Config) {
        if !window::concerns(event) {
            return;
        }
        // Too late: the engine has counted it as such.
        if time.window_start(config.window) < self.closed_before {
            return;
        }
        let who = Participants::of(event);
        let new_pair = self.new_pair(event, who);
        let mut count = |kind, key, name: &dyn fmt::Display| {
            let window = self.window(&Owner { kind, key, name }, event, time, config);
            window.add(event, time, who);
            window.new_pairs += u32::from(new_pair);
        };
        if let (Some(source), Some(peer)) = (who.source, event.source_name()) {
            count(EntityKind::Ip, source_key(source), &peer);
        }
        if let Some(user) = who.user {
            count(EntityKind::User, user, &event.user());
        }
        let session = event.attribute(Field::SessionUid);
        if !session.is_empty() {
            let key = key::entity(EntityKind::Session, session);
            count(EntityKind::Session, key, &session);
        }
    }

    /// The open window of an entity at `time`.
    fn window(
        &mut self,
        owner: &Owner<'_>,
        event: &EventRef<'_>,
        time: Time,
        config: &Config,
    ) -> &mut EntityWindow {
        let Windows { open, known, entities, evicted, spare, .. } = self;
        let start = time.window_start(config.window);
        let open = open.entry(start.0).or_insert_with(|| Keyed::new(config.windows_max));
        let begin = || {
            known.touch(owner.key, || *entities += 1, drop);
            EntityWindow::begin(spare.pop(), (owner.kind, owner.name), event, time)
        };
        open.touch(owner.key, begin, |_| *evicted += 1)
    }

    /// Whether this account signs in from this source for the first time.
    fn new_pair(&mut self, event: &EventRef<'_>, who: Participants) -> bool {
        let (Some(user), Some(source)) = (who.user, who.source) else { return false };
        if event.status != Status::Success {
            return false;
        }
        let mut new = false;
        self.known.touch(key::join(user, source), || new = true, drop);
        new
    }

    /// Closes the windows that end before `watermark`: oldest first, entities in the order in
    /// which they were first seen.
    pub(crate) fn close(&mut self, watermark: Time, config: &Config) -> Vec<EntityWindow> {
        let mut closed = Vec::new();
        while let Some(entry) = self.open.first_entry() {
            let end = Time(*entry.key()) + config.window;
            if end > watermark {
                break;
            }
            self.closed_before = self.closed_before.max(end);
            closed.extend(entry.remove().into_states());
        }
        closed
    }

    /// Takes events of any time again, once every window is closed.
    pub(crate) fn open_anew(&mut self) {
        self.closed_before = Time(i64::MIN);
    }

    /// Takes back windows that are done with.
    pub(crate) fn recycle(&mut self, mut done: Vec<EntityWindow>) {
        done.truncate(SPARE_MAX.saturating_sub(self.spare.len()));
        self.spare.append(&mut done);
    }

    /// Entities that have had a window, or are among the `accused`.
    pub(crate) fn entities<'a>(&mut self, accused: impl Iterator<Item = &'a Entity>) -> u64 {
        let Windows { known, entities, .. } = self;
        accused.for_each(|entity| *known.touch(key_of(entity), || *entities += 1, drop));
        *entities
    }
}

/// The key under which an entity has its windows.
fn key_of(entity: &Entity) -> Key {
    let peer = match entity.kind {
        EntityKind::Ip => entity.id.parse().ok().map(PeerName::Ip),
        EntityKind::Host => Some(PeerName::Hostname(&entity.id)),
        _ => None,
    };
    match peer {
        Some(peer) => source_key(key::peer(peer)),
        None => key::entity(entity.kind, &entity.id),
    }
}

fn source_key(peer: Key) -> Key {
    key::join(EntityKind::Ip as Key, peer)
}
