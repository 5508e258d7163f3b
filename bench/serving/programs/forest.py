"""Trains the forest that every server serves, and says what scikit-learn makes of rows.

`python forest.py FILE` pickles it into FILE; rows as JSON on stdin, their labels and probabilities
on stdout. Run in the environment that the pickle is for: a pickle is read only by the release of
scikit-learn that wrote it. The hyperparameters are those of container/training.
"""

import json
import pickle
import sys
from pathlib import Path

from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

TREES, SEED = 100, 0


def main(file: str) -> None:
    """Trains, pickles, predicts."""
    data = load_iris()
    labels = data.target_names[data.target]
    forest = RandomForestClassifier(n_estimators=TREES, random_state=SEED).fit(data.data, labels)
    Path(file).write_bytes(pickle.dumps(forest))
    rows = json.load(sys.stdin)
    predicted = {
        "labels": forest.predict(rows).tolist(),
        "probabilities": forest.predict_proba(rows).tolist(),
    }
    json.dump(predicted, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
