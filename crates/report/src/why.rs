//! Why a finding was made, in the terms people compare: shares of surprise. The surprise of a
//! model finding is -log10 p; a feature's share is its part of the positive contributions.

use tocsin_event::{Attribution, Models};

/// The least p-value that is told apart from 0.
const FLOOR: f64 = 1e-300;

/// One feature's part in a finding.
pub(crate) struct Share<'f> {
    /// The feature, its value and what is usual.
    pub(crate) of: &'f Attribution,
    /// Its share of the surprise, 0 to 1.
    pub(crate) share: f64,
}

/// The features that made a window surprising, the largest share first.
pub(crate) fn shares(models: &Models) -> Vec<Share<'_>> {
    let raising = |a: &&Attribution| a.contribution > 0.0 && a.contribution.is_finite();
    let total: f64 = models.attributions().iter().filter(raising).map(|a| a.contribution).sum();
    let mut shares: Vec<_> = models
        .attributions()
        .iter()
        .filter(raising)
        .map(|of| Share { of, share: of.contribution / total })
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares
}

/// How surprising a finding is: -log10 p, from 0.
pub(crate) fn surprise(models: &Models) -> f64 {
    -models.p_value().clamp(FLOOR, 1.0).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_positive_contributions() {
        let part = |feature: &str, contribution| Attribution {
            feature: feature.into(),
            value: 9.0,
            baseline: 1.0,
            contribution,
        };
        let parts = vec![part("a", 0.1), part("b", 0.3), part("c", -0.2)];
        let models = Models::new(0.7, 0.001, parts, vec!["forest".into()]).unwrap();
        let told: Vec<_> = shares(&models).iter().map(|s| (&*s.of.feature, s.share)).collect();
        assert_eq!(told[0].0, "b");
        assert!((told[0].1 - 0.75).abs() < 1e-12 && told.len() == 2);
        assert!((surprise(&models) - 3.0).abs() < 1e-12);
    }
}
