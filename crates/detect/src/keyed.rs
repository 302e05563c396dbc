//! State kept per key under a cap: when it is full, the least recently used key makes room. What is
//! evicted is handed back, so that nothing is lost silently.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::key::Key;

const NONE: u32 = u32::MAX;

type Index = HashMap<Key, u32, foldhash::fast::FixedState>;

/// A bounded map from keys to states, ordered by last use.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Keyed<T> {
    capacity: u32,
    index: Index,
    slots: Vec<Slot<T>>,
    newest: u32,
    oldest: u32,
    evicted: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Slot<T> {
    key: Key,
    newer: u32,
    older: u32,
    state: T,
}

impl<T> Keyed<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = u32::try_from(capacity).unwrap_or(NONE - 1).clamp(1, NONE - 1);
        Keyed {
            capacity,
            index: Index::default(),
            slots: Vec::new(),
            newest: NONE,
            oldest: NONE,
            evicted: 0,
        }
    }

    /// The state of `key`, made by `fresh` when there is none, and the state that had to make
    /// room for it, if one had.
    pub(crate) fn touch(&mut self, key: Key, fresh: impl FnOnce() -> T) -> (&mut T, Option<T>) {
        let mut evicted = None;
        let at = match self.index.get(&key) {
            Some(at) => {
                let at = *at;
                self.unlink(at);
                at
            }
            None => self.insert(key, fresh(), &mut evicted),
        };
        self.link_newest(at);
        (&mut self.slots[at as usize].state, evicted)
    }

    /// How many keys are kept.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// How many were evicted so far.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// The states with their keys, least recently used first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        let mut at = self.oldest;
        std::iter::from_fn(move || {
            let slot = self.slots.get(at as usize)?;
            at = slot.newer;
            Some((slot.key, &slot.state))
        })
    }

    fn insert(&mut self, key: Key, state: T, evicted: &mut Option<T>) -> u32 {
        let slot = Slot { key, newer: NONE, older: NONE, state };
        let at = if self.slots.len() < self.capacity as usize {
            self.slots.push(slot);
            self.slots.len() as u32 - 1
        } else {
            let at = self.oldest;
            self.unlink(at);
            let old = std::mem::replace(&mut self.slots[at as usize], slot);
            self.index.remove(&old.key);
            self.evicted += 1;
            *evicted = Some(old.state);
            at
        };
        self.index.insert(key, at);
        at
    }

    fn unlink(&mut self, at: u32) {
        let (newer, older) = (self.slots[at as usize].newer, self.slots[at as usize].older);
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link_newest(&mut self, at: u32) {
        let older = self.newest;
        self.slots[at as usize].newer = NONE;
        self.slots[at as usize].older = older;
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_key_makes_room() {
        let mut keyed = Keyed::new(2);
        keyed.touch(1, || "a");
        keyed.touch(2, || "b");
        keyed.touch(1, || "never made");
        let (state, evicted) = keyed.touch(3, || "c");
        assert_eq!((*state, evicted), ("c", Some("b")));
        assert_eq!(keyed.iter().map(|(key, _)| key).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((keyed.len(), keyed.evicted()), (2, 1));
    }
}
