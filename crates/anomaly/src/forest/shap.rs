//! Path-dependent TreeSHAP (Lundberg, Erion and Lee 2018, Algorithm 2): how much each column moves a
//! row's path length away from the mean, exact, in one walk of each tree. Names follow the paper:
//! z, o and w are `zero`, `one` and `weight`.

use super::{IsolationForest, value_in};
use crate::Attributions;

impl IsolationForest {
    /// The exact Shapley values of the row's path length. See [`Attributions`] for their sign.
    ///
    /// Costs trees x leaves x depth^2: milliseconds, for the rows that become alerts.
    pub fn attributions(&self, row: &[f64]) -> Attributions {
        let trees = self.roots.len() as f64;
        let base = self.roots.iter().map(|&root| self.lengths[root as usize]).sum::<f64>() / trees;
        let mut walk =
            Walk { forest: self, row, path: Vec::new(), gained: vec![0.0; self.columns] };
        for &root in &self.roots {
            walk.path.clear();
            walk.path.push(Step { feature: None, zero: 1.0, one: 1.0, weight: 1.0 });
            walk.visit(root, 0);
        }
        // A longer path is more normal: what lengthens it counts against anomaly.
        let contributions = walk.gained.iter().map(|length| -length / trees).collect();
        Attributions { base, contributions }
    }
}

/// One distinct feature on the way from the root; the first step has none.
#[derive(Clone, Copy)]
struct Step {
    feature: Option<u32>,
    /// Share of training rows that go this way when the feature is unknown.
    zero: f64,
    /// 1 when the row itself goes this way, else 0.
    one: f64,
    /// Share of the orderings in which this many of the path's features are known.
    weight: f64,
}

struct Walk<'a> {
    forest: &'a IsolationForest,
    row: &'a [f64],
    /// A stack of paths: that of the node being visited is on top of its ancestors'.
    path: Vec<Step>,
    /// Path length each column adds, summed over the trees.
    gained: Vec<f64>,
}

impl Walk<'_> {
    /// Visits the node whose path starts at `start` on the stack.
    fn visit(&mut self, node: u32, start: usize) {
        if self.forest.is_leaf(node) {
            return self.credit(node, start);
        }
        let split = &self.forest.splits[node as usize];
        let (zero, one) = self.take_back(split.feature, start);
        let taken = self.forest.next(node, |feature| value_in(self.row, feature));
        let rows = f64::from(self.forest.counts[node as usize]);
        for child in [split.child, split.child + 1] {
            let share = f64::from(self.forest.counts[child as usize]) / rows;
            let one = if child == taken { one } else { 0.0 };
            let feature = Some(split.feature);
            self.descend(child, start, Step { feature, zero: zero * share, one, weight: 0.0 });
        }
    }

    /// Visits `child` with a copy of the path that starts at `start`, longer by `step`.
    fn descend(&mut self, child: u32, start: usize, step: Step) {
        let top = self.path.len();
        self.path.extend_from_within(start..);
        self.path.push(step);
        extend(&mut self.path[top..]);
        self.visit(child, top);
        self.path.truncate(top);
    }

    /// Removes an earlier step of the same feature; returns its fractions, which the new step of
    /// that feature continues.
    fn take_back(&mut self, feature: u32, start: usize) -> (f64, f64) {
        let path = &mut self.path[start..];
        let Some(at) = path.iter().position(|step| step.feature == Some(feature)) else {
            return (1.0, 1.0);
        };
        let Step { zero, one, .. } = path[at];
        unwind(path, at);
        self.path.pop();
        (zero, one)
    }

    /// Credits each feature of the path with its part of the leaf's length.
    fn credit(&mut self, leaf: u32, start: usize) {
        let length = self.forest.lengths[leaf as usize];
        let path = &self.path[start..];
        for (at, step) in path.iter().enumerate() {
            if let Some(feature) = step.feature {
                let weight = unwound_sum(path, at);
                self.gained[feature as usize] += weight * (step.one - step.zero) * length;
            }
        }
    }
}

/// EXTEND: spreads the weights of a path over its last step, which has just been added.
fn extend(path: &mut [Step]) {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[last];
    let length = path.len() as f64;
    for i in (0..last).rev() {
        path[i + 1].weight += one * path[i].weight * (i + 1) as f64 / length;
        path[i].weight *= zero * (last - i) as f64 / length;
    }
}

/// UNWIND: undoes the extension by step `at` and closes the gap; the last step is then spare.
fn unwind(path: &mut [Step], at: usize) {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[at];
    let length = path.len() as f64;
    let mut carried = path[last].weight;
    for i in (0..last).rev() {
        let rest = zero * (last - i) as f64 / length;
        if one == 0.0 {
            path[i].weight /= rest;
        } else {
            let before = path[i].weight;
            path[i].weight = carried * length / ((i + 1) as f64 * one);
            carried = before - path[i].weight * rest;
        }
    }
    for i in at..last {
        let Step { feature, zero, one, .. } = path[i + 1];
        path[i] = Step { feature, zero, one, weight: path[i].weight };
    }
}

/// The sum of the weights the path would have were step `at` unwound.
fn unwound_sum(path: &[Step], at: usize) -> f64 {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[at];
    let length = path.len() as f64;
    let mut carried = path[last].weight;
    let mut total = 0.0;
    for i in (0..last).rev() {
        let rest = zero * (last - i) as f64 / length;
        if one == 0.0 {
            total += path[i].weight / rest;
        } else {
            let weight = carried * length / ((i + 1) as f64 * one);
            total += weight;
            carried = path[i].weight - weight * rest;
        }
    }
    total
}
