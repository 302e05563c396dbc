//! Growing: random splits of random samples until rows stand alone or the depth limit is reached.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{IsolationForest, Node, Tree};
use crate::random::Random;
use crate::{FitError, Matrix};

/// Most trees of a forest: beyond a few hundred the scores no longer change.
pub const MAX_TREES: usize = 4096;
/// Most rows a tree is grown on: isolation works by small samples, and the depth grows with them.
pub const MAX_SAMPLE: usize = 65_536;

/// How a forest is fitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForestParams {
    /// Trees, from 1 to [`MAX_TREES`].
    pub trees: usize,
    /// Rows each tree is grown on (the paper's psi), from 2 to [`MAX_SAMPLE`]; all rows where there
    /// are fewer. Trees are at most ceil(log2(psi)) splits deep.
    pub sample: usize,
    /// The same seed, data and parameters give the same forest, bit for bit.
    pub seed: u64,
}

impl Default for ForestParams {
    fn default() -> Self {
        Self { trees: 200, sample: 256, seed: 0 }
    }
}

impl ForestParams {
    fn check(&self) -> Result<(), FitError> {
        if (1..=MAX_TREES).contains(&self.trees) && (2..=MAX_SAMPLE).contains(&self.sample) {
            return Ok(());
        }
        Err(FitError::Params { trees: self.trees, sample: self.sample })
    }
}

impl IsolationForest {
    /// Fits a forest to the rows of `data`. A split takes a random column among those that vary in
    /// the node, and a uniform threshold between the least and the greatest value there.
    ///
    /// # Errors
    /// [`FitError`] when parameters are outside their limits, there are fewer than 2 rows, or a
    /// value is not finite.
    pub fn fit(data: &Matrix, params: ForestParams) -> Result<Self, FitError> {
        params.check()?;
        check_rows(data)?;
        let sample = params.sample.min(data.rows());
        let mut grower = Grower {
            data,
            random: Random::new(params.seed),
            max_depth: sample.next_power_of_two().ilog2(),
            columns: (0..data.columns()).collect(),
            nodes: Vec::new(),
        };
        let mut rows: Vec<usize> = (0..data.rows()).collect();
        let trees: Vec<Tree> = (0..params.trees).map(|_| grower.tree(&mut rows, sample)).collect();
        Ok(Self::assemble(data.columns(), &trees))
    }

    #[expect(
        clippy::expect_used,
        reason = "a grown tree is a tree: every check holds by its growth"
    )]
    fn assemble(columns: usize, trees: &[Tree]) -> Self {
        Self::from_trees(columns, trees).expect("a grown tree is valid")
    }
}

fn check_rows(data: &Matrix) -> Result<(), FitError> {
    if data.rows() < 2 {
        return Err(FitError::TooFewRows(data.rows()));
    }
    for (row, values) in data.iter().enumerate() {
        if let Some(column) = values.iter().position(|value| !value.is_finite()) {
            return Err(FitError::NotFinite { row, column });
        }
    }
    Ok(())
}

struct Grower<'a> {
    data: &'a Matrix,
    random: Random,
    max_depth: u32,
    /// All columns, in an order that is shuffled as splits draw from it.
    columns: Vec<usize>,
    nodes: Vec<Node>,
}

