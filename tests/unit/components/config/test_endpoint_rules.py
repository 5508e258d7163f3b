"""Which keys of an endpoint go together, and the line that each clash gets."""

import pytest

from tests.unit.components.config.conftest import (
    ASYNC,
    CANARY,
    CAPTURE,
    FOREST,
    ROLLBACK,
    SHADOW,
    VPC,
    endpoint,
    load,
    mistakes,
    on_instances,
    serverless,
)

TWO = {"forest": on_instances(), "boosting": on_instances()}
ONE_SERVERLESS = {"forest": serverless()}
WARM = {"forest": serverless(provisioned={"min": 2, "max": 20})}
PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3"
IMAGE = f"team/other@sha256:{'ab' * 32}"

INSTANCES = {"type": "ml.m5.large", "min": 2, "max": 6}
GPUS = {**INSTANCES, "type": "ml.g5.xlarge"}
MODELS = {"iris": "build/iris-forest", "wine": f"s3://models/wine@sha256:{'ab' * 32}"}
SEVERAL = {"all": {"models": MODELS, "instances": INSTANCES}}
WINE_ALONE = {"models": {"wine": "build/wine"}, "instances": INSTANCES}

FORMS = [
    {"variants": SEVERAL, "rollout": CANARY, "network": {"vpc": VPC}},
    {"variants": {**SEVERAL, "twin": {**SEVERAL["all"], "models": dict(reversed(MODELS.items()))}}},
    {"variants": TWO, "capture": CAPTURE, "rollout": CANARY, "network": {"vpc": VPC}},
    {"shadow": SHADOW, "capture": CAPTURE, "rollout": CANARY},
    {"variants": ONE_SERVERLESS, "scaling": None},
    {"variants": ONE_SERVERLESS, "scaling": None, "shadow": None, "capture": None},
    {"variants": WARM, "scaling": {"utilization": "70%"}},
    {
        "variants": {"forest": on_instances(min=0)},
        "asynchronous": ASYNC,
        "scaling": {"backlog": 5},
        "network": {"isolation": False},
    },
    {"variants": {"forest": {**on_instances(), "artifact": PACKAGE}}},
    {"shadow": {**SHADOW, "instances": {"type": "ml.t2.medium", "count": 1}}},
]


@pytest.mark.parametrize("keys", FORMS)
def test_every_form_of_an_endpoint_is_taken(keys):
    assert load(endpoint(**keys)).endpoints["iris"].variants


QUEUES = "since only an asynchronous endpoint, which queues, may have none"
INF1 = {"type": "ml.inf1.xlarge"}

