"""The files of a model artifact besides its manifest: what they are called, what they hold."""

import json
from dataclasses import dataclass
from pathlib import Path

from container.errors import RequestError, shown
from container.formats.rows import Row, checked_rows, distinct_keys

MODEL_FILE = "model.onnx"
SIGNATURE_FILE = "signature.json"
SAMPLE_FILE = "sample.json"

FIX = "Make the artifact again: docs/models.md."


class ArtifactError(Exception):
    """A file is not what the server needs; the text names file, value seen and fix."""


@dataclass(frozen=True)
class Signature:
    """What goes into the model and what comes out, in the model's order."""

    features: tuple[str, ...]
    """Names of the columns of a row."""
    labels: tuple[str, ...]
    """Names of the classes, those of the columns of the probabilities."""

    def to_json(self) -> str:
        """Text of `signature.json`."""
        return _text(
            {"features": [{"name": name} for name in self.features], "classes": self.labels}
        )


@dataclass(frozen=True)
class Sample:
    """Rows and the labels the model gives them: the server's self-test, an example for people."""

    rows: list[Row]
    labels: tuple[str, ...]

    def to_json(self) -> str:
        """Text of `sample.json`."""
        return _text({"instances": self.rows, "labels": self.labels})


def read_signature(folder: Path) -> Signature:
    """The folder's `signature.json`. Raises ArtifactError."""
    path = folder / SIGNATURE_FILE
    document = _object(path, keys=("features", "classes"))
    features = document["features"]
    if not isinstance(features, list) or not all(
        isinstance(feature, dict) and feature.keys() == {"name"} for feature in features
    ):
        raise ArtifactError(
            f'{path}: features is {shown(features)}. Expected an array of {{"name": ...}}. {FIX}'
        )
    return Signature(
        features=_distinct_names(path, "features", [feature["name"] for feature in features]),
        labels=_distinct_names(path, "classes", document["classes"]),
    )


def read_sample(folder: Path, signature: Signature) -> Sample:
    """The folder's `sample.json`: rows as wide as `signature`, a label of it for each row.

    Raises ArtifactError.
    """
    path = folder / SAMPLE_FILE
    document = _object(path, keys=("instances", "labels"))
    try:
        rows = checked_rows(document["instances"], len(signature.features))
    except RequestError as error:
        raise ArtifactError(f"{path}: {error} {FIX}") from error
    labels = document["labels"]
    if (
        not isinstance(labels, list)
        or len(labels) != len(rows)
        or not all(label in signature.labels for label in labels)
    ):
        raise ArtifactError(
            f"{path}: labels is {shown(labels)}. "
            f"Expected {len(rows)} of {', '.join(signature.labels)}. {FIX}"
        )
    return Sample(rows, tuple(labels))


def _object(path: Path, keys: tuple[str, str]) -> dict[str, object]:
    try:
        # As in requests: every number is a float.
        document = json.loads(path.read_bytes(), parse_int=float, object_pairs_hook=distinct_keys)
    except OSError as error:
        raise ArtifactError(f"{path}: not readable ({error.strerror}). {FIX}") from error
    except RequestError as error:
        raise ArtifactError(f"{path}: {error} {FIX}") from error
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path}: not JSON. {FIX}") from error
    if not isinstance(document, dict) or document.keys() != set(keys):
        seen = ", ".join(document) if isinstance(document, dict) else shown(document)
        raise ArtifactError(f"{path}: holds {seen}. Expected the keys {', '.join(keys)}. {FIX}")
    return document


def _distinct_names(path: Path, key: str, names: object) -> tuple[str, ...]:
    if (
        not isinstance(names, list)
        or not names
        or not all(isinstance(name, str) and name for name in names)
        or len(set(names)) != len(names)
    ):
        raise ArtifactError(
            f"{path}: {key} is {shown(names)}. Expected distinct names, at least one. {FIX}"
        )
    return tuple(names)


def _text(document: object) -> str:
    return json.dumps(document) + "\n"
