"""Trains the forest that every server serves, and says what scikit-learn makes of rows.

`python forest.py FILE` pickles it into FILE; on stdin, as JSON, the `rows` and `labels` to learn
from and the rows to `predict`; their labels and probabilities on stdout. Run in the environment
that the pickle is for: a pickle is read only by the release of scikit-learn that wrote it. The
hyperparameters are those of container/training.
"""

import json
import pickle
import sys
from pathlib import Path

from sklearn.ensemble import RandomForestClassifier

TREES, SEED = 100, 0


def main(file: str) -> None:
    """Trains, pickles, predicts."""
    asked = json.load(sys.stdin)
    forest = RandomForestClassifier(n_estimators=TREES, random_state=SEED)
    forest.fit(asked["rows"], asked["labels"])
    Path(file).write_bytes(pickle.dumps(forest))
    predicted = {
        "labels": forest.predict(asked["predict"]).tolist(),
        "probabilities": forest.predict_proba(asked["predict"]).tolist(),
    }
    json.dump(predicted, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
