import pytest

from local.control.sagemaker.plans import captures, endpoint_plan, with_retained_properties
from local.sagemaker.plan import (
    AsyncPlan,
    CapturePlan,
    EndpointPlan,
    ModelPlan,
    ServerlessPlan,
    VariantPlan,
)

CAPTURE = {
    "InitialSamplingPercentage": 20,
    "DestinationS3Uri": "s3://data/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


def model(name):
    return ModelPlan(f"image-{name}", f"s3://models/{name}", "role")


def configuration(*variants, **more):
    return {"EndpointConfigName": "first", "ProductionVariants": list(variants), **more}


def variant(name="a", count=2, **more):
    return {
        "VariantName": name,
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": count,
        **more,
    }


def test_variants_have_a_weight_of_1_unless_given():
    wanted = configuration(variant(InitialVariantWeight=9.0), variant("b"))
    assert endpoint_plan(wanted, model) == EndpointPlan(
        "first",
        (VariantPlan("a", model("a"), 9.0, 2), VariantPlan("b", model("b"), 1.0, 2)),
    )


def test_a_shadow_stands_apart():
    wanted = configuration(variant(), ShadowProductionVariants=[variant("s", 1)])
    assert endpoint_plan(wanted, model).shadows == (VariantPlan("s", model("s"), 1.0, 1),)


def test_a_serverless_variant_has_no_instances():
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2}
    wanted = configuration({"VariantName": "a", "ModelName": "a", "ServerlessConfig": config})
    [plan] = endpoint_plan(wanted, model).variants
    assert (plan.instances, plan.serverless) == (0, ServerlessPlan(2048, 5, 2))


@pytest.mark.parametrize(
    ("modes", "directions"),
    [
        (["Input"], {"Input"}),
        (["Input", "Output"], {"Input", "Output"}),
        (["InputAndOutput"], {"Input", "Output"}),
    ],
)
def test_capture_goes_one_way_or_both(modes, directions):
    config = {
        **CAPTURE,
        "CaptureOptions": [{"CaptureMode": mode} for mode in modes],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["a/b"], "CsvContentTypes": ["c/d"]},
    }
    wanted = configuration(variant(), DataCaptureConfig=config)
    assert endpoint_plan(wanted, model).capture == CapturePlan(
        20, "s3://data/captured", frozenset(directions), ("a/b",), ("c/d",)
    )


def test_capture_is_on_where_it_is_configured_unless_it_is_said_to_be_off():
    assert captures(CAPTURE)
    assert not captures({**CAPTURE, "EnableCapture": False})
    assert not captures({})
    off = configuration(variant(), DataCaptureConfig={**CAPTURE, "EnableCapture": False})
    assert endpoint_plan(off, model).capture is None


@pytest.mark.parametrize(
    ("config", "plan"),
    [
        ({"OutputConfig": {"S3OutputPath": "s3://a/b"}}, AsyncPlan("s3://a/b", "", 1)),
        (
            {
                "OutputConfig": {"S3OutputPath": "s3://a/b", "S3FailurePath": "s3://a/c"},
                "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
            },
            AsyncPlan("s3://a/b", "s3://a/c", 4),
        ),
    ],
)
def test_an_asynchronous_endpoint_knows_where_results_go(config, plan):
    wanted = configuration(variant(), AsyncInferenceConfig=config)
    assert endpoint_plan(wanted, model).asynchronous == plan


@pytest.mark.parametrize(
    ("excluded", "count", "weight", "sample"),
    [
        ([], 5, 3.0, 20),
        (["DesiredInstanceCount"], 1, 3.0, 20),
        (["DesiredWeight"], 5, 1.0, 20),
        (["DataCaptureConfig"], 5, 3.0, 50),
    ],
)
def test_properties_that_are_retained_come_from_the_live_endpoint(excluded, count, weight, sample):
    live = configuration(variant(), DataCaptureConfig=CAPTURE)
    plan = EndpointPlan("first", (VariantPlan("a", model("a"), 3.0, 5),))
    more = {**CAPTURE, "InitialSamplingPercentage": 50}
    wanted = configuration(
        variant(count=1, InitialVariantWeight=1.0), variant("b", 1), DataCaptureConfig=more
    )
    retained = with_retained_properties(wanted, live, plan, excluded)
    first, second = retained["ProductionVariants"]
    assert (first["InitialInstanceCount"], first["InitialVariantWeight"]) == (count, weight)
    assert second == variant("b", 1)
    assert retained["DataCaptureConfig"]["InitialSamplingPercentage"] == sample
