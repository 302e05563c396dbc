//! Against scikit-learn and shap: their forest, imported, must score and explain as they do. Once on
//! a stored report, and live where a Python with both is found.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;
use tocsin_anomaly::{IsolationForest, Node, Tree};

#[derive(Deserialize)]
struct Report {
    columns: usize,
    trees: Vec<Parts>,
    rows: Vec<Vec<f64>>,
    score_samples: Vec<f64>,
    expected_value: f64,
    shap_values: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Parts {
    left: Vec<i64>,
    right: Vec<i64>,
    feature: Vec<i64>,
    threshold: Vec<f64>,
    samples: Vec<u32>,
}

impl Parts {
    fn tree(&self) -> Tree {
        Tree { nodes: (0..self.left.len()).map(|at| self.node(at)).collect() }
    }

    fn node(&self, at: usize) -> Node {
        let Ok(left) = u32::try_from(self.left[at]) else {
            return Node::Leaf { samples: self.samples[at] };
        };
        Node::Split {
            feature: self.feature[at].try_into().unwrap(),
            threshold: self.threshold[at],
            left,
            right: self.right[at].try_into().unwrap(),
        }
    }
}

fn check(json: &[u8]) {
    let report: Report = serde_json::from_slice(json).unwrap();
    let trees: Vec<Tree> = report.trees.iter().map(Parts::tree).collect();
    let forest = IsolationForest::from_trees(report.columns, &trees).unwrap();
    assert!(!report.rows.is_empty());
    for (index, row) in report.rows.iter().enumerate() {
        // score_samples is the paper's score, negated.
        close(forest.score(row), -report.score_samples[index], 1e-9);
        let attributions = forest.attributions(row);
        close(attributions.base, report.expected_value, 1e-6);
        // shap explains the path length; a contribution to anomaly is its opposite.
        for (ours, theirs) in attributions.contributions.iter().zip(&report.shap_values[index]) {
            close(*ours, -theirs, 1e-6);
        }
    }
}

fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance, "{ours} is not {theirs}");
}

#[test]
fn a_stored_scikit_learn_forest_scores_and_explains_alike() {
    check(include_bytes!("../golden/forest.json"));
}

#[test]
fn a_fresh_scikit_learn_forest_scores_and_explains_alike() {
    let python = std::env::var_os("TOCSIN_ORACLE_PYTHON")
        .map_or_else(|| "../../.venv-oracle/bin/python".into(), PathBuf::from);
    if !python.exists() {
        eprintln!("skipped: no python at {} (TOCSIN_ORACLE_PYTHON)", python.display());
        return;
    }
    let output =
        Command::new(python).args(["tests/oracle/forest.py", "100", "256", "50"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check(&output.stdout);
}
