"""What a model's artifact says of itself, for whoever tries the model."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypedDict

from container.artifact import SIGNATURE_FILE
from container.predictions import Extra

EXTRAS = {
    "conformal.json": (Extra.SET,),
    "forest_trees.npy": (Extra.CONTRIBUTIONS, Extra.INTERVALS),
    "boosting_trees.npy": (Extra.CONTRIBUTIONS,),
}
"""What the files of an artifact let a request include."""


class ModelCard(TypedDict):
    """Plain JSON: it goes into published.json and to the web page."""

    features: list[dict[str, Any]]
    """A name for each column of a row; with it a `range` or `categories` where they are known."""
    labels: list[str]
    """The classes."""
    include: list[str]
    """What a request may include in the answer (container/predictions.py)."""


def model_card(folder: Path, files: Collection[str]) -> ModelCard:
    """The card of a folder that has been verified. files: the names in its manifest."""
    signature = json.loads((folder / SIGNATURE_FILE).read_bytes())
    offered = {extra for name in files for extra in EXTRAS.get(name, ())}
    return {
        "features": signature["features"],
        "labels": signature["classes"],
        "include": [extra.value for extra in Extra if extra in offered],
    }