CLASHES = [
    # serverless
    ({"variants": {"forest": serverless(), "boosting": serverless()}, "scaling": None},
     "variants: forest, boosting. Allowed: one variant, since forest is serverless and AWS puts "
     "no other beside it. Remove the others, or run all of them on instances."),
    ({"variants": {"forest": on_instances(), "boosting": serverless()}},
     "variants: forest, boosting. Allowed: one variant, since boosting is serverless and AWS puts "
     "no other beside it. Remove the others, or run all of them on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "shadow": SHADOW},
     "shadow: an object. Allowed: nothing with a serverless variant, since AWS copies no requests "
     "of it. Remove it, or run the variant on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "asynchronous": ASYNC},
     "async: an object. Allowed: nothing with a serverless variant, since AWS queues requests for "
     "instances only. Remove it, or run the variant on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "rollout": CANARY},
     "rollout: an object. Allowed: nothing with a serverless variant, since AWS guards updates of "
     "real-time and asynchronous endpoints only. Remove it, or run the variant on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "capture": CAPTURE},
     "capture: an object. Allowed: nothing with a serverless variant, since AWS captures nothing "
     "of it. Remove it, or run the variant on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "network": {"vpc": VPC}},
     "network: an object. Allowed: nothing with a serverless variant, since AWS offers neither "
     "isolation nor a VPC for it. Remove it, or run the variant on instances."),
    ({"variants": ONE_SERVERLESS, "scaling": None, "network": {"isolation": True}},
     "network: an object. Allowed: nothing with a serverless variant, since AWS offers neither "
     "isolation nor a VPC for it. Remove it, or run the variant on instances."),
    ({"variants": {"forest": serverless(provisioned={"min": 1, "max": 21})},
      "scaling": {"utilization": "70%"}},
     "variants.forest.serverless.provisioned.max: 21. Allowed: up to 20, the variant's "
     "concurrency. Lower it, or raise concurrency."),
    # several models
    ({"variants": {**SEVERAL, "one": WINE_ALONE}},
     "variants.one.models: an object. Allowed: models called iris, wine, as all has, since a "
     "request names its model, whichever variant it comes to. Name the same ones, or give the "
     "variant an endpoint of its own."),
    ({"variants": {"forest": on_instances(), **SEVERAL}},
     'variants.forest.artifact: "build/iris-forest". Allowed: models called iris, wine, as all '
     "has, since a request names its model, whichever variant it comes to. Name the same ones, or "
     "give the variant an endpoint of its own."),
    ({"variants": {"all": {"models": MODELS, "serverless": serverless()["serverless"]}},
      "scaling": None},
     "variants.all.serverless: an object. Allowed: nothing with models, which AWS does not serve "
     "without instances. Use instances, or give each model an endpoint of its own."),
    ({"variants": {"all": {"models": MODELS, "instances": GPUS}}},
     'variants.all.instances.type: "ml.g5.xlarge". Allowed: a type without accelerators, with '
     "models: on those, AWS serves several by NVIDIA's Triton server only. "
     "Use one such as ml.m5.large."),
    ({"variants": SEVERAL, "asynchronous": ASYNC, "scaling": {"backlog": 5}},
     "async: an object. Allowed: nothing with models, since InvokeEndpointAsync cannot say which "
     "of them is asked. Remove it."),
    ({"variants": SEVERAL, "shadow": SHADOW},
     "shadow: an object. Allowed: nothing with models, since AWS copies no requests of "
     "multi-model endpoints. Remove it."),
    ({"variants": SEVERAL, "capture": CAPTURE},
     "capture: an object. Allowed: nothing with models, since what AWS captures does not say "
     "which of them answered. Remove it."),
    # images
    ({"variants": {"forest": {**on_instances(), "artifact": PACKAGE, "image": IMAGE}}},
     f'variants.forest.image: "{IMAGE}". Allowed: none with a model package, which has an image '
     "of its own. Remove it."),
    ({"shadow": {**SHADOW, "artifact": PACKAGE, "image": IMAGE}},
     f'shadow.image: "{IMAGE}". Allowed: none with a model package, which has an image of its '
     "own. Remove it."),
    # instances
    ({"variants": {"forest": on_instances(min=0)}},
     f"variants.forest.instances.min: 0. Allowed: 1 or more, {QUEUES}. Raise it, or add async."),
    # async
    ({"variants": TWO, "asynchronous": ASYNC, "scaling": {"backlog": 5}},
     "variants: forest, boosting. Allowed: one variant with async, since AWS counts waiting "
     "requests by endpoint, so that several could not be scaled. "
     "Give each an endpoint of its own."),
    ({"asynchronous": ASYNC, "scaling": {"backlog": 5}, "shadow": SHADOW},
     "shadow: an object. Allowed: nothing with async, since AWS copies no requests of "
     "asynchronous endpoints. Remove it, or async."),
    ({"asynchronous": ASYNC, "scaling": {"backlog": 5}, "capture": CAPTURE},
     "capture: an object. Allowed: nothing with async, since AWS captures real-time requests "
     "only; inputs and results are kept anyway. Remove it, or async."),
    # shadow
    ({"variants": {"forest": on_instances(), "linear": on_instances()}, "shadow": SHADOW},
     "shadow: an object. Allowed: nothing with several variants (forest, linear), since AWS "
     "copies the requests of exactly one. "
     "Remove it, or give the other variants an endpoint of their own."),
    ({"shadow": {**SHADOW, "instances": {**INF1, "count": 1}}},
     'shadow.instances.type: "ml.inf1.xlarge". Allowed: no ml.inf1 type on an endpoint with a '
     "shadow, which AWS refuses. Use another type, such as ml.inf2.xlarge, or remove shadow."),
    ({"shadow": SHADOW, "variants": {"forest": on_instances(**INF1)}},
     'variants.forest.instances.type: "ml.inf1.xlarge". Allowed: no ml.inf1 type on an endpoint '
     "with a shadow, which AWS refuses. "
     "Use another type, such as ml.inf2.xlarge, or remove shadow."),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "line"), CLASHES)
def test_keys_that_do_not_go_together_are_refused_with_the_reason(keys, line):
    assert mistakes(endpoint(**keys)) == [f"endpoints.iris.{line}"]


def test_what_a_serverless_variant_excludes_is_named_once():
    config = endpoint(
        variants=ONE_SERVERLESS,
        scaling=None,
        shadow=SHADOW,
        asynchronous=ASYNC,
        rollout={**CANARY, "rollbackOn": {"latencyP90": "70s"}},
        capture=CAPTURE,
    )
    assert [line.partition(": ")[0] for line in mistakes(config)] == [
        f"endpoints.iris.{key}" for key in ("shadow", "async", "rollout", "capture")
    ]


def test_clashes_of_several_blocks_are_named_in_one_error():
    rolling = {"rolling": {"step": "25%", "wait": "5m"}, **ROLLBACK}
    config = endpoint(
        variants={"forest": on_instances(min=0), "boosting": on_instances()},
        shadow={**SHADOW, "name": "linear"},
        scaling={"backlog": 5},
        rollout=rolling,
    )
    assert [line.partition(": ")[0] for line in mistakes(config)] == [
        f"{FOREST}.instances.min",
        "endpoints.iris.shadow",
        "endpoints.iris.scaling.backlog",
        "endpoints.iris.rollout.rolling",
        f"{FOREST}.instances.min",
    ]
