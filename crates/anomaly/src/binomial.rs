//! How likely counts of hits are by chance.

/// The chance of at least `hits` among `trials` that hit with this `chance` each, independently: the upper
/// tail of the binomial distribution, summed term by term. A chance outside of (0, 1) is taken as the
/// nearer end; more hits than trials have the chance 0.
#[must_use]
pub fn at_least(hits: u32, trials: u32, chance: f64) -> f64 {
    if hits == 0 || chance >= 1.0 {
        return if hits <= trials { 1.0 } else { 0.0 };
    }
    if hits > trials || chance <= 0.0 {
        return 0.0;
    }
    let ln_factorial = |k: u32| libm::lgamma(f64::from(k) + 1.0);
    let (hit, miss) = (libm::log(chance), libm::log1p(-chance));
    let term = |k: u32| {
        let ways = ln_factorial(trials) - ln_factorial(k) - ln_factorial(trials - k);
        libm::exp(ways + f64::from(k) * hit + f64::from(trials - k) * miss)
    };
    (hits..=trials).rev().map(term).sum::<f64>().min(1.0)
}
