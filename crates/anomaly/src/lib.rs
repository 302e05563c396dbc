//! What is normal: an isolation forest with exact attributions, conformal calibration of its
//! scores, the budget that turns p-values into alerts, and the statistics of small samples.
//!
//! This crate knows arrays, not events. It reads no clock and no disk, and everything random is
//! seeded, so the same input gives the same numbers on every machine.

mod attribution;
mod binomial;
mod budget;
mod calibration;
mod error;
mod forest;
mod matrix;
mod median;
mod random;
mod reservoir;

pub use attribution::{Attributions, shares, surprise};
pub use binomial::at_least;
pub use budget::{Budget, MAX_ALPHA, Outcome};
pub use calibration::{Calibration, MAX_CALIBRATION};
pub use error::{DataError, FitError, ModelError};
pub use forest::{ForestParams, IsolationForest, MAX_DEPTH, MAX_SAMPLE, MAX_TREES, Node, Tree};
pub use matrix::{MAX_COLUMNS, Matrix};
pub use median::median;
pub use reservoir::Reservoir;
