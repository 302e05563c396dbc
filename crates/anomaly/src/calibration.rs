//! Split-conformal p-values (Vovk, Gammerman and Shafer 2005; Bates et al. 2023): how often a score
//! this high was seen on normal data that the model was not fitted on. No tail is assumed beyond it.

use serde::{Deserialize, Serialize};

use crate::DataError;
use crate::budget::MAX_ALPHA;

/// Most scores held: 8 MiB, enough for a budget of 5 a day over 1 M tests a day.
pub const MAX_CALIBRATION: usize = 1 << 20;

/// A ready calibration expects this many of its scores above the alert threshold: with fewer, the
/// rate of false alerts would depend more on the draw of the sample than on the budget.
const EXPECTED_BEYOND: f64 = 5.0;

/// Held-out scores of normal data, sorted. May be empty: then every p-value is 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Calibration {
    scores: Vec<f64>,
}

impl Calibration {
    /// A calibration from held-out scores (higher is more anomalous), in any order.
    ///
    /// # Errors
    /// [`DataError`] when a score is NaN or there are more than [`MAX_CALIBRATION`].
    pub fn new(mut scores: Vec<f64>) -> Result<Self, DataError> {
        if scores.len() > MAX_CALIBRATION {
            return Err(DataError::TooManyScores { given: scores.len(), limit: MAX_CALIBRATION });
        }
        if let Some(index) = scores.iter().position(|score| score.is_nan()) {
            return Err(DataError::NotANumber { index });
        }
        scores.sort_unstable_by(f64::total_cmp);
        Ok(Self { scores })
    }

    /// The number of scores held.
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether no score is held.
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// `(1 + held scores >= score) / (1 + held scores)`: on data exchangeable with the held-out, at
    /// most alpha of the p-values are <= alpha. 1 for NaN.
    pub fn p_value(&self, score: f64) -> f64 {
        if score.is_nan() {
            return 1.0;
        }
        let below = self.scores.partition_point(|&held| held < score);
        (1 + self.scores.len() - below) as f64 / (1 + self.scores.len()) as f64
    }

    /// The score above which p-values are at most `alpha`; infinite where none is.
    pub fn threshold(&self, alpha: f64) -> f64 {
        let p_value = |beyond: usize| beyond as f64 / (1 + self.scores.len()) as f64;
        let mut beyond = (alpha * (1 + self.scores.len()) as f64) as usize;
        // The product may be rounded across a whole number, the quotient is what decides.
        while p_value(beyond + 1) <= alpha {
            beyond += 1;
        }
        while beyond > 0 && p_value(beyond) > alpha {
            beyond -= 1;
        }
        match (1 + self.scores.len()).checked_sub(beyond) {
            _ if beyond == 0 => f64::INFINITY,
            None | Some(0) => f64::NEG_INFINITY,
            Some(below) => self.scores.get(below - 1).copied().unwrap_or(f64::INFINITY),
        }
    }

    /// Whether enough scores are held to keep the budget; until then findings are for information.
    pub fn is_ready(&self, tests_per_day: f64, budget_per_day: f64) -> bool {
        self.scores.len() >= Self::needed(tests_per_day, budget_per_day)
    }

    /// Scores needed: five times the tests a day for each alert a day of the budget, and never
    /// fewer than [`MAX_ALPHA`] allows to judge. `usize::MAX` when no sample would do.
    pub fn needed(tests_per_day: f64, budget_per_day: f64) -> usize {
        let alpha = budget_per_day / tests_per_day;
        if alpha > 0.0 {
            (EXPECTED_BEYOND / alpha.min(MAX_ALPHA)).ceil() as usize
        } else {
            usize::MAX
        }
    }
}

impl TryFrom<Vec<f64>> for Calibration {
    type Error = DataError;

    fn try_from(scores: Vec<f64>) -> Result<Self, DataError> {
        Self::new(scores)
    }
}

impl From<Calibration> for Vec<f64> {
    fn from(calibration: Calibration) -> Self {
        calibration.scores
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn p_values_count_the_scores_at_least_as_high() {
        let calibration = Calibration::new(vec![3.0, 1.0, 2.0, 2.0]).unwrap();
        let p_values = [0.0, 2.0, 2.5, 3.0, 9.0, f64::NAN].map(|score| calibration.p_value(score));
        assert_eq!(p_values, [1.0, 0.8, 0.4, 0.4, 0.2, 1.0]);
        assert_eq!(Calibration::default().p_value(9.0), 1.0);
        let zeros = Calibration::new(vec![0.0, -0.0]).unwrap();
        assert_eq!([0.0, -0.0].map(|score| zeros.p_value(score)), [1.0, 1.0]);
    }

    proptest! {
        #[test]
        fn scores_above_the_threshold_are_those_with_small_p_values(
            held in prop::collection::vec(0_u8..9, 0..40),
            alpha in prop_oneof![0.0..1.2, (0..40_u32).prop_map(|n| f64::from(n) / 20.0)],
        ) {
            let calibration = Calibration::new(held.into_iter().map(f64::from).collect()).unwrap();
            let threshold = calibration.threshold(alpha);
            for score in (0..20).map(|half| f64::from(half) / 2.0) {
                let small = calibration.p_value(score) <= alpha;
                prop_assert_eq!(score > threshold, small, "{} {}", score, threshold);
            }
        }
    }

    #[test]
    fn readiness_follows_tests_and_budget() {
        assert_eq!(Calibration::needed(14_400.0, 5.0), 14_400);
        assert_eq!(Calibration::needed(10.0, 5.0), 100);
        assert_eq!(Calibration::needed(10.0, 0.0), usize::MAX);
        assert_eq!(Calibration::needed(f64::NAN, 5.0), usize::MAX);
        let ready = Calibration::new(vec![0.0; 100]).unwrap();
        assert!(ready.is_ready(100.0, 5.0) && !ready.is_ready(101.0, 5.0));
    }

    #[test]
    fn scores_without_an_order_are_refused() {
        let scores = vec![0.0, f64::NAN];
        assert_eq!(Calibration::new(scores), Err(DataError::NotANumber { index: 1 }));
    }
}
