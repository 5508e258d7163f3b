import botocore.session
import pytest
import regex

from local.provider import contract

ROLE = "arn:aws:iam::123456789012:role/execution"
VARIANT = {"VariantName": "a", "ModelName": "m"}
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def test_a_good_request_has_no_fault():
    variants = [{**VARIANT, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]
    request = {"EndpointConfigName": "iris-1", "ProductionVariants": variants}
    assert contract.faults("sagemaker", "CreateEndpointConfig", request) == []
    assert contract.faults("application-autoscaling", "RegisterScalableTarget", TARGET) == []


@pytest.mark.parametrize(
    ("service", "operation", "request_", "faults"),
    [
        pytest.param(
            "sagemaker",
            "CreateModel",
            {"ModelName": "bad_name!", "ExecutionRoleArn": ROLE},
            [
                r"CreateModel.ModelName: 'bad_name!' does not match "
                r"[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?"
            ],
            id="pattern",
        ),
        pytest.param(
            "application-autoscaling",
            "RegisterScalableTarget",
            {**TARGET, "ServiceNamespace": "sagemakr", "ScalableDimension": "variant:Count"},
            [
                "RegisterScalableTarget.ServiceNamespace: 'sagemakr' is none of the 15 "
                "allowed values",
                "RegisterScalableTarget.ScalableDimension: 'variant:Count' is none of the 24 "
                "allowed values",
            ],
            id="enum",
        ),
        pytest.param(
            "sagemaker",
            "CreateEndpointConfig",
            {
                "EndpointConfigName": "ok",
                "ProductionVariants": [
                    {**VARIANT, "ServerlessConfig": {"MemorySizeInMB": 999, "MaxConcurrency": 500}}
                ],
            },
            [
                "Invalid value for parameter ProductionVariants[0].ServerlessConfig.MemorySizeInMB,"
                " value: 999, valid min value: 1024",
                "CreateEndpointConfig.ProductionVariants[0].ServerlessConfig.MaxConcurrency: "
                "500 is over the maximum 200",
            ],
            id="range",
        ),
        pytest.param(
            "sagemaker",
            "CreateEndpoint",
            {"EndpointName": "x" * 64, "EndpointConfigName": "ok"},
            [
                "CreateEndpoint.EndpointName: 64 characters are over the maximum 63",
                f"CreateEndpoint.EndpointName: {'x' * 64!r} does not match "
                "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
            ],
            id="length of a text",
        ),
        pytest.param(
            "sagemaker",
            "CreateEndpointConfig",
            {"EndpointConfigName": "ok", "ProductionVariants": [VARIANT] * 11},
            ["CreateEndpointConfig.ProductionVariants: 11 items are over the maximum 10"],
            id="length of a list",
        ),
        pytest.param(
            "sagemaker",
            "CreateModel",
            {
                "ModelName": "m",
                "PrimaryContainer": {
                    "Environment": {"1A": "b"} | {f"K{i}": "v" for i in range(100)}
                },
            },
            [
                "CreateModel.PrimaryContainer.Environment: 101 entries are over the maximum 100",
                "CreateModel.PrimaryContainer.Environment key '1A': '1A' does not match "
                "[a-zA-Z_][a-zA-Z0-9_]*",
            ],
            id="map",
        ),
        pytest.param(
            "sagemaker",
            "CreateFeatureGroup",
            {
                "FeatureGroupName": "g",
                "RecordIdentifierFeatureName": "id",
                "EventTimeFeatureName": "ts",
                "FeatureDefinitions": [
                    {
                        "FeatureName": "id",
                        "FeatureType": "String",
                        "CollectionType": "Vector",
                        "CollectionConfig": {},
                    }
                ],
            },
            [
                "Must set one of the following keys for tagged unionstructure "
                "FeatureDefinitions[0].CollectionConfig: VectorConfig."
            ],
            id="union",
        ),
        pytest.param(
            "sagemaker",
            "CreateModel",
            {"ModelName": 7},
            [
                "Invalid type for parameter ModelName, value: 7, type: <class 'int'>, "
                "valid types: <class 'str'>"
            ],
            id="type",
        ),
        pytest.param(
            "logs",
            "CreateLogGroup",
            {},
            ['Missing required parameter in input: "logGroupName"'],
            id="missing",
        ),
        pytest.param(
            "apigateway",
            "CreateUsagePlan",
            {"name": "u", "quota": {"limit": 1, "period": "HOUR"}, "colour": "red"},
            [
                'Unknown parameter in input: "colour", must be one of: name, description, '
                "apiStages, throttle, quota, tags",
                "CreateUsagePlan.quota.period: 'HOUR' is none of the 3 allowed values",
            ],
            id="what botocore finds and what it does not",
        ),
    ],
)
def test_each_constraint_of_the_model_is_checked(service, operation, request_, faults):
    assert contract.faults(service, operation, request_) == faults


SERVICES = ("apigateway", "application-autoscaling", "iam", "kms", "logs", "s3", "sagemaker")


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_a_service_compiles(service):
    model = botocore.session.get_session().get_service_model(service)
    patterns = {model.shape_for(name)._shape_model.get("pattern") for name in model.shape_names}
    for pattern in patterns - {None}:
        assert isinstance(contract._compiled(pattern), regex.Pattern)
