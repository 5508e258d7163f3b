"""Clashes are found beside other mistakes, but never made up from them."""

import pytest

from components.config.stack import ConfigError, load_config
from tests.unit.components.config.conftest import (
    ASYNC,
    CANARY,
    CAPTURE,
    FOREST,
    INSTANCES,
    MINIMAL,
    MISSING,
    SHADOW,
    as_the_engine_gives_it,
    changed,
    endpoint,
    load,
    mistakes,
    on_instances,
    serverless,
)

IRIS = MINIMAL["endpoints"]["iris"]
PACKAGE = "arn:aws:sagemaker:{}:123456789012:model-package/iris/3"
QUEUED = {"asynchronous": ASYNC, "scaling": {"backlog": 5}}


def keys(config):
    return [line.partition(": ")[0] for line in mistakes(config)]


def test_clashes_are_named_beside_the_mistakes_of_other_blocks():
    config = changed(
        ("endpoints.churn", {**IRIS, "scaling": {"backlog": 5}}),
        ("direct.plans.standard.quota", "9/s"),
        ("direct.plans.gold", {**MINIMAL["direct"]["plans"]["standard"], "keys": ["a", "a"]}),
        ("direct.routes./irs", {"endpoint": "irs"}),
        ("direct.routes./bad", {"endpoint": "iris", "cache": "1d"}),
        ("logs", {"retention": "31d"}),
        base=endpoint(capture={**CAPTURE, "sample": 20}, shadow=SHADOW, **QUEUED),
    )
    assert keys(config) == [
        "endpoints.iris.capture.sample",
        "direct.routes./bad.cache",
        "direct.plans.standard.quota",
        "logs.retention",
        "endpoints.iris.shadow",
        "endpoints.churn.scaling.backlog",
        "direct.plans.gold.keys[1]",
        "direct.routes./irs.endpoint",
    ]


NOT_JUDGED = [
    # An endpoint whose `async` is a mistake may be meant as an asynchronous one.
    (endpoint(**{**QUEUED, "asynchronous": {**ASYNC, "retention": 7}},
              variants={"forest": on_instances(min=0)}), ["endpoints.iris.async.retention"]),
    (endpoint(scaling={"target": "20/s"}), ["endpoints.iris.scaling.target"]),
    (endpoint(scaling=[]), ["endpoints.iris.scaling"]),
    (endpoint(rollout={**CANARY, "linear": CANARY["canary"]},
              variants={"forest": on_instances(min=1)}),
     ["endpoints.iris.rollout.linear.step", "endpoints.iris.rollout.linear.wait",
      "endpoints.iris.rollout.linear.share", "endpoints.iris.rollout.linear.bake"]),
    # A faulty variant may be meant as any form.
    (endpoint(variants={"forest": serverless(memory="7GB")}, scaling=None),
     ["endpoints.iris.variants.forest.serverless.memory"]),
    (endpoint(variants={"forest": {"artifact": "build/iris-forest"}}, capture=CAPTURE),
     ["endpoints.iris.variants.forest"]),
    # Routes to an endpoint with a mistake are judged only by its name.
    (changed((f"{FOREST}.weight", 0), ("direct.routes./iris.targetVariant", True)),
     [f"{FOREST}.weight"]),
    # Plans that are mistakes are plans.
    (changed(("direct.plans.standard.quota", 5)), ["direct.plans.standard.quota"]),
    (changed(("direct.plans", [])), ["direct.plans"]),
    (changed(("direct.auth", "IAM"), ("direct.plans", MISSING)), ["direct.auth"]),
    (changed(("direct", [])), ["direct"]),
    (changed(("endpoints", [])), ["endpoints", "direct.routes./iris.endpoint"]),
]  # fmt: skip


@pytest.mark.parametrize(("config", "only"), NOT_JUDGED)
def test_what_depends_on_a_mistake_is_not_judged(config, only):
    assert keys(config) == only


