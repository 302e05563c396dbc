//! Parts: a forest taken apart into plain trees, and put together again after every check. Fitting,
//! importing and loading all pass here, so a forest that exists can be walked without doubt.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{IsolationForest, MAX_TREES, Split, average_path_length};
use crate::{MAX_COLUMNS, ModelError};

/// Most splits on a path: more than any sample needs, few enough to recurse on.
pub const MAX_DEPTH: usize = 32;

/// One isolation tree: its nodes in any order, the root first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// The nodes; children are named by their index here.
    pub nodes: Vec<Node>,
}

/// A node of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Sends values at or below the threshold left, others right.
    Split {
        /// The column split on.
        feature: u32,
        /// The threshold, finite.
        threshold: f64,
        /// Index of the child for values at or below the threshold.
        left: u32,
        /// Index of the child for values above the threshold.
        right: u32,
    },
    /// The end of a path.
    Leaf {
        /// Training rows that ended here, at least 1.
        samples: u32,
    },
}

/// A forest as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    columns: usize,
    trees: Vec<Tree>,
}

impl From<IsolationForest> for Stored {
    fn from(forest: IsolationForest) -> Self {
        Self { columns: forest.columns, trees: forest.trees() }
    }
}

impl TryFrom<Stored> for IsolationForest {
    type Error = ModelError;

    fn try_from(stored: Stored) -> Result<Self, ModelError> {
        Self::from_trees(stored.columns, &stored.trees)
    }
}

impl IsolationForest {
    /// A forest over `columns` columns from its trees, for instance another program's.
    ///
    /// # Errors
    /// [`ModelError`] when the parts are not trees, exceed a limit, split on
    /// what is not there, or were not all grown on the same number of rows, 2 or more.
    pub fn from_trees(columns: usize, trees: &[Tree]) -> Result<Self, ModelError> {
        if !(1..=MAX_COLUMNS).contains(&columns) {
            return Err(ModelError::Columns(columns));
        }
        let nodes: usize = trees.iter().map(|tree| tree.nodes.len()).sum();
        if !(1..=MAX_TREES).contains(&trees.len()) || u32::try_from(nodes).is_err() {
            return Err(ModelError::Size { trees: trees.len(), nodes });
        }
        let mut forest = Self {
            columns,
            sample: 0,
            depth: 0,
            roots: Vec::with_capacity(trees.len()),
            shortest: Vec::new(),
            splits: Vec::with_capacity(nodes),
            lengths: Vec::with_capacity(nodes),
            counts: Vec::with_capacity(nodes),
        };
        for tree in trees {
            forest.append(tree)?;
        }
        forest.sum_up_shortest();
        Ok(forest)
    }

    /// The trees this forest is made of; [`Self::from_trees`] of them is the same forest.
    pub fn trees(&self) -> Vec<Tree> {
        self.spans().map(|span| self.tree(span)).collect()
    }

    /// The nodes of each tree, as they lie.
    fn spans(&self) -> impl Iterator<Item = Range<u32>> {
        let ends = self.roots.iter().skip(1).copied().chain([self.splits.len() as u32]);
        self.roots.iter().zip(ends).map(|(&root, end)| root..end)
    }

    /// The length of the shortest path in each tree, then sums from the last tree backwards.
    fn sum_up_shortest(&mut self) {
        let shortest = |span: Range<u32>| {
            let leaves = span.filter(|at| self.is_leaf(*at));
            leaves.map(|leaf| self.lengths[leaf as usize]).fold(f64::INFINITY, f64::min)
        };
        self.shortest = self.spans().map(shortest).collect();
        self.shortest.iter_mut().rev().fold(0.0, |after, length| {
            *length += after;
            *length
        });
    }

    pub(super) fn is_leaf(&self, at: u32) -> bool {
        self.splits[at as usize].child == at
    }

    fn tree(&self, span: Range<u32>) -> Tree {
        let root = span.start;
        let node = |at: u32| {
            let Split { threshold, feature, child } = self.splits[at as usize];
            if self.is_leaf(at) {
                return Node::Leaf { samples: self.counts[at as usize] };
            }
            Node::Split { feature, threshold, left: child - root, right: child + 1 - root }
        };
        Tree { nodes: span.map(node).collect() }
    }

    fn append(&mut self, tree: &Tree) -> Result<(), ModelError> {
        let root = self.splits.len();
        self.lay_out(tree)?;
        self.sum_up(root)?;
        let sample = self.counts[root];
        if sample < 2 || (!self.roots.is_empty() && sample != self.sample) {
            return Err(ModelError::Samples);
        }
        self.sample = sample;
        self.roots.push(root as u32);
        Ok(())
    }

    /// Appends the nodes breadth first: two children lie side by side, and the crowded top of the
    /// tree shares cache lines.
    fn lay_out(&mut self, tree: &Tree) -> Result<(), ModelError> {
        let root = self.splits.len();
        let mut unclaimed = vec![true; tree.nodes.len()];
        let mut queue = vec![(0, 0)];
        let mut done = 0;
        while let Some(&(index, depth)) = queue.get(done) {
            match claim(tree, &mut unclaimed, index)? {
                Node::Leaf { samples } => self.push_leaf(*samples, depth)?,
                &Node::Split { feature, threshold, left, right } => {
                    self.push_split(feature, threshold, root + queue.len())?;
                    queue.extend([(left, depth + 1), (right, depth + 1)]);
                }
            }
            done += 1;
        }
        if done < tree.nodes.len() { Err(ModelError::NotATree) } else { Ok(()) }
    }

