"""The recipe that many a tutorial ends with: Flask, a pickle, two predictions for every request.

`python recipe.py PORT` runs it on Flask's development server; gunicorn takes `app`. MODEL names
the pickle.
"""

import os
import pickle
import sys
from pathlib import Path

import numpy as np
from flask import Flask, Response, jsonify, request

app = Flask(__name__)
model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())  # noqa: S301 our own


@app.get("/ping")
def ping() -> Response:
    """SageMaker's health check."""
    return Response(status=200)


@app.post("/invocations")
def invocations() -> Response:
    """Label and probabilities of each row."""
    rows = np.array(request.get_json()["instances"])
    labels = model.predict(rows)
    probabilities = model.predict_proba(rows)
    predictions = [
        {"label": label, "probabilities": dict(zip(model.classes_, row, strict=True))}
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
    return jsonify({"predictions": predictions})


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