def test_two_models_of_one_name_are_refused():
    """A model is called after its endpoint and variant."""
    variants = {"b-c": IRIS["variants"]["forest"]}
    config = changed(
        ("endpoints.a", {**IRIS, "variants": variants}),
        ("endpoints.a-b", {**IRIS, "variants": {"c": on_instances()}}),
    )
    assert mistakes(config) == [
        "endpoints.a-b.variants.c: the second model that is called a-b-c. Allowed: names of "
        "endpoint and variant that no others give when joined by a dash. Rename one of them."
    ]


def test_a_shadow_has_a_name_of_its_own():
    assert mistakes(endpoint(shadow={**SHADOW, "name": "forest"})) == [
        "endpoints.iris.shadow: the second model that is called iris-forest. Allowed: names of "
        "endpoint and variant that no others give when joined by a dash. Rename one of them."
    ]


def test_a_model_package_is_of_the_stacks_region():
    elsewhere = PACKAGE.format("eu-west-1")
    variants = {"forest": {"artifact": elsewhere, "instances": INSTANCES}}
    config = endpoint(variants=variants, shadow={**SHADOW, "artifact": elsewhere})
    assert mistakes(config) == [
        f'endpoints.iris.{key}.artifact: "{elsewhere}". Allowed: a model package in eu-central-1, '
        "the stack's region. Register the model there."
        for key in ("variants.forest", "shadow")
    ]
    here = {"forest": {"artifact": PACKAGE.format("eu-central-1"), "instances": INSTANCES}}
    assert load(endpoint(variants=here))


def test_no_model_package_is_judged_by_a_region_that_is_a_mistake():
    variants = {"forest": {"artifact": PACKAGE.format("eu-west-1"), "instances": INSTANCES}}
    values = as_the_engine_gives_it(endpoint(variants=variants)) | {"aws:region": "eu-wst-1"}
    with pytest.raises(ConfigError) as error:
        load_config(values)
    assert str(error.value).count("Allowed:") == 1
    assert "aws:region" in str(error.value)


ARM = {"type": "ml.c7g.large", "min": 1, "max": 2}
OWN_IMAGE = f"team/arm@sha256:{'ab' * 32}"


def test_models_that_share_an_image_run_on_one_architecture():
    arm = {"artifact": "build/iris-forest", "instances": ARM}
    config = changed(
        ("endpoints.churn", {**IRIS, "variants": {"forest": arm}}),
        ("endpoints.plain", {**IRIS, "variants": {"forest": {**arm, "image": MINIMAL["image"]}}}),
        base=endpoint(shadow={**SHADOW, "instances": {"type": "ml.c7g.large", "count": 1}}),
    )
    assert mistakes(config) == [
        f'endpoints.{key}.instances.type: "ml.c7g.large". Allowed: a type for images of amd64, as '
        "ml.m5.large is, on which the same image runs. Use such a type, or give it an image of its "
        "own that is built for arm64."
        for key in ("iris.shadow", "churn.variants.forest", "plain.variants.forest")
    ]


def test_an_image_of_its_own_may_be_for_another_architecture():
    arm = {"artifact": "build/iris-forest", "instances": ARM, "image": OWN_IMAGE}
    package = {"artifact": PACKAGE.format("eu-central-1"), "instances": ARM}
    assert load(endpoint(variants={"forest": on_instances(), "arm": arm, "package": package}))
    other = {**arm, "instances": INSTANCES}
    assert keys(endpoint(variants={"arm": arm, "other": other})) == [
        "endpoints.iris.variants.other.instances.type"
    ]


def test_architectures_are_compared_under_an_image_that_is_a_mistake_too():
    variants = {"forest": on_instances(), "arm": on_instances(**ARM)}
    assert keys(changed(("image", []), base=endpoint(variants=variants))) == [
        "image",
        "endpoints.iris.variants.arm.instances.type",
    ]
