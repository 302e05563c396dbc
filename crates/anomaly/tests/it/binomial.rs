//! Against sums in exact fractions, which `tests/oracle/binomial.py` wrote.

use tocsin_anomaly::at_least;

#[test]
fn tails_of_the_binomial_distribution_are_those_of_exact_fractions() {
    let golden = include_str!("../golden/binomial.json");
    let cases: Vec<(u32, u32, f64, f64)> = serde_json::from_str(golden).unwrap();
    assert!(cases.len() > 100);
    for (hits, trials, chance, tail) in cases {
        let ours = at_least(hits, trials, chance);
        let error = (ours - tail).abs();
        assert!(error <= 1e-11 * tail, "{hits} of {trials} at {chance}: {ours}, exactly {tail}");
    }
}
