"""What each feature contributes to a prediction of trees: exact path-dependent TreeSHAP.

A contribution is the feature's Shapley value in the game whose players are the features and whose
worth of a coalition is what the trees say if only its features are known: a split of an unknown
feature sends a row both ways, in the shares of the training rows that went there. This is the
`tree_path_dependent` value of Lundberg et al., "From local explanations to global understanding
with explainable AI for trees", Nature Machine Intelligence 2 (2020), whose numbers this module
gives.

For one leaf the game is a product over the features of its path: 1 or 0 for a known feature
(inside its interval or not), its share for an unknown one. The Shapley value of such a product is
an integral over the chance t that a feature is known,

    value * (inside_i - share_i) * integral over 0..1 of
        product over j other than i of (t * inside_j + (1 - t) * share_j) dt,

of a polynomial in t, which Gauss-Legendre quadrature computes exactly with half as many points as
the path has features. https://en.wikipedia.org/wiki/Gauss-Legendre_quadrature
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from container.explain.leaves import LeafBlock


class TreeShap:
    """Explains a sum of trees, `scale` times each; exact up to rounding.

    Over forests (scale: 1 / trees) everything is in probabilities. Over gradient boosting (scale:
    1) it is in log-odds, the space in which the trees add up: `base` and a row's contributions
    give the margin, whose softmax, or logistic function for two labels, is the probability.
    """

    def __init__(self, blocks: Sequence[LeafBlock], features: int, scale: float) -> None:
        self._features = features
        self._blocks = [_Weights(block, scale) for block in blocks]
        self.base: NDArray[np.float64] = sum(
            (block.base for block in self._blocks), np.zeros(blocks[0].value.shape[1])
        )
        """(labels,), what the trees say of a row of which nothing is known."""

    def contributions(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """(features, labels) of a row, (features,); `base` and their sum are the prediction."""
        total = np.zeros((self._features, self.base.size))
        for block in self._blocks:
            block.add_to(total, row)
        return total


class _Weights:
    """A block of leaves, with what does not depend on the row."""

    def __init__(self, block: LeafBlock, scale: float) -> None:
        self._block = block
        width, leaves = block.share.shape
        points, weights = np.polynomial.legendre.leggauss(max(1, (width + 1) // 2))
        self._points = [
            (float(t), float(weight))
            for t, weight in zip((points + 1) / 2, weights / 2, strict=True)
        ]
        value = block.value * scale
        self.base = block.share.prod(axis=0) @ value
        # Entries in the order of their features: each feature's are added up as one run.
        self._order = np.argsort(block.feature.ravel(), kind="stable")
        self._value = value[self._order % leaves]
        self._seen, self._starts = np.unique(block.feature.ravel()[self._order], return_index=True)

    def add_to(self, total: NDArray[np.float64], row: NDArray[np.float32]) -> None:
        share = self._block.share
        inside = self._block.inside(row).astype(np.float64)
        integral = np.zeros_like(share)
        for t, weight in self._points:
            # Positive, since every share is and t < 1: leaving one factor out is dividing by it.
            factors = t * inside + (1 - t) * share
            integral += weight * factors.prod(axis=0) / factors
        integral *= inside - share
        terms = integral.ravel()[self._order, np.newaxis] * self._value
        total[self._seen] += np.add.reduceat(terms, self._starts, axis=0)
