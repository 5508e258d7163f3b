"""What is known of the models behind an endpoint."""

from dataclasses import replace
from typing import Any

import pytest

from components.artifacts.model_card import ModelCard, TrainingMetrics
from components.artifacts.model_set import ModelSet
from components.config.endpoint import Endpoint
from components.endpoint.served_model import ServedModel, served_models
from tests.unit.components.conftest import REGISTERED, packed

INSTANCES = {"instances": {"type": "ml.m5.large", "min": 1, "max": 2}}
ONE = {"artifact": "build/iris"} | INSTANCES
SEVERAL = {"models": {"iris": "build/iris", "wine": "build/wine"}} | INSTANCES
FEATURES: list[dict[str, Any]] = [{"name": "length", "range": [1.0, 2.0]}]
METRICS: TrainingMetrics = {
    "rows": 150,
    "accuracy": {"value": 0.95, "interval": [0.9, 0.97]},
    "logLoss": {"value": 0.13, "interval": [0.06, 0.2]},
}


def known(name, *include):
    """An artifact that offers extras."""
    card: ModelCard = {"features": FEATURES, "labels": ["a"], "include": list(include)}
    return replace(packed(name), card=card)


def endpoint(disclose="all", **variants):
    return Endpoint.model_validate({"variants": variants, "disclose": disclose})


FOREST, BOOSTING = known("f", "contributions", "set", "intervals"), known("b", "set")


def test_a_model_alone_is_what_its_first_variant_says_and_each_variant_offers_its_own():
    settings = endpoint(forest=ONE, boosting=ONE)
    assert served_models(settings, {"forest": FOREST, "boosting": BOOSTING}) == {
        None: ServedModel(
            {"instances": [["f"]]},
            FEATURES,
            {"forest": ["contributions", "set", "intervals"], "boosting": ["set"]},
        )
    }


@pytest.mark.parametrize("disclose", ["rounded", "label"])
def test_what_the_endpoint_does_not_disclose_is_not_offered(disclose):
    models = served_models(endpoint(disclose, forest=ONE), {"forest": FOREST})
    assert models[None].include == {"forest": ["set"]}


@pytest.mark.parametrize("disclose", ["rounded", "label"])
def test_what_tells_of_the_training_data_is_not_told_where_not_all_is_disclosed(disclose):
    settings = endpoint(disclose, forest=ONE)
    assert served_models(settings, {"forest": FOREST})[None].features == [{"name": "length"}]
    texts: ModelCard = {
        "features": [*FEATURES, {"name": "soil", "categories": ["clay"]}],
        "labels": ["a"],
        "include": [],
    }
    assert served_models(settings, {"forest": replace(FOREST, card=texts)})[None].features is None


def test_several_models_are_each_known_by_name():
    sources = {"all": ModelSet({"iris": FOREST, "wine": BOOSTING})}
    models = served_models(endpoint(all=SEVERAL), sources)
    assert {name: model.include for name, model in models.items()} == {
        "iris": {"all": ["contributions", "set", "intervals"]},
        "wine": {"all": ["set"]},
    }
    assert models["wine"].example == {"instances": [["b"]]}


def test_coverage_and_metrics_are_each_variants_own_where_its_card_has_them():
    card: ModelCard = {
        "features": FEATURES,
        "labels": ["a"],
        "include": ["set"],
        "coverage": 0.9,
        "metrics": METRICS,
    }
    forest = replace(FOREST, card=card)
    settings = endpoint(forest=ONE, boosting=ONE, foreign=ONE)
    sources = {"forest": forest, "boosting": BOOSTING, "foreign": REGISTERED}
    model = served_models(settings, sources)[None]
    assert (model.coverage, model.metrics) == ({"forest": 0.9}, {"forest": METRICS})


def test_of_a_model_from_the_registry_nothing_is_known():
    models = served_models(endpoint(forest=ONE), {"forest": REGISTERED})
    assert models == {None: ServedModel(None, None, {"forest": []})}


def test_a_shadow_counts_for_nothing():
    sources = {"forest": FOREST, "copy": BOOSTING}
    assert list(served_models(endpoint(forest=ONE), sources)[None].include) == ["forest"]
