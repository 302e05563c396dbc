//! What can be wrong with data, with a request to fit, and with a model that is loaded.

use thiserror::Error;

/// Values that do not form what they should.
#[derive(Debug, Error, PartialEq)]
pub enum DataError {
    /// No columns, or more than [`crate::MAX_COLUMNS`].
    #[error("{0} columns are outside the limits")]
    Columns(usize),
    /// The number of values is not a whole number of rows.
    #[error("{values} values are not whole rows of {columns} columns")]
    Ragged {
        /// Values given.
        values: usize,
        /// Columns asked for.
        columns: usize,
    },
    /// A calibration score that has no order.
    #[error("score {index} is not a number")]
    NotANumber {
        /// Position of the first such score.
        index: usize,
    },
    /// More calibration scores than a calibration holds.
    #[error("{given} scores, at most {limit} are held")]
    TooManyScores {
        /// Scores given.
        given: usize,
        /// The limit, [`crate::MAX_CALIBRATION`].
        limit: usize,
    },
    /// An alert budget that is negative, infinite or not a number.
    #[error("{0} alerts a day is no budget")]
    Budget(f64),
}

/// Why a forest could not be fitted.
#[derive(Debug, Error, PartialEq)]
pub enum FitError {
    /// One row cannot be isolated from others.
    #[error("{0} rows are too few to fit, at least 2 are needed")]
    TooFewRows(usize),
    /// Trees or sample outside their limits.
    #[error("{trees} trees of {sample} rows are outside the limits")]
    Params {
        /// Trees asked for.
        trees: usize,
        /// Rows a tree asked for.
        sample: usize,
    },
    /// A value that is infinite or not a number.
    #[error("row {row}, column {column} is not finite")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
}

/// Why a forest's parts, or a stored model, were refused.
#[derive(Debug, Error, PartialEq)]
pub enum ModelError {
    /// No trees, or more than [`crate::MAX_TREES`], or more nodes than can be numbered.
    #[error("{trees} trees of {nodes} nodes in all are outside the limits")]
    Size {
        /// Trees given.
        trees: usize,
        /// Nodes of all of them.
        nodes: usize,
    },
    /// No columns, or more than [`crate::MAX_COLUMNS`].
    #[error("{0} columns are outside the limits")]
    Columns(usize),
    /// A tree points to a node it does not have.
    #[error("a tree has no node {0}")]
    NoSuchNode(u32),
    /// A node that two parents, itself or nobody points to.
    #[error("a tree is no tree: one of its nodes has not exactly one parent")]
    NotATree,
    /// Deeper than [`crate::MAX_DEPTH`].
    #[error("a tree is too deep")]
    TooDeep,
    /// A split on a column the forest lacks, or at a threshold that is not finite.
    #[error("a tree splits column {feature} at {threshold}")]
    Split {
        /// Column split on.
        feature: u32,
        /// Threshold.
        threshold: f64,
    },
    /// Leaves without rows, or trees grown on fewer than 2 rows or on different numbers of them.
    #[error("the trees are not all grown on the same number of rows, 2 or more")]
    Samples,
}
