from typing import Any

import pytest

from local.control.sagemaker.combinations import check_combination
from local.control.service import AwsError

VARIANT: dict[str, Any] = {"VariantName": "a", "ModelName": "m", "InitialVariantWeight": 1.0}
SHADOW = {**VARIANT, "VariantName": "shadow"}
CONFIG = {"MemorySizeInMB": 1024, "MaxConcurrency": 5}
SERVERLESS: dict[str, Any] = {"VariantName": "a", "ModelName": "m", "ServerlessConfig": CONFIG}
CAPTURE: dict[str, Any] = {"InitialSamplingPercentage": 5}
ASYNC = {"OutputConfig": {"S3OutputPath": "s3://a/b"}}


SEVERAL = {"PrimaryContainer": {"Mode": "MultiModel"}}


def check(model=None, **form):
    check_combination({"ProductionVariants": [VARIANT], **form}, {"m": model or {}})


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"ShadowProductionVariants": [SHADOW], "DataCaptureConfig": CAPTURE},
        {"AsyncInferenceConfig": ASYNC, "DataCaptureConfig": CAPTURE},
        {"ProductionVariants": [VARIANT, {**VARIANT, "VariantName": "b"}]},
        {"ProductionVariants": [SERVERLESS]},
        {
            "ProductionVariants": [SERVERLESS],
            "DataCaptureConfig": CAPTURE | {"EnableCapture": False},
        },
    ],
)
def test_what_sagemaker_offers_passes(form):
    check(**form)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"ProductionVariants": [VARIANT, VARIANT]},
            "VariantName a is given more than once. Allowed: each once."),
        ({"ShadowProductionVariants": [VARIANT]},
            "VariantName a is given more than once. Allowed: each once."),
        ({"ProductionVariants": [{**VARIANT, "InitialVariantWeight": 0.0}]},
            "InitialVariantWeight is 0 for every variant. Allowed: one at least above 0."),
        ({"ShadowProductionVariants": [SHADOW],
          "ProductionVariants": [VARIANT, {**VARIANT, "VariantName": "b"}]},
            "ProductionVariants has 2 variants. Allowed: one, where there is a shadow variant."),
        ({"ShadowProductionVariants": [SHADOW, {**SHADOW, "VariantName": "b"}]},
            "ShadowProductionVariants has 2 variants. Allowed: one, where there is a shadow "
            "variant."),
        ({"ShadowProductionVariants": [SHADOW], "AsyncInferenceConfig": ASYNC},
            "AsyncInferenceConfig is not supported with ShadowProductionVariants."),
        ({"ShadowProductionVariants": [{**SERVERLESS, "VariantName": "b"}]},
            "ServerlessConfig is not supported with ShadowProductionVariants."),
        ({"ProductionVariants": [SERVERLESS, {**VARIANT, "VariantName": "b"}]},
            "ProductionVariants has 2 variants. Allowed: one, where it is serverless."),
        ({"ProductionVariants": [SERVERLESS], "AsyncInferenceConfig": ASYNC},
            "AsyncInferenceConfig is not supported with ServerlessConfig."),
        ({"ProductionVariants": [SERVERLESS], "DataCaptureConfig": CAPTURE},
            "DataCaptureConfig is not supported with ServerlessConfig."),
        ({"ProductionVariants": [SERVERLESS], "model": {"VpcConfig": {}}},
            "VpcConfig of model m is not supported with ServerlessConfig."),
        ({"ProductionVariants": [SERVERLESS], "model": {"EnableNetworkIsolation": True}},
            "EnableNetworkIsolation of model m is not supported with ServerlessConfig."),
    ],
)  # fmt: skip
def test_what_it_does_not_is_refused(form, message):
    with pytest.raises(AwsError) as error:
        check(**form)
    assert (error.value.code, error.value.message) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"MemorySizeInMB": 1500},
            "MemorySizeInMB is 1500. Allowed: 1024, 2048, 3072, 4096, 5120, 6144."),
        ({"MaxConcurrency": 201}, "MaxConcurrency is 201. Allowed: 1 to 200."),
        ({"ProvisionedConcurrency": 6},
            "ProvisionedConcurrency is 6. Allowed: 1 to MaxConcurrency, 5."),
    ],
)  # fmt: skip
def test_a_serverless_variant_has_sizes_of_its_own(changes, message):
    variant = {**SERVERLESS, "ServerlessConfig": {**CONFIG, **changes}}
    with pytest.raises(AwsError) as error:
        check(ProductionVariants=[variant])
    assert error.value.message == message


def test_all_faults_are_named_at_once():
    with pytest.raises(AwsError) as error:
        check(
            ProductionVariants=[SERVERLESS],
            AsyncInferenceConfig=ASYNC,
            DataCaptureConfig=CAPTURE,
        )
    assert error.value.message == (
        "AsyncInferenceConfig is not supported with ServerlessConfig. "
        "DataCaptureConfig is not supported with ServerlessConfig."
    )


@pytest.mark.parametrize("model", [SEVERAL, {"Containers": [{"Mode": "MultiModel"}]}])
@pytest.mark.parametrize(
    ("form", "member"),
    [
        ({"AsyncInferenceConfig": ASYNC}, "AsyncInferenceConfig"),
        ({"ShadowProductionVariants": [SHADOW]}, "ShadowProductionVariants"),
        ({"ProductionVariants": [SERVERLESS]}, "ServerlessConfig"),
    ],
)
def test_several_models_need_instances_that_are_asked_at_once_and_without_shadow(
    model, form, member
):
    with pytest.raises(AwsError, match=f"^{member} is not supported with multi-model endpoints.$"):
        check(model, **form)


def test_several_models_may_be_behind_several_variants():
    check(SEVERAL, ProductionVariants=[VARIANT, {**VARIANT, "VariantName": "b"}])
