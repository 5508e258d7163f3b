"""What a training job may set, as SageMaker hands it over: a JSON object, every value text."""

import json
import re
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from container.errors import shown

LIMITS = {"trees": (1, 1000), "seed": (0, 2**32 - 1)}
"""Smallest and largest value of each whole number by name."""

NAMES = ("algorithm", *LIMITS)
"""What may be set."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")


class Algorithm(StrEnum):
    """What can be learnt from the same rows, to be compared."""

    FOREST = "forest"
    """scikit-learn's random forest."""
    BOOSTING = "boosting"
    """scikit-learn's gradient boosting."""


class HyperparameterError(Exception):
    """The hyperparameters are wrong; the text has a line for every mistake in them."""


@dataclass(frozen=True)
class Hyperparameters:
    """How the trees are grown."""

    algorithm: Algorithm = Algorithm.FOREST
    """By which algorithm."""
    trees: int = 100
    """Number of trees, of boosting for each label, 1..1000."""
    seed: int = 0
    """Of the random draws, 0..4294967295: the same seed grows the same trees."""


def read_hyperparameters(path: Path) -> Hyperparameters:
    """The hyperparameters of a job; what is not set, the file itself included, is the default.

    Raises HyperparameterError that names all mistakes together.
    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
    """
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Hyperparameters()
    except OSError as error:
        raise HyperparameterError(
            f"{path}: not readable ({error.strerror}). Make it readable."
        ) from error
    except (ValueError, RecursionError) as error:
        raise HyperparameterError(
            f"{path}: not JSON in UTF-8. Write an object of texts by name."
        ) from error
    if not isinstance(document, dict):
        raise HyperparameterError(
            f'{path}: {shown(document)} is not an object. Write {{"trees": "100"}}.'
        )
    if mistakes := [line for name, text in document.items() if (line := _mistake(name, text))]:
        raise HyperparameterError("\n".join(mistakes))
    numbers = {name: int(text) for name, text in document.items() if name in LIMITS}
    algorithm = document.get("algorithm", Hyperparameters.algorithm)
    return Hyperparameters(Algorithm(algorithm), **numbers)


def _mistake(name: str, text: object) -> str | None:
    if name not in NAMES:
        return (
            f"hyperparameter {shown(name)}: unknown. Allowed: {', '.join(NAMES)}. "
            "Remove it, or write the one that is meant."
        )
    if name == "algorithm":
        if text in list(Algorithm):
            return None
        return (
            f"hyperparameter algorithm: {shown(text)} is not allowed. Allowed: "
            f"{', '.join(Algorithm)}. Set one, or leave it out for {Hyperparameters.algorithm}."
        )
    smallest, largest = LIMITS[name]
    if isinstance(text, str) and _WHOLE_NUMBER.fullmatch(text) and smallest <= int(text) <= largest:
        return None
    default = {field.name: field.default for field in fields(Hyperparameters)}[name]
    return (
        f"hyperparameter {name}: {shown(text)} is not allowed. Allowed: the text of a whole "
        f"number, {smallest}..{largest}. Set one, or leave it out for {default}."
    )
