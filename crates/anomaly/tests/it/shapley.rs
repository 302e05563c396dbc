//! Against the definition: TreeSHAP must equal Shapley values summed over every subset of columns.

use proptest::prelude::*;
use tocsin_anomaly::{ForestParams, IsolationForest, Matrix, Node, Tree};

const COLUMNS: usize = 4;

/// Training rows below a node.
fn count(tree: &Tree, at: u32) -> f64 {
    match tree.nodes[at as usize] {
        Node::Leaf { samples } => f64::from(samples),
        Node::Split { left, right, .. } => count(tree, left) + count(tree, right),
    }
}

/// Path length of a tree when only the columns in `known` are: at other splits, the mean of both
/// sides by training rows.
fn length(tree: &Tree, at: u32, row: &[f64], known: u32) -> f64 {
    match tree.nodes[at as usize] {
        Node::Leaf { samples } => harmonic_length(samples),
        Node::Split { feature, threshold, left, right } => {
            let go = |child| 1.0 + length(tree, child, row, known);
            if known >> feature & 1 == 0 {
                let (l, r) = (count(tree, left), count(tree, right));
                return (l * go(left) + r * go(right)) / (l + r);
            }
            go(if row[feature as usize] <= threshold { left } else { right })
        }
    }
}

/// c(n) written out again.
fn harmonic_length(n: u32) -> f64 {
    let n = f64::from(n);
    let harmonic = (n - 1.0).ln() + 0.577_215_664_901_532_9;
    if n < 2.0 {
        0.0
    } else if n < 3.0 {
        1.0
    } else {
        2.0 * harmonic - 2.0 * (n - 1.0) / n
    }
}

fn mean_length(trees: &[Tree], row: &[f64], known: u32) -> f64 {
    trees.iter().map(|tree| length(tree, 0, row, known)).sum::<f64>() / trees.len() as f64
}

fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

/// The Shapley value of `column`, by the definition.
fn shapley(trees: &[Tree], row: &[f64], column: u32) -> f64 {
    let all = COLUMNS as u32;
    let without = (0..1_u32 << all).filter(|known| known >> column & 1 == 0);
    let gains = without.map(|known| {
        let size = known.count_ones();
        let weight = factorial(size) * factorial(all - size - 1) / factorial(all);
        weight * (mean_length(trees, row, known | 1 << column) - mean_length(trees, row, known))
    });
    gains.sum()
}

fn rows(count: usize) -> impl Strategy<Value = Vec<f64>> {
    // Few distinct values, so that rows repeat and columns are split again and again.
    prop::collection::vec((0..12_i32).prop_map(|value| f64::from(value) / 3.0), count * COLUMNS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn attributions_are_the_shapley_values(
        values in rows(40), row in prop::collection::vec(-1.0..5.0, COLUMNS), seed: u64,
    ) {
        let data = Matrix::new(COLUMNS, values).unwrap();
        let params = ForestParams { trees: 3, sample: 40, seed };
        let forest = IsolationForest::fit(&data, params).unwrap();
        let trees = forest.trees();
        let attributions = forest.attributions(&row);
        prop_assert!((attributions.base - mean_length(&trees, &row, 0)).abs() < 1e-9);
        for (column, ours) in attributions.contributions.iter().enumerate() {
            let exact = shapley(&trees, &row, column as u32);
            prop_assert!((ours + exact).abs() < 1e-9, "{ours} is not -{exact}");
        }
    }

    #[test]
    fn attributions_add_up_to_the_path_length(values in rows(300), seed: u64) {
        let data = Matrix::new(COLUMNS, values).unwrap();
        let params = ForestParams { trees: 20, sample: 256, seed };
        let forest = IsolationForest::fit(&data, params).unwrap();
        for row in data.iter().take(5) {
            let attributions = forest.attributions(row);
            let sum: f64 = attributions.contributions.iter().sum();
            prop_assert!((attributions.base - sum - forest.path_length(row)).abs() < 1e-9);
        }
    }
}
