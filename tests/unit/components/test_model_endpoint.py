"""An endpoint with two variants."""

import pytest

from components.artifact_store import ArtifactStore
from components.endpoint_check import check_live_endpoint
from components.model_endpoint import ModelEndpoint, execution_statements
from tests.unit.components.conftest import CONTEXT, IMAGE, KEY_ARN, packed

CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
MODEL = "aws:sagemaker/model:Model"
ROLE_ARN = "arn:aws:iam::123456789012:role/ml-gateway-prod-iris-execution"
LOG_GROUP = "/aws/sagemaker/Endpoints/ml-gateway-prod-iris"
BUCKET = "ml-gateway-prod-models-123456789012-eu-central-1"


def variant(name, *, weight):
    return {
        "artifact": packed(name[0]),
        "instance_type": "ml.m5.large",
        "min_instances": 2,
        "max_instances": 6,
        "weight": weight,
    }


@pytest.fixture
def stack(deploy):
    def program():
        store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
        endpoint = ModelEndpoint(
            "iris",
            {
                "context": CONTEXT,
                "image": IMAGE,
                "variants": {
                    "forest": variant("forest", weight=9),
                    "boosting": variant("boosting", weight=1) | {"max_instances": 4},
                },
                "invocations_per_minute": 1200,
                "key_arn": KEY_ARN,
                "log_retention_days": 30,
                "store": store,
                "live_check": check_live_endpoint("eu-central-1"),
            },
        )
        return {"name": endpoint.endpoint_name, "arn": endpoint.arn, "example": endpoint.example}

    return deploy(program)


def test_the_endpoints_name_and_arn_are_known_at_preview(stack):
    assert stack.result == {
        "name": "ml-gateway-prod-iris",
        "arn": "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/ml-gateway-prod-iris",
        "example": {"instances": [["f"]]},
    }
    assert stack.one(ENDPOINT).inputs["name"] == "ml-gateway-prod-iris"


def test_the_configuration_has_every_variant_and_no_name_of_its_own(stack):
    configuration = stack.one(CONFIGURATION).inputs
    assert "name" not in configuration
    assert "namePrefix" not in configuration
    common = {"instanceType": "ml.m5.large", "initialInstanceCount": 2}
    assert configuration["productionVariants"] == [
        common
        | {
            "variantName": "forest",
            "modelName": "iris-forest-1a2b3c4",
            "initialVariantWeight": 9.0,
        },
        common
        | {
            "variantName": "boosting",
            "modelName": "iris-boosting-1a2b3c4",
            "initialVariantWeight": 1.0,
        },
    ]
    assert stack.one(ENDPOINT).inputs["endpointConfigName"] == "iris-configuration-1a2b3c4"


def test_volumes_logs_and_artifacts_are_encrypted_with_the_stacks_key(stack):
    assert stack.one(CONFIGURATION).inputs["kmsKeyArn"] == KEY_ARN
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": LOG_GROUP,
        "kmsKeyId": KEY_ARN,
        "retentionInDays": 30,
    }
    objects = stack.all("aws:s3/bucketObjectv2:BucketObjectv2")
    assert [artifact.inputs["kmsKeyId"] for artifact in objects] == [KEY_ARN, KEY_ARN]


def test_a_model_runs_isolated_from_a_pinned_image_and_a_pinned_artifact(stack):
    model = stack.one(MODEL, "iris-forest")
    assert model.inputs == {
        "executionRoleArn": ROLE_ARN,
        "enableNetworkIsolation": True,
        "primaryContainer": {
            "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{IMAGE}",
            "modelDataUrl": f"s3://{BUCKET}/ml-gateway-prod-iris/{'f' * 64}/model.tar.gz",
        },
    }


def test_a_model_waits_for_both_policies_of_its_role(stack):
    for name in ("iris-forest", "iris-boosting"):
        policies = [d for d in stack.one(MODEL, name).depends_on if "RolePolicy" in d]
        assert policies == [
            "aws:iam/rolePolicy:RolePolicy::iris-execution-decrypt",
            "aws:iam/rolePolicy:RolePolicy::iris-execution-policy",
        ]


def test_what_a_roll_back_returns_to_outlives_its_replacement(stack):
    retained = {resource.type for resource in stack.resources if resource.retained}
    assert retained == {
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        "aws:sagemaker/model:Model",
    }


def test_the_live_check_runs_after_create_and_after_update(stack):
    endpoint = stack.one(ENDPOINT)
    assert endpoint.hooks == {
        "after_create": ["check-live-endpoint"],
        "after_update": ["check-live-endpoint"],
    }
    assert "aws:cloudwatch/logGroup:LogGroup::iris-logs" in endpoint.depends_on


def test_every_variant_scales_within_its_own_bounds_once_the_endpoint_is_there(stack):
    targets = stack.all("aws:appautoscaling/target:Target")
    assert [
        (t.inputs["resourceId"], t.inputs["minCapacity"], t.inputs["maxCapacity"]) for t in targets
    ] == [
        ("endpoint/ml-gateway-prod-iris/variant/boosting", 2, 4),
        ("endpoint/ml-gateway-prod-iris/variant/forest", 2, 6),
    ]
    # The engine has children wait for what their component depends on.
    for component in stack.all("ml-gateway:index:Autoscaling"):
        assert f"{ENDPOINT}::iris" in component.depends_on


def test_the_role_is_assumed_by_sagemaker_for_this_account(stack):
    [trust] = stack.one("aws:iam/role:Role").json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_right_to_the_key_stands_in_a_policy_of_its_own(stack):
    decrypt = stack.one("aws:iam/rolePolicy:RolePolicy", "iris-execution-decrypt")
    assert decrypt.json("policy")["Statement"] == [
        {
            "Sid": "DecryptArtifacts",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [KEY_ARN],
        }
    ]
    access = stack.one("aws:iam/rolePolicy:RolePolicy", "iris-execution-policy")
    assert access.json("policy")["Statement"] == execution_statements(
        CONTEXT, IMAGE, LOG_GROUP, f"{BUCKET}/ml-gateway-prod-iris/*"
    )


def test_the_role_reads_its_own_artifacts_pulls_its_own_image_and_writes_its_own_logs():
    statements = execution_statements(
        CONTEXT, "team/server@sha256:0", "/logs/iris", "models/iris/*"
    )
    assert {s["Sid"]: (s["Action"], s["Resource"]) for s in statements} == {
        "ReadArtifacts": (["s3:GetObject"], ["arn:aws:s3:::models/iris/*"]),
        "PullImage": (
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            ["arn:aws:ecr:eu-central-1:123456789012:repository/team/server"],
        ),
        "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"]),
        "WriteLogs": (
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            ["arn:aws:logs:eu-central-1:123456789012:log-group:/logs/iris:*"],
        ),
        "PublishMetrics": (["cloudwatch:PutMetricData"], ["*"]),
    }
    [metrics] = [s for s in statements if s["Sid"] == "PublishMetrics"]
    assert metrics["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}
    }


def test_all_are_children_of_the_endpoint_or_of_the_bucket(stack):
    component = "ml-gateway:index:ModelEndpoint::iris"
    for type_ in (ENDPOINT, CONFIGURATION, MODEL, "ml-gateway:index:Autoscaling"):
        assert {resource.parent for resource in stack.all(type_)} == {component}
    assert stack.one("ml-gateway:index:ServiceRole").parent == component
