//! Sums, averages and percentiles of a field's numbers within a window of time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::limits;

/// What is made of the numbers in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The number that so many percent of them lie below, interpolated linearly between neighbours
    /// (Hyndman and Fan, 1996, definition 7); 50 is the median.
    Percentile(u8),
}

/// What a statistic has to be.
#[derive(Debug, Clone, Default)]
pub struct Bounds(Vec<(Relation, f64)>);

type Relation = fn(&f64, &f64) -> bool;

/// One number, or the sum of neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Time of the newest number, in nanoseconds.
    pub(crate) time_ns: i64,
    sum: f64,
    pub(crate) count: u64,
}

impl Bounds {
    /// Adds a bound; false for an unknown operator.
    pub(crate) fn add(&mut self, operator: &str, number: f64) -> bool {
        let relation: Relation = match operator {
            "gt" => f64::gt,
            "gte" => f64::ge,
            "lt" => f64::lt,
            "lte" => f64::le,
            "eq" => f64::eq,
            "neq" => f64::ne,
            _ => return false,
        };
        self.0.push((relation, number));
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if the statistic is within all bounds.
    pub fn holds(&self, statistic: f64) -> bool {
        self.0.iter().all(|(relation, bound)| relation(&statistic, bound))
    }
}

impl Part {
    pub(crate) fn new(time_ns: i64, number: f64) -> Part {
        Part { time_ns, sum: number, count: 1 }
    }

    fn and(self, newer: Part) -> Part {
        Part { time_ns: newer.time_ns, sum: self.sum + newer.sum, count: self.count + newer.count }
    }
}

impl Statistic {
    /// The statistic of a window that is not empty.
    pub(crate) fn of(self, parts: &VecDeque<Part>) -> f64 {
        let sum = || parts.iter().map(|part| part.sum).sum::<f64>();
        match self {
            Statistic::Sum => sum(),
            Statistic::Average => sum() / parts.iter().map(|part| part.count).sum::<u64>() as f64,
            Statistic::Percentile(percent) => percentile(parts, percent),
        }
    }

    /// Keeps a window, in order of time, from growing without end.
    pub(crate) fn shorten(self, parts: &mut VecDeque<Part>) {
        if parts.len() <= limits::STATISTIC_PARTS {
            return;
        }
        if let Statistic::Percentile(_) = self {
            parts.pop_front();
            return;
        }
        let halved = parts.make_contiguous().chunks(2).map(|pair| match *pair {
            [older, newer] => older.and(newer),
            _ => pair[0],
        });
        *parts = halved.collect();
    }
}

fn percentile(parts: &VecDeque<Part>, percent: u8) -> f64 {
    let mut numbers: Vec<f64> = parts.iter().map(|part| part.sum).collect();
    let rank = f64::from(percent) / 100.0 * (numbers.len() - 1) as f64;
    let (_, lower, above) = numbers.select_nth_unstable_by(rank as usize, f64::total_cmp);
    let upper = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*lower);
    *lower + rank.fract() * (upper - *lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(numbers: impl IntoIterator<Item = f64>) -> VecDeque<Part> {
        (0i64..).zip(numbers).map(|(time, number)| Part::new(time, number)).collect()
    }

    /// As Python's `statistics.quantiles(..., method="inclusive")` gives them.
    #[test]
    fn percentiles_lie_between_neighbours() {
        let parts = window([15.0, 20.0, 35.0, 40.0, 50.0]);
        let of = |percent| Statistic::Percentile(percent).of(&parts);
        assert_eq!([0, 40, 50, 95, 100].map(of), [15.0, 29.0, 35.0, 48.0, 50.0]);
        assert_eq!(Statistic::Percentile(50).of(&window([7.0])), 7.0);
        assert_eq!(Statistic::Percentile(50).of(&window([4.0, 1.0])), 2.5);
    }

    #[test]
    fn a_shortened_window_has_the_same_sum_and_average() {
        let mut parts = VecDeque::new();
        for part in window((1..=5000).map(f64::from)) {
            parts.push_back(part);
            Statistic::Sum.shorten(&mut parts);
            assert!(parts.len() <= limits::STATISTIC_PARTS);
        }
        assert_eq!(Statistic::Sum.of(&parts), 12_502_500.0);
        assert_eq!(Statistic::Average.of(&parts), 2500.5);
        assert_eq!(parts.back().map(|part| part.time_ns), Some(4999));
    }
}
