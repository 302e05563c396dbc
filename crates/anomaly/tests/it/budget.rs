//! The promise: on normal data, alerts a day are what was asked for.

use proptest::prelude::*;
use tocsin_anomaly::{Budget, Calibration, Outcome};

const DAYS: usize = 400;
const TICK_NS: i64 = 300_000_000_000;
const TICKS_PER_DAY: usize = 288;

/// SplitMix64 (Steele, Lea and Flood 2014), apart from the generator under test.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Alerts raised, and tests found significant whether raised or not.
struct Tally {
    raised: f64,
    significant: f64,
}

/// `DAYS` days of windows every 5 minutes of as many devices as `devices` says, all of them normal.
fn simulate(
    per_day: f64,
    devices: impl Fn(usize) -> usize,
    mut p_value: impl FnMut() -> f64,
) -> Tally {
    let mut budget = Budget::new(per_day).unwrap();
    let mut tally = Tally { raised: 0.0, significant: 0.0 };
    for tick in 0..DAYS * TICKS_PER_DAY {
        for _ in 0..devices(tick) {
            let outcome = budget.judge(tick as i64 * TICK_NS, p_value());
            tally.raised += f64::from(u8::from(outcome == Outcome::Alert));
            tally.significant += f64::from(u8::from(outcome != Outcome::Quiet));
        }
    }
    tally
}

/// Asked-for alerts plus six standard deviations: a sum of Bernoulli variables with mean `mean` has
/// a variance of at most that mean.
fn at_most(per_day: f64) -> f64 {
    let mean = per_day * (DAYS + 1) as f64;
    mean + 6.0 * mean.sqrt()
}

fn quietest_night(tick: usize) -> usize {
    if tick % TICKS_PER_DAY < 96 { 1 } else { 20 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn false_alerts_on_normal_data_are_within_the_budget(
        seed: u64, per_day in prop_oneof![Just(0.2), Just(1.0), Just(5.0), Just(20.0)],
    ) {
        let shapes: [fn(usize) -> usize; 3] =
            [|_| 10, quietest_night, |tick| 1 + tick * 20 / (DAYS * TICKS_PER_DAY)];
        for shape in shapes {
            let mut uniform = Uniform(seed);
            let Tally { raised, significant } = simulate(per_day, shape, || uniform.next());
            let days = DAYS as f64;
            prop_assert!(raised <= per_day.max(1.0) + per_day * days, "{raised} at {per_day}");
            prop_assert!(significant <= at_most(per_day), "{significant} at {per_day}");
        }
    }
}

#[test]
fn the_budget_is_spent_and_not_hoarded() {
    let mut uniform = Uniform(5);
    let Tally { raised, significant } = simulate(5.0, |_| 50, || uniform.next());
    eprintln!("in {DAYS} days at 5 a day: {raised} false alerts of {significant} significant");
    assert!(raised > 0.85 * 5.0 * DAYS as f64, "{raised}");
}

#[test]
fn a_ready_calibration_keeps_the_budget_whatever_its_draw() {
    let needed = Calibration::needed(2880.0, 5.0);
    let rates = (0..20).map(|seed| {
        let mut uniform = Uniform(seed);
        let held_out = (0..needed).map(|_| uniform.next()).collect();
        let calibration = Calibration::new(held_out).unwrap();
        assert!(calibration.is_ready(2880.0, 5.0));
        let tally = simulate(5.0, |_| 10, || calibration.p_value(uniform.next()));
        assert!(tally.raised <= 5.0 * (DAYS + 1) as f64, "{}", tally.raised);
        (tally.raised / DAYS as f64, tally.significant / DAYS as f64)
    });
    let (raised, significant): (Vec<f64>, Vec<f64>) = rates.unzip();
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    eprintln!("a day: {:.2} raised of {:.2} significant", mean(&raised), mean(&significant));
    // A draw's rate of significant tests has mean 5 and standard deviation 5 / sqrt(5).
    assert!((mean(&significant) - 5.0).abs() < 4.0 * (5.0 / 20.0_f64).sqrt());
}
