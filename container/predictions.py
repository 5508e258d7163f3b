"""What a model makes of rows: what models give to formats and explanations."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Predictions(NamedTuple):
    """Of all rows of a request, in their order."""

    winners: Sequence[int]
    """Index of each row's likeliest class; the first of equals."""
    probabilities: Sequence[Sequence[float]]
    """(rows, classes). Each is a float whose shortest text is exactly what the model gave: a
    double of a model that computes in double, the shortest float32 of one in float32."""


class Extra(StrEnum):
    """What an answer holds beside label and probabilities, where the request asks for it.

    The values are what a request says, and the keys of the answer.
    """

    CONTRIBUTIONS = "contributions"
    """What each feature contributes to each probability (TreeSHAP)."""
    SET = "set"
    """The labels that hold the true one with the artifact's coverage (conformal prediction)."""
    INTERVALS = "intervals"
    """Between which probabilities the trees of a forest lie, for each label."""


class Disclosure(StrEnum):
    """How much of a prediction an endpoint tells.

    Exact probabilities let clients copy a model with few requests, and infer what it was trained
    on: https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/tramer
    """

    ALL = "all"
    """Everything."""
    ROUNDED = "rounded"
    """Label, set, and probabilities to two decimals."""
    LABEL = "label"
    """Label and set."""
