"""The forest behind LitServe, which joins up to 64 requests to one prediction.

`python litserve_app.py PORT`. https://lightning.ai/docs/litserve/features/batching
"""

import os
import pickle
import sys
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import litserve
import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


class Forest(litserve.LitAPI):  # type: ignore[misc]
    """Label and probabilities of each row."""

    def setup(self, device: str) -> None:
        """Called at start: load the model."""
        self.model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())  # noqa: S301 our own

    def decode_request(self, request: dict[str, Any]) -> Rows:
        """The rows of a request."""
        return np.array(request["instances"])

    def batch(self, inputs: Sequence[Rows]) -> tuple[Rows, list[int]]:
        """The rows of several requests, and where each request's end."""
        return np.concatenate(inputs), list(accumulate(map(len, inputs)))

    def predict(self, batch: tuple[Rows, list[int]]) -> list[Rows]:
        """Probabilities, apart by request."""
        rows, ends = batch
        return np.split(self.model.predict_proba(rows), ends[:-1])

    def unbatch(self, output: list[Rows]) -> list[Rows]:
        """An output for each request."""
        return output

    def encode_response(self, output: Rows) -> dict[str, Any]:
        """The answer to a request."""
        names = self.model.classes_
        return {
            "predictions": [
                {
                    "label": names[row.argmax()],
                    "probabilities": dict(zip(names, row.tolist(), strict=True)),
                }
                for row in output
            ]
        }


if __name__ == "__main__":
    server = litserve.LitServer(Forest(max_batch_size=64), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
