"""The recipe's model code behind FastAPI, as its tutorial writes it: a typed body, a plain def."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())  # noqa: S301 our own


class Request(BaseModel):
    """What a client sends."""

    instances: list[list[float]]


@app.get("/ping")  # type: ignore[untyped-decorator]
def ping() -> None:
    """Ready."""


@app.post("/invocations")  # type: ignore[untyped-decorator]
def invocations(request: Request) -> dict[str, Any]:
    """Label and probabilities of each row."""
    rows = np.array(request.instances)
    labels = model.predict(rows)
    probabilities = model.predict_proba(rows)
    predictions = [
        {"label": label, "probabilities": dict(zip(model.classes_, row, strict=True))}
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
    return {"predictions": predictions}