    fn push_leaf(&mut self, samples: u32, depth: usize) -> Result<(), ModelError> {
        if samples == 0 {
            return Err(ModelError::Samples);
        }
        if depth > MAX_DEPTH {
            return Err(ModelError::TooDeep);
        }
        self.depth = self.depth.max(depth);
        let child = self.splits.len() as u32;
        self.splits.push(Split { threshold: f64::INFINITY, feature: 0, child });
        self.lengths.push(depth as f64 + average_path_length(samples));
        self.counts.push(samples);
        Ok(())
    }

    fn push_split(&mut self, feature: u32, threshold: f64, child: usize) -> Result<(), ModelError> {
        if feature as usize >= self.columns || !threshold.is_finite() {
            return Err(ModelError::Split { feature, threshold });
        }
        self.splits.push(Split { threshold, feature, child: child as u32 });
        self.lengths.push(0.0);
        self.counts.push(0);
        Ok(())
    }

    /// Counts and mean lengths of the splits from `root` on, from those of their children.
    fn sum_up(&mut self, root: usize) -> Result<(), ModelError> {
        for at in (root..self.splits.len()).rev() {
            if self.is_leaf(at as u32) {
                continue;
            }
            let left = self.splits[at].child as usize;
            let counts = [self.counts[left], self.counts[left + 1]];
            let sum = counts[0].checked_add(counts[1]).ok_or(ModelError::Samples)?;
            let [left_share, right_share] = counts.map(|count| f64::from(count) / f64::from(sum));
            self.lengths[at] =
                left_share * self.lengths[left] + right_share * self.lengths[left + 1];
            self.counts[at] = sum;
        }
        Ok(())
    }
}

/// The node at `index`, which no other parent may have claimed.
fn claim<'t>(tree: &'t Tree, unclaimed: &mut [bool], index: u32) -> Result<&'t Node, ModelError> {
    let at = index as usize;
    let (Some(node), Some(free)) = (tree.nodes.get(at), unclaimed.get_mut(at)) else {
        return Err(ModelError::NoSuchNode(index));
    };
    if std::mem::replace(free, false) { Ok(node) } else { Err(ModelError::NotATree) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: Node = Node::Leaf { samples: 1 };

    fn split(left: u32, right: u32) -> Node {
        Node::Split { feature: 0, threshold: 0.5, left, right }
    }

    fn import(nodes: Vec<Node>) -> Result<IsolationForest, ModelError> {
        IsolationForest::from_trees(1, &[Tree { nodes }])
    }

    fn chain(splits: u32) -> Vec<Node> {
        let pairs = (0..splits).flat_map(|i| [split(2 * i + 1, 2 * i + 2), LEAF]);
        pairs.chain([LEAF]).collect()
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        assert_eq!(import(vec![]), Err(ModelError::NoSuchNode(0)));
        assert_eq!(import(vec![split(1, 9), LEAF]), Err(ModelError::NoSuchNode(9)));
        assert_eq!(import(vec![split(0, 1), LEAF]), Err(ModelError::NotATree));
        assert_eq!(import(vec![split(1, 1), LEAF]), Err(ModelError::NotATree));
        assert_eq!(import(vec![split(1, 2), LEAF, LEAF, LEAF]), Err(ModelError::NotATree));
    }

    #[test]
    fn parts_outside_their_limits_are_refused() {
        assert_eq!(
            IsolationForest::from_trees(1, &[]),
            Err(ModelError::Size { trees: 0, nodes: 0 })
        );
        assert_eq!(import(vec![LEAF]), Err(ModelError::Samples));
        assert_eq!(import(vec![Node::Leaf { samples: 0 }]), Err(ModelError::Samples));
        let huge = Node::Leaf { samples: u32::MAX };
        assert_eq!(import(vec![split(1, 2), huge, LEAF]), Err(ModelError::Samples));
        let unequal = [vec![Node::Leaf { samples: 2 }], vec![Node::Leaf { samples: 3 }]];
        let unequal = unequal.map(|nodes| Tree { nodes });
        assert_eq!(IsolationForest::from_trees(1, &unequal), Err(ModelError::Samples));
        let beyond = Node::Split { feature: 1, threshold: 0.5, left: 1, right: 2 };
        assert_eq!(
            import(vec![beyond, LEAF, LEAF]),
            Err(ModelError::Split { feature: 1, threshold: 0.5 })
        );
        assert_eq!(
            IsolationForest::from_trees(usize::MAX, &[]),
            Err(ModelError::Columns(usize::MAX))
        );
    }

    #[test]
    fn depth_is_limited() {
        assert!(import(chain(32)).is_ok());
        assert_eq!(import(chain(33)), Err(ModelError::TooDeep));
    }

    #[test]
    fn paths_are_counted_as_the_paper_does() {
        let forest = import(vec![split(1, 2), LEAF, Node::Leaf { samples: 2 }]).unwrap();
        assert_eq!(forest.path_length(&[0.5]), 1.0);
        assert_eq!(forest.path_length(&[0.6]), 2.0);
        // Missing and unordered values are below every threshold.
        assert_eq!(forest.path_length(&[f64::NAN]), 1.0);
        assert_eq!(forest.path_length(&[]), 1.0);
    }
}
