//! Counts of distinct values under a cap: exact up to it, all further values lumped together.

use serde::{Deserialize, Serialize};

use crate::key::Key;

/// Distinct values counted one by one.
const VALUES_MAX: usize = 64;

/// How often each of a few values was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    counts: Vec<(u32, u32)>,
    others: u32,
}

impl Tally {
    pub(crate) fn add(&mut self, value: Key, times: u32) {
        let value = (value ^ (value >> 32)) as u32;
        if let Some((_, count)) = self.counts.iter_mut().find(|(known, _)| *known == value) {
            *count = count.saturating_add(times);
        } else if self.counts.len() < VALUES_MAX {
            self.counts.push((value, times));
        } else {
            self.others = self.others.saturating_add(times);
        }
    }

    /// Forgets all values, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.counts.clear();
        self.others = 0;
    }

    /// Distinct values; beyond the cap, the cap plus one.
    pub(crate) fn distinct(&self) -> usize {
        self.counts.len() + usize::from(self.others > 0)
    }

    /// Shannon entropy of the values' frequencies, in bits.
    pub(crate) fn entropy(&self) -> f64 {
        let counts = self.counts.iter().map(|(_, count)| *count).chain([self.others]);
        let counts: Vec<f64> = counts.filter(|count| *count > 0).map(f64::from).collect();
        let total: f64 = counts.iter().sum();
        let bits = |count: &f64| count / total * (total / count).log2();
        counts.iter().map(bits).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_frequencies() {
        let mut tally = Tally::default();
        assert_eq!(tally.entropy(), 0.0);
        (0..4).for_each(|value| tally.add(value, 3));
        assert_eq!((tally.distinct(), tally.entropy()), (4, 2.0));
    }

    #[test]
    fn values_beyond_the_cap_are_lumped() {
        let mut tally = Tally::default();
        (0..1000).for_each(|value| tally.add(value, 1));
        assert_eq!(tally.distinct(), VALUES_MAX + 1);
    }
}
