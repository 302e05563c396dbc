//! Why a score is what it is: additive contributions, and their shares for people to read.

/// What each column adds to how anomalous a row is, in splits of mean path length.
///
/// Positive means more anomalous: that column shortens the row's path. The sum is exact:
/// `path_length(row) == base - contributions.sum()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attributions {
    /// The mean path length over the training rows.
    pub base: f64,
    /// One contribution per column, in order.
    pub contributions: Vec<f64>,
}

/// Each positive contribution's share of their sum; 0 for the others. Shares add up to 1, or are all
/// 0 when nothing speaks for an anomaly. Times [`surprise`], they are what each column adds to it.
pub fn shares(contributions: &[f64]) -> Vec<f64> {
    let positive = |value: &f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
    let sum: f64 = contributions.iter().map(positive).sum();
    let sum = if sum > 0.0 { sum } else { 1.0 };
    contributions.iter().map(|value| positive(value) / sum).collect()
}

/// -log10 of a p-value: 2 for one in a hundred, 0 for the ordinary and for what is no probability.
pub fn surprise(p_value: f64) -> f64 {
    if p_value > 0.0 && p_value < 1.0 { -libm::log10(p_value) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_count_only_what_speaks_for_an_anomaly() {
        assert_eq!(shares(&[3.0, -2.0, 1.0, f64::NAN]), [0.75, 0.0, 0.25, 0.0]);
        assert_eq!(shares(&[-1.0, 0.0]), [0.0, 0.0]);
    }

    #[test]
    fn surprise_is_in_powers_of_ten() {
        assert!((surprise(0.001) - 3.0).abs() < 1e-12);
        assert_eq!([1.0, 2.0, 0.0, -1.0, f64::NAN].map(surprise), [0.0; 5]);
    }
}
