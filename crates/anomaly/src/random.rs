//! The one source of randomness: xoshiro256++ (Blackman and Vigna 2019) seeded through SplitMix64,
//! with our own mapping to integers and reals, so that no crate's update changes a fitted model.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// A seeded generator whose state can be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A whole number below `bound`; 0 when the bound is 0. The bias is at most `bound` / 2^64;
    /// in return it takes one draw, and no stored state, however corrupt, can make it loop.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A real number in [0, 1), a multiple of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(42);
        let drawn: Vec<u64> = (0..3).map(|_| random.0.next_u64()).collect();
        // From an independent implementation of the two papers' reference code.
        let published = [15021278609987233951, 5881210131331364753, 18149643915985481100];
        assert_eq!(drawn, published);
    }
}
