//! Scores that make sense, repeat, and survive storage; stored forests that were tampered with.

use proptest::prelude::*;
use tocsin_anomaly::{ForestParams, IsolationForest, Matrix};

/// A cloud of ordinary rows: two columns, each the sum of incommensurate rotations.
fn cloud(rows: usize) -> Matrix {
    let values = (1..=2 * rows).map(|i| {
        let turns = [0.618_033_99, 0.414_213_56, 0.732_050_81];
        turns.iter().map(|turn| (i as f64 * turn).fract()).sum::<f64>()
    });
    Matrix::new(2, values.collect()).unwrap()
}

fn fitted(params: ForestParams) -> IsolationForest {
    IsolationForest::fit(&cloud(2000), params).unwrap()
}

#[test]
fn a_row_apart_scores_above_all_others() {
    let forest = fitted(ForestParams::default());
    let highest = cloud(2000).iter().map(|row| forest.score(row)).fold(0.0, f64::max);
    assert!(forest.score(&[9.0, -5.0]) > highest);
    assert!(forest.score(&[1.5, 1.5]) < 0.5);
    let blamed = forest.attributions(&[1.5, 9.0]).contributions;
    assert!(blamed[1] > 1.0 && blamed[1] > blamed[0], "{blamed:?}");
}

#[test]
fn only_scores_above_a_threshold_are_given_and_they_are_the_scores() {
    let forest = fitted(ForestParams { trees: 50, ..ForestParams::default() });
    let rows: Vec<Vec<f64>> =
        cloud(200).iter().map(<[f64]>::to_vec).chain([vec![9.0, -5.0]]).collect();
    let scores: Vec<f64> = rows.iter().map(|row| forest.score(row)).collect();
    let thresholds = [f64::NEG_INFINITY, 0.0, 1.0, f64::INFINITY];
    for threshold in scores.iter().copied().chain(thresholds) {
        for (row, score) in rows.iter().zip(&scores) {
            let above = Some(*score).filter(|score| *score > threshold);
            assert_eq!(forest.score_above(row, threshold), above, "{score} {threshold}");
        }
    }
}

#[test]
fn a_seed_fixes_the_forest_on_every_machine() {
    let forest = fitted(ForestParams { trees: 50, sample: 128, seed: 7 });
    assert_eq!(forest, fitted(ForestParams { trees: 50, sample: 128, seed: 7 }));
    assert_ne!(forest, fitted(ForestParams { trees: 50, sample: 128, seed: 8 }));
    assert_eq!(forest.score(&[1.0, 2.5]).to_bits(), 4_603_321_658_602_121_231);
}

#[test]
fn a_stored_forest_is_the_same_forest() {
    let forest = fitted(ForestParams { trees: 20, ..ForestParams::default() });
    let stored = postcard::to_stdvec(&forest).unwrap();
    assert_eq!(postcard::from_bytes::<IsolationForest>(&stored).unwrap(), forest);
}

proptest! {
    #[test]
    fn a_damaged_forest_is_refused_or_still_scores(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let forest = fitted(ForestParams { trees: 2, sample: 16, seed: 1 });
        let mut stored = postcard::to_stdvec(&forest).unwrap();
        let short = &stored[..cut.index(stored.len())];
        prop_assert!(postcard::from_bytes::<IsolationForest>(short).is_err());
        for (at, byte) in damage {
            *at.get_mut(&mut stored) = byte;
        }
        if let Ok(loaded) = postcard::from_bytes::<IsolationForest>(&stored) {
            prop_assert!((0.0..=1.0).contains(&loaded.score(&[1.0, 2.0])));
            prop_assert!(loaded.attributions(&[1.0, 2.0]).base.is_finite());
        }
    }
}
