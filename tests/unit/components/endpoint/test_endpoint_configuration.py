"""Endpoint configurations, in each form that an endpoint can have."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.endpoint import Endpoint, Variant
from components.data_bucket import DataFolders
from components.endpoint.endpoint_configuration import (
    configuration_content,
    has_volumes,
    initial_count,
    live_count_paths,
    machines,
    with_key,
    with_live_counts,
)

KEY = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"
DATA = DataFolders("data", "ml-gateway-prod-iris")
ARTIFACT = {"artifact": "build/iris"}
FOREST = ARTIFACT | {"instances": {"type": "ml.m5.large", "min": 2, "max": 6}, "weight": 9}
BOOSTING = ARTIFACT | {"instances": {"type": "ml.c5.large", "min": 1, "max": 4}}
NVME = ARTIFACT | {"instances": {"type": "ml.g5.xlarge", "min": 1, "max": 2}}
SERVERLESS = ARTIFACT | {"serverless": {"memory": "2GB", "concurrency": 20}}
PROVISIONED = ARTIFACT | {
    "serverless": {"memory": "2GB", "concurrency": 20, "provisioned": {"min": 2, "max": 9}}
}
SHADOW = {
    "shadow": {
        "name": "next",
        "artifact": "build/next",
        "instances": {"type": "ml.m5.xlarge", "count": 3},
        "sample": "25%",
    }
}
CAPTURE = {"capture": {"sample": "20%", "retention": "30d"}}
ASYNC = {"async": {"concurrency": 4, "retention": "7d"}}


def endpoint(*blocks, **variants):
    merged = {"variants": variants}
    for block in blocks:
        merged |= block
    return Endpoint.model_validate(merged)


def content(settings):
    models = [*settings.variants, *([settings.shadow.name] if settings.shadow else [])]
    return configuration_content(settings, {name: f"model-{name}" for name in models}, DATA)


def test_variants_on_instances_have_type_and_weight_and_no_count_yet():
    assert content(endpoint(forest=FOREST, boosting=BOOSTING)) == {
        "production_variants": [
            {
                "variant_name": "forest",
                "model_name": "model-forest",
                "initial_variant_weight": 9.0,
                "instance_type": "ml.m5.large",
            },
            {
                "variant_name": "boosting",
                "model_name": "model-boosting",
                "initial_variant_weight": 1.0,
                "instance_type": "ml.c5.large",
            },
        ]
    }


def test_a_serverless_variant_has_memory_and_concurrency():
    [variant] = content(endpoint(forest=SERVERLESS))["production_variants"]
    assert variant["serverless_config"] == {"memory_size_in_mb": 2048, "max_concurrency": 20}
    assert "instance_type" not in variant


def test_a_shadows_weight_makes_its_share_of_the_production_variants():
    found = content(endpoint(SHADOW, forest=FOREST))
    assert found["shadow_production_variants"] == [
        {
            "variant_name": "next",
            "model_name": "model-next",
            "initial_variant_weight": 2.25,
            "instance_type": "ml.m5.xlarge",
            "initial_instance_count": 3,
        }
    ]


def test_capture_keeps_requests_and_answers_below_the_endpoints_name():
    # SageMaker itself puts the endpoint's name behind the destination.
    found = content(endpoint(CAPTURE, forest=FOREST))
    assert found["data_capture_config"] == {
        "enable_capture": True,
        "initial_sampling_percentage": 20,
        "destination_s3_uri": "s3://data/capture",
        "capture_options": [{"capture_mode": "Input"}, {"capture_mode": "Output"}],
        "capture_content_type_header": {
            "json_content_types": ["application/json", "application/jsonlines"],
            "csv_content_types": ["text/csv"],
        },
    }


def test_an_async_endpoint_puts_results_and_failures_into_the_data_bucket():
    found = content(endpoint(ASYNC, forest=FOREST))
    assert found["async_inference_config"] == {
        "output_config": {
            "s3_output_path": "s3://data/async/ml-gateway-prod-iris/output",
            "s3_failure_path": "s3://data/async/ml-gateway-prod-iris/failure",
        },
        "client_config": {"max_concurrent_invocations_per_instance": 4},
    }


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 200))
def test_a_variant_starts_as_it_is_scaled_within_its_limits(lowest, spread, live):
    highest = lowest + spread
    count = initial_count(lowest, highest, live)
    assert lowest <= count <= highest
    if lowest <= live <= highest:
        assert count == live


@pytest.mark.parametrize(
    ("live", "counts"),
    [
        ({}, [2, 1]),
        ({"forest": 5}, [5, 1]),
        ({"forest": 1, "boosting": 9}, [2, 4]),
    ],
)
def test_instances_that_are_live_are_there_from_the_start(live, counts):
    settings = endpoint(forest=FOREST, boosting=BOOSTING)
    found = with_live_counts(content(settings), settings, live)
    assert [v["initial_instance_count"] for v in found["production_variants"]] == counts


@pytest.mark.parametrize(("live", "count"), [({}, 2), ({"forest": 7}, 7), ({"forest": 20}, 9)])
def test_concurrency_that_is_kept_warm_stays_so(live, count):
    settings = endpoint(forest=PROVISIONED)
    [variant] = with_live_counts(content(settings), settings, live)["production_variants"]
    assert variant["serverless_config"]["provisioned_concurrency"] == count


def test_a_serverless_variant_without_warm_concurrency_has_no_count():
    settings = endpoint(forest=SERVERLESS)
    assert with_live_counts(content(settings), settings, {"forest": 3}) == content(settings)


def test_an_async_endpoint_that_scales_to_none_starts_with_one():
    empty = ARTIFACT | {"instances": {"type": "ml.m5.large", "min": 0, "max": 2}}
    settings = endpoint(ASYNC, forest=empty)
    [variant] = with_live_counts(content(settings), settings, {})["production_variants"]
    assert variant["initial_instance_count"] == 1


@pytest.mark.parametrize(
    ("variant", "paths"),
    [
        (FOREST, ["productionVariants[*].initialInstanceCount"]),
        (PROVISIONED, ["productionVariants[*].serverlessConfig.provisionedConcurrency"]),
        (SERVERLESS, []),
    ],
)
def test_live_counts_are_ignored_where_they_stand(variant, paths):
    settings = endpoint(forest=variant)
    assert live_count_paths(settings) == paths
    assert (settings.variants["forest"].bounds is not None) is bool(paths)


@pytest.mark.parametrize(
    ("settings", "keyed"),
    [
        (endpoint(forest=FOREST), True),
        (endpoint(forest=NVME), False),
        (endpoint(forest=FOREST, boosting=NVME), True),
        (endpoint(SHADOW, forest=NVME), True),
        (endpoint(forest=SERVERLESS), False),
    ],
)
def test_a_key_is_named_where_there_is_a_volume_that_it_encrypts(settings, keyed):
    assert has_volumes(content(settings)) is keyed
    assert with_key(content(settings), KEY).get("kms_key_arn") == (KEY if keyed else None)


def test_captured_data_and_results_are_encrypted_with_the_key():
    found = with_key(content(endpoint(CAPTURE, ASYNC, forest=FOREST)), KEY)
    assert found["data_capture_config"]["kms_key_id"] == KEY
    assert found["async_inference_config"]["output_config"]["kms_key_id"] == KEY


def test_counts_and_key_leave_the_content_as_it_was():
    settings = endpoint(CAPTURE, ASYNC, forest=FOREST, boosting=PROVISIONED)
    plain = content(settings)
    before = json.dumps(plain)
    with_key(with_live_counts(plain, settings, {"forest": 4}), KEY)
    assert json.dumps(plain) == before


def test_a_variant_without_machines_is_a_mistake_of_the_programs():
    with pytest.raises(ValueError, match="neither instances nor serverless"):
        machines(Variant.model_construct())
