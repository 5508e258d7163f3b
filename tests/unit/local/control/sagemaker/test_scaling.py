import pytest

from local.control.sagemaker.scaling import scaled
from local.control.service import AwsError
from local.sagemaker.plan import AsyncPlan, EndpointPlan, ModelPlan, ServerlessPlan, VariantPlan

MODEL = ModelPlan("image", "s3://a/b", "role")
PLAN = EndpointPlan("first", (VariantPlan("a", MODEL, 9.0, 2), VariantPlan("b", MODEL, 1.0, 2)))
ASYNC = EndpointPlan(
    "first", (VariantPlan("a", MODEL, 1.0, 1),), asynchronous=AsyncPlan("s3://a/b", "", 1)
)
SERVERLESS = EndpointPlan("first", (VariantPlan("a", MODEL, 1.0, 0, ServerlessPlan(1024, 5)),))


def test_variants_that_are_not_named_stay():
    plan = scaled(PLAN, [{"VariantName": "b", "DesiredWeight": 3.0, "DesiredInstanceCount": 4}])
    first, second = plan.variants
    assert first == PLAN.variants[0]
    assert (second.weight, second.instances) == (3.0, 4)


def test_an_asynchronous_endpoint_may_be_without_instances():
    plan = scaled(ASYNC, [{"VariantName": "a", "DesiredInstanceCount": 0}])
    assert plan.variants[0].instances == 0


def test_a_serverless_variant_gets_another_provisioned_concurrency():
    update = {"ServerlessUpdateConfig": {"ProvisionedConcurrency": 3}}
    [variant] = scaled(SERVERLESS, [{"VariantName": "a", **update}]).variants
    assert variant.serverless == ServerlessPlan(1024, 5, 3)


@pytest.mark.parametrize(
    ("plan", "desired", "message"),
    [
        (PLAN, {"VariantName": "c"},
            "Could not find variant 'c' of the endpoint. Allowed: a, b."),
        (PLAN, {"VariantName": "a", "DesiredInstanceCount": 0},
            "DesiredInstanceCount of a is 0. Allowed: 1 or more, but for asynchronous endpoints."),
        (ASYNC, {"VariantName": "a", "DesiredWeight": 0.0},
            "DesiredWeight is 0 for every variant. Allowed: one at least above 0."),
        (SERVERLESS, {"VariantName": "a", "DesiredInstanceCount": 1},
            "DesiredInstanceCount of a: it is serverless."),
        (PLAN, {"VariantName": "a", "ServerlessUpdateConfig": {"ProvisionedConcurrency": 1}},
            "ServerlessUpdateConfig of a: it has instances."),
        (SERVERLESS, {"VariantName": "a", "ServerlessUpdateConfig": {"MaxConcurrency": 1,
            "ProvisionedConcurrency": 1}},
            "the local cloud does not have MaxConcurrency of serverless updates"),
        (SERVERLESS, {"VariantName": "a", "ServerlessUpdateConfig": {
            "ProvisionedConcurrency": 6}},
            "ProvisionedConcurrency is 6. Allowed: 1 to MaxConcurrency, 5."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(plan, desired, message):
    with pytest.raises(AwsError) as error:
        scaled(plan, [desired])
    assert (error.value.code, error.value.message) == ("ValidationException", message)
