//! The alert budget: which p-values become alerts so that normal data raises at most so many a day.
//! It rations alerts in event time; it neither makes p-values nor merges alerts.
//!
//! Each test is judged at alpha = budget / tests per day. Two buckets, each filled by the budget in
//! event time and holding at most a day of it, make that a guarantee even when the rate of tests is
//! misjudged: one pays every test's alpha, so that over any `d` days the false alerts expected of
//! valid p-values are at most `budget x (d + 1)`; the other pays every alert raised, so that the
//! alerts themselves are at most `max(budget, 1) + budget x d`, whatever the p-values.

use serde::{Deserialize, Serialize};

use crate::DataError;

/// The laxest threshold: where tests are few the budget alone would call ordinary p-values alerts.
pub const MAX_ALPHA: f64 = 0.05;

const DAY_NS: f64 = 86_400e9;
/// Days over which the rate of tests is averaged: a week, so that nights and weekends even out.
const MEMORY_DAYS: f64 = 7.0;

/// What becomes of one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Significant and paid for.
    Alert,
    /// Not significant.
    Quiet,
    /// Significant, but the budget is spent: to be counted, not raised.
    Spent,
}

/// An alert budget and what is left of it. Deterministic in the times and p-values it is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    per_day: f64,
    tests: Rate,
    expected: Bucket,
    raised: Bucket,
}

impl Budget {
    /// A budget of `per_day` false alerts a day; 0 raises none.
    ///
    /// # Errors
    /// [`DataError::Budget`] when it is negative or not finite.
    pub fn new(per_day: f64) -> Result<Self, DataError> {
        if !per_day.is_finite() || per_day < 0.0 {
            return Err(DataError::Budget(per_day));
        }
        // A budget below 1 a day must still be able to save up for a whole alert.
        let whole = if per_day > 0.0 { per_day.max(1.0) } else { 0.0 };
        Ok(Self {
            per_day,
            tests: Rate::default(),
            expected: Bucket::full(per_day),
            raised: Bucket::full(whole),
        })
    }

    /// Judges one test at `time_ns` (event time, nanoseconds; a time before the last counts as it).
    pub fn judge(&mut self, time_ns: i64, p_value: f64) -> Outcome {
        self.judge_by(time_ns, |alpha| p_value <= alpha)
    }

    /// The same for a test that says whether its p-value is at most alpha: most tests can tell
    /// without computing it.
    pub fn judge_by(&mut self, time_ns: i64, significant: impl FnOnce(f64) -> bool) -> Outcome {
        let days = self.tests.count(time_ns);
        self.expected.fill(self.per_day * days);
        self.raised.fill(self.per_day * days);
        let alpha = self.alpha();
        self.expected.level -= alpha;
        if !significant(alpha) {
            Outcome::Quiet
        } else if self.raised.level >= 1.0 {
            self.raised.level -= 1.0;
            Outcome::Alert
        } else {
            Outcome::Spent
        }
    }

    /// Tests a day, as estimated from event time so far; infinite until time has passed.
    pub fn tests_per_day(&self) -> f64 {
        self.tests.per_day()
    }

    /// The budget, in false alerts a day.
    pub fn per_day(&self) -> f64 {
        self.per_day
    }

    /// The p-value at or below which a test at this time is significant.
    fn alpha(&self) -> f64 {
        (self.per_day / self.tests.per_day()).min(MAX_ALPHA).min(self.expected.level)
    }
}

/// Tests a day: exponentially forgotten counts over the exponentially forgotten time they took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Rate {
    count: f64,
    days: f64,
    last_ns: Option<i64>,
}

impl Rate {
    /// Counts a test; returns the days since the one before.
    fn count(&mut self, time_ns: i64) -> f64 {
        let last_ns = self.last_ns.unwrap_or(time_ns);
        let days = time_ns.saturating_sub(last_ns).max(0) as f64 / DAY_NS;
        let kept = libm::exp(-days / MEMORY_DAYS);
        self.count = self.count * kept + 1.0;
        self.days = self.days * kept + MEMORY_DAYS * (1.0 - kept);
        self.last_ns = Some(last_ns.max(time_ns));
        days
    }

    fn per_day(&self) -> f64 {
        self.count / self.days
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Bucket {
    level: f64,
    capacity: f64,
}

impl Bucket {
    fn full(capacity: f64) -> Self {
        Self { level: capacity, capacity }
    }

    fn fill(&mut self, amount: f64) {
        self.level = (self.level + amount).min(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_NS: i64 = 60_000_000_000;

    #[test]
    fn what_is_no_budget_is_refused() {
        for per_day in [-1.0, f64::INFINITY, f64::NAN] {
            assert!(Budget::new(per_day).is_err());
        }
    }

    #[test]
    fn a_zero_budget_raises_nothing() {
        let mut budget = Budget::new(0.0).unwrap();
        for minute in 0..10_000 {
            assert_ne!(budget.judge(minute * MINUTE_NS, 1e-9), Outcome::Alert);
        }
    }

    #[test]
    fn a_flood_of_anomalies_is_cut_to_the_budget() {
        let mut budget = Budget::new(5.0).unwrap();
        let outcomes = (0..10 * 1440).map(|minute| budget.judge(minute * MINUTE_NS, 1e-9));
        let alerts = outcomes.filter(|&outcome| outcome == Outcome::Alert).count();
        assert!((50..=55).contains(&alerts), "{alerts}");
    }

    #[test]
    fn a_clear_anomaly_among_normal_tests_is_raised_and_nan_is_not() {
        let mut budget = Budget::new(5.0).unwrap();
        for minute in 0..1440 {
            assert_eq!(budget.judge(minute * MINUTE_NS, 0.5), Outcome::Quiet);
        }
        assert!((budget.tests_per_day() - 1440.0).abs() < 2.0);
        assert_eq!(budget.judge(1440 * MINUTE_NS, f64::NAN), Outcome::Quiet);
        assert_eq!(budget.judge(1440 * MINUTE_NS, 0.003), Outcome::Alert);
        assert_eq!(budget.judge(1440 * MINUTE_NS, 0.004), Outcome::Quiet);
    }

    #[test]
    fn time_that_runs_backwards_earns_nothing() {
        let mut budget = Budget::new(1.0).unwrap();
        let mut alerts = 0;
        for step in 0..100_000 {
            let time_ns = if step % 2 == 0 { MINUTE_NS } else { i64::MIN };
            alerts += i32::from(budget.judge(time_ns, 0.0) == Outcome::Alert);
        }
        assert!(alerts <= 1, "{alerts}");
    }
}
