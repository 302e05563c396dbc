//! A bounded uniform sample of a stream of unknown length: Vitter's algorithm R (1985), seeded.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::random::Random;

/// A sample of at most `capacity` of the items offered so far, each equally likely to be in it. It
/// can be stored and goes on afterwards as if it had not been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reservoir<T> {
    capacity: NonZeroUsize,
    seen: u64,
    random: Random,
    items: Vec<T>,
}

impl<T> Reservoir<T> {
    /// An empty reservoir; the same seed and items give the same sample.
    pub fn new(capacity: NonZeroUsize, seed: u64) -> Self {
        Self { capacity, seen: 0, random: Random::new(seed), items: Vec::new() }
    }

    /// Takes the item, or drops it or another that was held. An item that is dropped is never made.
    pub fn offer(&mut self, item: impl FnOnce() -> T) {
        self.seen = self.seen.saturating_add(1);
        if self.items.len() < self.capacity.get() {
            return self.items.push(item());
        }
        let slot = usize::try_from(self.random.below(self.seen)).unwrap_or(usize::MAX);
        if let Some(held) = self.items.get_mut(slot) {
            *held = item();
        }
    }

    /// The sample, in no meaningful order.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// How many items were offered.
    pub fn seen(&self) -> u64 {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(capacity: usize, seed: u64, offered: u32) -> Reservoir<u32> {
        let mut reservoir = Reservoir::new(NonZeroUsize::new(capacity).unwrap(), seed);
        (0..offered).for_each(|item| reservoir.offer(|| item));
        reservoir
    }

    #[test]
    fn a_short_stream_is_kept_whole() {
        assert_eq!(filled(10, 1, 4).items(), [0, 1, 2, 3]);
    }

    #[test]
    fn every_item_is_equally_likely_to_be_kept() {
        let mut kept = [0_u32; 50];
        for seed in 0..20_000 {
            filled(5, seed, 50).items().iter().for_each(|&item| kept[item as usize] += 1);
        }
        // Binomial(20,000, 0.1): mean 2,000, standard deviation 42; five of them for 50 items.
        assert!(kept.iter().all(|count| count.abs_diff(2000) < 212), "{kept:?}");
    }

    #[test]
    fn a_stored_reservoir_goes_on_unchanged() {
        let mut whole = filled(8, 3, 1000);
        let stored = postcard::to_stdvec(&whole).unwrap();
        let mut loaded: Reservoir<u32> = postcard::from_bytes(&stored).unwrap();
        for item in 0..1000 {
            whole.offer(|| item);
            loaded.offer(|| item);
        }
        assert_eq!(whole, loaded);
    }
}
