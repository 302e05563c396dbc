//! Isolation forest (Liu, Ting and Zhou 2008): rows that few random splits set apart are anomalous.
//! This room holds the fitted forest and its scores; it is grown in `grow`, taken apart and checked
//! in `tree`, explained in `shap`.

mod grow;
mod shap;
mod tree;

pub use grow::{ForestParams, MAX_SAMPLE, MAX_TREES};
pub use tree::{MAX_DEPTH, Node, Tree};

use serde::{Deserialize, Serialize};

/// Trees walked together: their independent steps hide each other's memory latency.
const LANES: usize = 8;
/// Rows of at most so many columns are laid out so that no look at one needs a check.
const NARROW: usize = 16;

/// A fitted forest. Valid by construction: every child index exists and every walk ends.
///
/// Rows are read leniently, as data at run time is not the model's to refuse: NaN is below every
/// threshold, a value the row lacks is NaN, and values past the forest's columns are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "tree::Stored", into = "tree::Stored")]
pub struct IsolationForest {
    columns: usize,
    /// Rows each tree was grown on, the paper's psi; at least 2.
    sample: u32,
    /// Splits on the longest path of any tree.
    depth: usize,
    roots: Vec<u32>,
    /// Beside each root: the least that a row's paths through this tree and those after it can add
    /// up to.
    shortest: Vec<f64>,
    splits: Vec<Split>,
    /// Beside each split: the mean path length of the training rows below it. A leaf's is what
    /// every row that ends there gets.
    lengths: Vec<f64>,
    /// Beside each split: the training rows below it, at least 1.
    counts: Vec<u32>,
}

/// 16 bytes, so that a walk touches one cache line a step. Values above the threshold go to
/// `child + 1`, others to `child`. A leaf is its own child and its threshold is infinite, so a walk
/// may go on past its end and need not test for it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Split {
    threshold: f64,
    feature: u32,
    child: u32,
}

impl IsolationForest {
    /// The number of columns the forest was fitted on.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The paper's anomaly score, 2^(-E(h) / c(psi)), in (0, 1): higher is more anomalous, about
    /// 0.5 is ordinary.
    pub fn score(&self, row: &[f64]) -> f64 {
        self.score_of(self.path_length(row))
    }

    /// The row's [score](Self::score) if it is above `threshold`. Costs less than the score where
    /// it is not, as for most rows: it stops at the tree where that is certain.
    pub fn score_above(&self, row: &[f64], threshold: f64) -> Option<f64> {
        let longest = -libm::log2(threshold.max(0.0)) * average_path_length(self.sample);
        // What is certain here must be so after rounding.
        let most = longest * self.roots.len() as f64 * (1.0 + 1e-9);
        let total = self.total_length(row, most)?;
        Some(self.score_of(total / self.roots.len() as f64)).filter(|score| *score > threshold)
    }

    /// The paper's E(h): splits from root to leaf plus what the leaf's rows would have needed, mean
    /// over the trees. Lower is more anomalous. The additive quantity behind [`Self::score`].
    pub fn path_length(&self, row: &[f64]) -> f64 {
        let total = self.total_length(row, f64::INFINITY);
        total.unwrap_or(f64::INFINITY) / self.roots.len() as f64
    }

    fn score_of(&self, path_length: f64) -> f64 {
        libm::exp2(-path_length / average_path_length(self.sample))
    }

    /// The sum of the row's paths through all trees; none where it is certain to exceed `most`.
    fn total_length(&self, row: &[f64], most: f64) -> Option<f64> {
        if self.columns > NARROW {
            return self.total_length_by(|feature| value_in(row, feature), most);
        }
        let mut narrow = [f64::NAN; NARROW];
        narrow.iter_mut().zip(row).for_each(|(value, given)| *value = *given);
        self.total_length_by(|feature| narrow[feature as usize % NARROW], most)
    }

    fn total_length_by(&self, value: impl Fn(u32) -> f64, most: f64) -> Option<f64> {
        let mut total = 0.0;
        for (roots, shortest) in self.roots.chunks(LANES).zip(self.shortest.chunks(LANES)) {
            if total + shortest[0] > most {
                return None;
            }
            let mut at = [0; LANES];
            at[..roots.len()].copy_from_slice(roots);
            for _ in 0..self.depth {
                at.iter_mut().for_each(|node| *node = self.next(*node, &value));
            }
            total += at[..roots.len()].iter().map(|&leaf| self.lengths[leaf as usize]).sum::<f64>();
        }
        Some(total)
    }

    /// The child of `node` where a row of these values goes; `node` itself at a leaf.
    fn next(&self, node: u32, value: impl Fn(u32) -> f64) -> u32 {
        let split = &self.splits[node as usize];
        split.child + u32::from(value(split.feature) > split.threshold)
    }
}

/// The value of a column; NaN where the row lacks it.
fn value_in(row: &[f64], feature: u32) -> f64 {
    row.get(feature as usize).copied().unwrap_or(f64::NAN)
}

/// The paper's c(n): the mean path length of an unsuccessful search in a binary search tree of `n`
/// rows, with ln(i) + gamma for the harmonic number, as scikit-learn computes it.
fn average_path_length(n: u32) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let last = f64::from(n - 1);
            2.0 * (libm::log(last) + EULER_GAMMA) - 2.0 * last / f64::from(n)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_path_lengths_are_the_papers() {
        assert_eq!([0, 1, 2].map(average_path_length), [0.0, 0.0, 1.0]);
        assert!((average_path_length(256) - 10.244_770_920_119_917).abs() < 1e-12);
    }
}
