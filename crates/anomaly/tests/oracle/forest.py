"""Writes what scikit-learn's IsolationForest and shap's TreeExplainer say, as one JSON object.

Usage: forest.py TREES SAMPLE ROWS > forest.json
Needs numpy, scikit-learn and shap. The Rust test imports the trees and must agree on every number.
tests/golden/forest.json is what `forest.py 8 32 12` wrote; the versions used are inside it.
"""

import json
import sys

import numpy as np
import shap
import sklearn
from sklearn.ensemble import IsolationForest

COLUMNS = 5


def draw(rows):
    """Correlated, skewed, discrete and constant-heavy columns, with some outliers.

    Rounded to float32, as scikit-learn rounds what it compares with its float64 thresholds.
    """
    random = np.random.default_rng(11)
    base = random.normal(size=(rows, COLUMNS))
    base[:, 1] += base[:, 0]
    base[:, 2] = np.exp(base[:, 2])
    base[:, 3] = np.round(base[:, 3])
    base[:, 4] = np.where(base[:, 4] > 1, 1, 0)
    base[::17] *= 4
    return base.astype(np.float32)


def parts(tree):
    """A tree's parallel arrays; children are -1 at leaves."""
    return {
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "samples": tree.n_node_samples.tolist(),
    }


def main():
    trees, sample, rows = map(int, sys.argv[1:])
    data = draw(max(4 * sample, rows))
    forest = IsolationForest(n_estimators=trees, max_samples=sample, random_state=3).fit(data)
    asked = data[:rows]
    explainer = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
    report = {
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "shap": shap.__version__,
        },
        "columns": COLUMNS,
        "trees": [parts(estimator.tree_) for estimator in forest.estimators_],
        "rows": asked.astype(np.float64).tolist(),
        "score_samples": forest.score_samples(asked).tolist(),
        "expected_value": float(np.ravel(explainer.expected_value)[0]),
        "shap_values": explainer.shap_values(asked).tolist(),
    }
    json.dump(report, sys.stdout, separators=(",", ":"))
    print()


main()
