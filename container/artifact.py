"""The files of a model artifact besides its manifest: what they are called, what they hold."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from container.errors import RequestError, shown
from container.formats.json_rows import checked_rows
from container.formats.rows import FLOAT32_OVERFLOW, distinct_keys
from container.signature import Feature, Signature

MODEL_FILE = "model.onnx"
SIGNATURE_FILE = "signature.json"
SAMPLE_FILE = "sample.json"

FIX = "Make the artifact again: docs/models.md."

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can escape it, UTF-8 and so an answer cannot hold it."""


class ArtifactError(Exception):
    """A file is not what the server needs; the text names file, value seen and fix."""


@dataclass(frozen=True)
class Sample:
    """Rows and the labels the model gives them: the server's self-test, an example for people."""

    rows: list[list[float | str]]
    """As a request sends them: a text where the feature has categories, else a number."""
    labels: tuple[str, ...]

    def to_json(self) -> str:
        """Text of `sample.json`."""
        return _text({"instances": self.rows, "labels": self.labels})


def read_signature(folder: Path) -> Signature:
    """The folder's `signature.json`. Raises ArtifactError."""
    path = folder / SIGNATURE_FILE
    document = read_object(path, keys=("features", "classes"))
    features = document["features"]
    if not isinstance(features, list) or not all(
        isinstance(feature, dict)
        and feature.keys() in ({"name"}, {"name", "range"}, {"name", "categories"})
        for feature in features
    ):
        raise ArtifactError(
            f'{path}: features is {shown(features)}. Expected an array of {{"name": ...}}, '
            f'each with "range", "categories" or neither. {FIX}'
        )
    names = _distinct_names(path, "features", [feature["name"] for feature in features])
    return Signature(
        tuple(
            Feature(name, _range(path, name, feature), _categories(path, name, feature))
            for name, feature in zip(names, features, strict=True)
        ),
        _distinct_names(path, "classes", document["classes"]),
    )


def read_sample(folder: Path, signature: Signature) -> Sample:
    """The folder's `sample.json`: rows as wide as `signature`, a label of it for each row.

    Raises ArtifactError.
    """
    path = folder / SAMPLE_FILE
    document = read_object(path, keys=("instances", "labels"))
    instances: Any = document["instances"]
    try:
        checked_rows(instances, signature)
    except RequestError as error:
        raise ArtifactError(f"{path}: {error} {FIX}") from error
    if not all(isinstance(row, list) for row in instances):
        raise ArtifactError(f"{path}: instances holds an object. Expected arrays alone. {FIX}")
    labels = document["labels"]
    if (
        not isinstance(labels, list)
        or len(labels) != len(instances)
        or not all(label in signature.labels for label in labels)
    ):
        raise ArtifactError(
            f"{path}: labels is {shown(labels)}. "
            f"Expected {len(instances)} of {', '.join(signature.labels)}. {FIX}"
        )
    return Sample(instances, tuple(labels))


def read_object(path: Path, keys: tuple[str, str]) -> dict[str, object]:
    """The JSON object of a file: exactly these keys, every number a float.

    Raises ArtifactError.
    """
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


def _range(path: Path, name: str, feature: Mapping[str, object]) -> tuple[float, float] | None:
    if "range" not in feature:
        return None
    match feature["range"]:
        case [float(low), float(high)] if -FLOAT32_OVERFLOW < low <= high < FLOAT32_OVERFLOW:
            return low, high
        case other:
            raise ArtifactError(
                f"{path}: range of {shown(name)} is {shown(other)}. "
                f"Expected [low, high], two numbers of float32 with low <= high. {FIX}"
            )


def _categories(path: Path, name: str, feature: Mapping[str, object]) -> tuple[str, ...] | None:
    if "categories" not in feature:
        return None
    texts = feature["categories"]
    if not _are_distinct_texts(texts):
        raise ArtifactError(
            f"{path}: categories of {shown(name)} is {shown(texts)}. "
            f"Expected distinct texts, at least one. {FIX}"
        )
    return tuple(texts)


def _distinct_names(path: Path, key: str, names: object) -> tuple[str, ...]:
    if not _are_distinct_texts(names) or "" in names:
        raise ArtifactError(
            f"{path}: {key} is {shown(names)}. Expected distinct names, at least one. {FIX}"
        )
    return tuple(names)


def _are_distinct_texts(value: object) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(text, str) and not LONE_SURROGATE.search(text) for text in value)
        and len(set(value)) == len(value)
    )


def _text(document: object) -> str:
    return json.dumps(document) + "\n"
