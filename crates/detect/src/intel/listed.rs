//! Who lists a value: nearly always one source, at times several, which may say other things of it.

use std::hash::Hash;

use foldhash::fast::FixedState;
use hashbrown::hash_map::Entry;

use super::Indicator;

/// Sources of one value that are kept beside the first.
const SOURCES_MAX: u32 = 32;

/// A value that one source lists, or several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    indicator: Indicator,
    /// How many other sources list it, the last of which stands here in [`Others`].
    others: u32,
    last: u32,
}

/// Further sources of values.
#[derive(Clone, Debug, Default)]
pub(super) struct Others(Vec<Listed>);

impl Others {
    /// Adds a source to what may be listed already.
    pub(super) fn add<K>(&mut self, entry: Entry<'_, K, Listed, FixedState>, indicator: Indicator)
    where
        K: Hash,
    {
        match entry {
            Entry::Vacant(vacant) => {
                vacant.insert(Listed { indicator, others: 0, last: 0 });
            }
            Entry::Occupied(mut occupied) => {
                let before = *occupied.get();
                let is_known = self.of(before).any(|known| known == indicator);
                if !is_known && before.others < SOURCES_MAX {
                    let last = self.0.len() as u32;
                    self.0.push(before);
                    *occupied.get_mut() = Listed { indicator, others: before.others + 1, last };
                }
            }
        }
    }

    /// All that list a value, the last one first.
    pub(super) fn of(&self, listed: Listed) -> impl Iterator<Item = Indicator> {
        let before = |listed: &Listed| {
            if listed.others == 0 { None } else { self.0.get(listed.last as usize).copied() }
        };
        std::iter::successors(Some(listed), before).map(|listed| listed.indicator)
    }
}
