//! Time to fit, to score a row and to explain one: 200 trees of 256 rows, 15 columns.

#![expect(clippy::expect_used, reason = "the data is made here")]

use divan::Bencher;
use tocsin_anomaly::{ForestParams, IsolationForest, Matrix};

const COLUMNS: usize = 15;

fn main() {
    divan::main();
}

/// Normal-looking values without a generator: the mean of four incommensurate rotations.
fn data(rows: usize) -> Matrix {
    let values = (1..=rows * COLUMNS).map(|i| {
        let turns = [0.618_033_99, 0.414_213_56, 0.732_050_81, 0.236_067_98];
        turns.iter().map(|turn| (i as f64 * turn).fract()).sum::<f64>() / 4.0
    });
    Matrix::new(COLUMNS, values.collect()).expect("rows are whole")
}

fn forest() -> IsolationForest {
    IsolationForest::fit(&data(10_000), ForestParams::default()).expect("the data can be fitted")
}

#[divan::bench(sample_count = 20)]
fn fit(bencher: Bencher) {
    let data = data(10_000);
    bencher.bench(|| IsolationForest::fit(&data, ForestParams::default()));
}

#[divan::bench(sample_count = 20)]
fn score_1000_rows(bencher: Bencher) {
    let (forest, data) = (forest(), data(1000));
    bencher.bench(|| data.iter().map(|row| forest.score(row)).sum::<f64>());
}

#[divan::bench(sample_count = 20)]
fn attributions_of_a_row(bencher: Bencher) {
    let (forest, data) = (forest(), data(1));
    bencher.bench(|| data.iter().map(|row| forest.attributions(row)).collect::<Vec<_>>());
}
