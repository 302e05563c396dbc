//! State kept per key under a cap: when it is full, the least recently used keys make room. What is
//! evicted is handed on, so that nothing is lost silently.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::key::Key;

/// The share of the keys that make room together: one at a time would cost a list through all of
/// them, which every use of a key would have to mend.
const BATCH: usize = 16;

/// A bounded map from keys to states that remembers when each was last used.
#[derive(Debug, Serialize, Deserialize)]
#[serde(from = "Stored<T>")]
pub(crate) struct Keyed<T> {
    capacity: u32,
    evicted: u64,
    uses: u64,
    slots: Vec<Slot<T>>,
    /// Places in `slots`, found by their keys, which are hashes already.
    #[serde(skip_serializing)]
    index: HashTable<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Slot<T> {
    key: Key,
    /// Number of the use that was the last one.
    used: u64,
    state: T,
}

/// What is stored of a [`Keyed`].
#[derive(Deserialize)]
struct Stored<T> {
    capacity: u32,
    evicted: u64,
    uses: u64,
    slots: Vec<Slot<T>>,
}

impl<T> From<Stored<T>> for Keyed<T> {
    fn from(Stored { capacity, evicted, uses, slots }: Stored<T>) -> Self {
        // What is stored may be damaged.
        let capacity = capacity.max(1);
        let mut keyed = Keyed { capacity, evicted, uses, slots, index: HashTable::new() };
        keyed.find_anew();
        keyed
    }
}

impl<T> Keyed<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = u32::try_from(capacity).unwrap_or(u32::MAX).max(1);
        Keyed { capacity, evicted: 0, uses: 0, slots: Vec::new(), index: HashTable::new() }
    }

    /// The state of `key`, made by `fresh` when there is none; `evict` is given the states that had
    /// to make room for it.
    pub(crate) fn touch(
        &mut self,
        key: Key,
        fresh: impl FnOnce() -> T,
        evict: impl FnMut(T),
    ) -> &mut T {
        let slots = &self.slots;
        let found = self.index.find(key, |at| slots[*at as usize].key == key).copied();
        let at = found.unwrap_or_else(|| self.insert(key, fresh(), evict));
        self.uses = self.uses.saturating_add(1);
        let slot = &mut self.slots[at as usize];
        slot.used = self.uses;
        &mut slot.state
    }

    /// The state of `key`, if it has one; this is no use of it.
    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        let slots = &self.slots;
        let at = *self.index.find(key, |at| slots[*at as usize].key == key)?;
        slots.get(at as usize).map(|slot| &slot.state)
    }

    /// How many keys are kept.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many were evicted so far.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// The states, oldest key first.
    pub(crate) fn states(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().map(|slot| &slot.state)
    }

    /// The states, oldest key first, leaving none.
    pub(crate) fn into_states(self) -> impl Iterator<Item = T> {
        self.slots.into_iter().map(|slot| slot.state)
    }

    /// Forgets every key.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.index.clear();
    }

    fn insert(&mut self, key: Key, state: T, evict: impl FnMut(T)) -> u32 {
        if self.slots.len() >= self.capacity as usize {
            self.make_room(evict);
        }
        let at = self.slots.len() as u32;
        self.slots.push(Slot { key, used: 0, state });
        let slots = &self.slots;
        self.index.insert_unique(key, at, |at| slots[*at as usize].key);
        at
    }

    /// Evicts the least recently used keys.
    fn make_room(&mut self, mut evict: impl FnMut(T)) {
        let mut uses: Vec<u64> = self.slots.iter().map(|slot| slot.used).collect();
        let last = uses.len() / BATCH;
        let (_, last, _) = uses.select_nth_unstable(last);
        let last = *last;
        for slot in self.slots.extract_if(.., |slot| slot.used <= last) {
            self.evicted += 1;
            evict(slot.state);
        }
        self.find_anew();
    }

    fn find_anew(&mut self) {
        self.index.clear();
        let slots = &self.slots;
        self.index.reserve(slots.len(), |at| slots[*at as usize].key);
        for (at, slot) in (0..).zip(slots) {
            self.index.insert_unique(slot.key, at, |at| slots[*at as usize].key);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_least_recently_used_key_makes_room() {
        let mut keyed = Keyed::new(2);
        let mut evicted = Vec::new();
        keyed.touch(1, || "a", |state| evicted.push(state));
        keyed.touch(2, || "b", |state| evicted.push(state));
        keyed.touch(1, || "never made", |state| evicted.push(state));
        assert_eq!(*keyed.touch(3, || "c", |state| evicted.push(state)), "c");
        assert_eq!(evicted, ["b"]);
        assert_eq!(keyed.states().collect::<Vec<_>>(), [&"a", &"c"]);
        assert_eq!((keyed.len(), keyed.evicted()), (2, 1));
    }

    #[test]
    fn a_damaged_capacity_is_survived() {
        let mut keyed =
            Keyed::from(Stored { capacity: 0, evicted: 0, uses: u64::MAX, slots: vec![] });
        keyed.touch(1, || "a", drop);
        assert_eq!(*keyed.touch(2, || "b", drop), "b");
    }

    proptest! {
        #[test]
        fn what_is_kept_was_used_after_what_is_not(
            capacity in 1_usize..40,
            keys in prop::collection::vec(0_u64..60, 1..200),
        ) {
            let mut keyed = Keyed::new(capacity);
            let mut last_use = std::collections::BTreeMap::new();
            for (at, key) in keys.iter().enumerate() {
                let mut evicted = Vec::new();
                let state = *keyed.touch(*key, || *key, |state| evicted.push(state));
                prop_assert_eq!(state, *key);
                let newest = evicted.iter().map(|key| last_use.remove(key)).max().flatten();
                prop_assert!(last_use.values().all(|used| Some(*used) > newest));
                last_use.insert(*key, at);
                prop_assert!(keyed.len() <= capacity);
                prop_assert_eq!(keyed.len(), last_use.len());
            }
            let stored = postcard::to_stdvec(&keyed).unwrap();
            let mut loaded: Keyed<u64> = postcard::from_bytes(&stored).unwrap();
            for key in last_use.keys() {
                prop_assert_eq!(loaded.touch(*key, || 1000, |_| ()), key);
            }
        }
    }
}
