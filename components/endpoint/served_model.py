"""What is known of a model that an endpoint serves, for whoever wants to call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.artifacts.model_card import ModelCard, TrainingMetrics
from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet, StoredArtifact
from components.artifacts.model_source import ModelSource
from components.config.endpoint import Endpoint
from container.predictions import Disclosure, Extra


@dataclass(frozen=True)
class ServedModel:
    """A model by name, which each variant of the endpoint has its own artifact of."""

    example: Mapping[str, Any] | None
    """A request body that the first variant predicts rightly; None where none is known."""
    features: Sequence[Mapping[str, Any]] | None
    """The columns of a row, as the first variant's artifact says and the endpoint discloses; None
    where that is not enough to make a row."""
    include: Mapping[str, Sequence[str]]
    """By variant, what a request may ask for beside label and probabilities."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """By variant, the least chance, 0..1, that its set holds the true label, where it is known."""
    metrics: Mapping[str, TrainingMetrics] = field(default_factory=dict)
    """By variant, how good it was at training, where that is known."""


def served_models(
    settings: Endpoint, sources: Mapping[str, ModelSource]
) -> dict[str | None, ServedModel]:
    """The models of an endpoint by their names; one that is alone has none.

    sources: by variant; a shadow's, which answers nobody, counts for nothing.
    """
    variants = {name: sources[name] for name in settings.variants}
    return {
        name: _served({v: _artifact(source, name) for v, source in variants.items()}, settings)
        for name in settings.model_names or (None,)
    }


def _served(artifacts: Mapping[str, StoredArtifact | None], settings: Endpoint) -> ServedModel:
    first = next(iter(artifacts.values()))
    cards = {variant: found.card for variant, found in artifacts.items() if found and found.card}
    return ServedModel(
        example=first.example if first else None,
        features=_features(first.card if first else None, settings),
        include={variant: _include(cards.get(variant), settings) for variant in artifacts},
        coverage={name: card["coverage"] for name, card in cards.items() if "coverage" in card},
        metrics={name: card["metrics"] for name, card in cards.items() if "metrics" in card},
    )


def _artifact(source: ModelSource, model: str | None) -> StoredArtifact | None:
    match source:
        case RegisteredModel():
            return None
        case ModelSet():
            return source.models[model or ""]
        case _:
            return source


def _features(card: ModelCard | None, settings: Endpoint) -> list[dict[str, Any]] | None:
    """Ranges and categories tell of the training data: they go where all is disclosed."""
    if card is None or settings.disclose is Disclosure.ALL:
        return card and card["features"]
    if any("categories" in feature for feature in card["features"]):
        return None
    return [{"name": feature["name"]} for feature in card["features"]]


def _include(card: ModelCard | None, settings: Endpoint) -> list[str]:
    offered = card["include"] if card else []
    disclosed = set(Extra) if settings.disclose is Disclosure.ALL else {Extra.SET}
    return [extra for extra in offered if extra in disclosed]