impl Grower<'_> {
    /// A tree grown on `sample` of the `rows`, drawn without replacement by moving them to the front.
    fn tree(&mut self, rows: &mut [usize], sample: usize) -> Tree {
        for i in 0..sample {
            let drawn = self.draw(i..rows.len());
            rows.swap(i, drawn);
        }
        self.grow(&mut rows[..sample], 0);
        Tree { nodes: std::mem::take(&mut self.nodes) }
    }

    /// Grows the node of these rows and all below it; returns its index.
    fn grow(&mut self, rows: &mut [usize], depth: u32) -> u32 {
        let at = self.nodes.len();
        self.nodes.push(Node::Leaf { samples: rows.len() as u32 });
        if depth < self.max_depth
            && let Some((column, threshold)) = self.choose_split(rows)
        {
            let (left, right) = self.part(rows, column, threshold);
            let left = self.grow(left, depth + 1);
            let right = self.grow(right, depth + 1);
            self.nodes[at] = Node::Split { feature: column as u32, threshold, left, right };
        }
        at as u32
    }

    /// A random column that varies among the rows, and a threshold that leaves rows on both sides.
    fn choose_split(&mut self, rows: &[usize]) -> Option<(usize, f64)> {
        for i in 0..self.columns.len() {
            let drawn = self.draw(i..self.columns.len());
            self.columns.swap(i, drawn);
            let column = self.columns[i];
            let (least, greatest) = self.range(rows, column);
            if least < greatest {
                return Some((column, self.between(least, greatest)));
            }
        }
        None
    }

    fn range(&self, rows: &[usize], column: usize) -> (f64, f64) {
        rows.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), &row| {
            let value = self.data.at(row, column);
            (least.min(value), greatest.max(value))
        })
    }

    /// Uniform in [least, greatest), without overflow for the widest of ranges.
    fn between(&mut self, least: f64, greatest: f64) -> f64 {
        let share = self.random.unit();
        let threshold = (least * (1.0 - share) + greatest * share).max(least);
        if threshold < greatest { threshold } else { least }
    }

    /// Reorders the rows into those at or below the threshold and those above it.
    fn part<'r>(
        &self,
        rows: &'r mut [usize],
        column: usize,
        threshold: f64,
    ) -> (&'r mut [usize], &'r mut [usize]) {
        let mut below = 0;
        for i in 0..rows.len() {
            if self.data.at(rows[i], column) <= threshold {
                rows.swap(below, i);
                below += 1;
            }
        }
        rows.split_at_mut(below)
    }

    fn draw(&mut self, range: Range<usize>) -> usize {
        range.start + self.random.below(range.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(columns: usize, values: Vec<f64>, params: ForestParams) -> Result<(), FitError> {
        IsolationForest::fit(&Matrix::new(columns, values).unwrap(), params).map(drop)
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let params = ForestParams::default;
        assert_eq!(fit(2, vec![1.0, 2.0], params()), Err(FitError::TooFewRows(1)));
        assert_eq!(
            fit(2, vec![1.0, 2.0, 3.0, f64::NAN], params()),
            Err(FitError::NotFinite { row: 1, column: 1 })
        );
        let none = ForestParams { trees: 0, ..params() };
        assert_eq!(fit(1, vec![1.0, 2.0], none), Err(FitError::Params { trees: 0, sample: 256 }));
    }

    #[test]
    fn thresholds_stay_inside_the_widest_and_narrowest_ranges() {
        let data = Matrix::new(1, vec![0.0]).unwrap();
        let random = Random::new(7);
        let mut grower =
            Grower { data: &data, random, max_depth: 0, columns: vec![], nodes: vec![] };
        for (least, greatest) in [(f64::MIN, f64::MAX), (1.0, 1.0 + f64::EPSILON), (-5e-324, 0.0)] {
            for _ in 0..1000 {
                let threshold = grower.between(least, greatest);
                assert!(least <= threshold && threshold < greatest, "{threshold}");
            }
        }
    }

    #[test]
    fn trees_are_as_deep_as_the_sample_needs() {
        let data = Matrix::new(1, (0..100).map(f64::from).collect()).unwrap();
        for (sample, depth) in [(2, 1), (64, 6), (65, 7), (256, 7)] {
            let params = ForestParams { sample, ..ForestParams::default() };
            assert_eq!(IsolationForest::fit(&data, params).unwrap().depth, depth);
        }
    }

    #[test]
    fn equal_rows_are_one_leaf_and_score_one_half() {
        let data = Matrix::new(3, vec![4.0; 300]).unwrap();
        let forest = IsolationForest::fit(&data, ForestParams::default()).unwrap();
        assert!(forest.trees().iter().all(|tree| tree.nodes == [Node::Leaf { samples: 100 }]));
        assert!((forest.score(&[4.0; 3]) - 0.5).abs() < 1e-12);
    }
}
