"""What goes into a model and what comes out of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

NEVER_SEEN = -1.0
"""What a model gets for a text that is none of its column's categories."""


@dataclass(frozen=True)
class Feature:
    """A column of a row: numbers, or texts where it has categories."""

    name: str
    """By which records and headers name it."""
    range: tuple[float, float] | None = None
    """Lowest and highest number of the training data, as float32; None where it is not known."""
    categories: tuple[str, ...] | None = None
    """The texts of the training data: the model gets the index of a cell's, else NEVER_SEEN."""


@dataclass(frozen=True)
class Signature:
    """The columns of a row and of the probabilities, in the model's order."""

    features: tuple[Feature, ...]
    """At least one, no two of one name."""
    labels: tuple[str, ...]
    """Names of the classes, those of the columns of the probabilities."""

    def to_json(self) -> str:
        """Text of `signature.json`."""
        features = [
            {key: value for key, value in vars(feature).items() if value is not None}
            for feature in self.features
        ]
        return json.dumps({"features": features, "classes": self.labels}) + "\n"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def codes(self) -> tuple[Mapping[str, float] | None, ...]:
        """For each feature what the model gets for a text; None where cells are numbers."""
        return tuple(
            None
            if feature.categories is None
            else {text: float(index) for index, text in enumerate(feature.categories)}
            for feature in self.features
        )

    @cached_property
    def numeric(self) -> bool:
        """Whether every cell is a number."""
        return all(feature.categories is None for feature in self.features)

    @cached_property
    def bounds(self) -> tuple[tuple[int, float, float], ...]:
        """Column, lowest and highest cell that training has seen, where that is known."""
        known = ((0.0, math.inf) if f.categories else f.range for f in self.features)
        return tuple((column, *pair) for column, pair in enumerate(known) if pair is not None)

    @cached_property
    def brackets_in_texts(self) -> int:
        """Most opening brackets that a record of JSON may hold in its texts, a bound of a body."""
        return self._most_in_texts("[") + self._most_in_texts("{")

    @cached_property
    def commas_in_texts(self) -> int:
        """Most commas that a record of JSON may hold in its texts."""
        return self._most_in_texts(",")

    def _most_in_texts(self, character: str) -> int:
        return sum(
            feature.name.count(character)
            + max((text.count(character) for text in feature.categories or ()), default=0)
            for feature in self.features
        )
