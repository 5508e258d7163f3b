"""The ways out of the stack's network, and who may do what through each."""

import json

import pytest

from components.network.vpc_endpoints import INTERFACES, VpcEndpoints, endpoint_policies
from tests.unit.components.conftest import CONTEXT

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
OURS = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


@pytest.fixture
def stack(deploy):
    def program():
        return VpcEndpoints(
            "network-endpoints",
            {
                "context": CONTEXT,
                "vpc_id": "vpc-1",
                "subnet_ids": ["subnet-a", "subnet-b"],
                "route_table_id": "rtb-1",
                "security_group_id": "sg-1",
            },
        ).s3_prefix_list_id

    return deploy(program)


def test_s3_is_a_route_whose_addresses_can_be_named(stack):
    s3 = stack.one(ENDPOINT, "network-endpoints-s3").inputs
    assert (s3["vpcEndpointType"], s3["routeTableIds"]) == ("Gateway", ["rtb-1"])
    assert s3["serviceName"] == "com.amazonaws.eu-central-1.s3"
    assert stack.result == "prefix-list:network-endpoints-s3"


@pytest.mark.parametrize("service", ["ecr.api", "ecr.dkr", "logs", "monitoring"])
def test_the_other_services_have_interfaces_in_every_subnet_under_their_own_names(stack, service):
    inputs = stack.one(ENDPOINT, f"network-endpoints-{service}").inputs
    assert inputs["serviceName"] == f"com.amazonaws.eu-central-1.{service}"
    assert inputs["vpcEndpointType"] == "Interface"
    assert inputs["privateDnsEnabled"] is True
    assert inputs["subnetIds"] == ["subnet-a", "subnet-b"]
    assert inputs["securityGroupIds"] == ["sg-1"]


def test_each_endpoint_has_its_own_policy_and_a_name(stack):
    policies = endpoint_policies(CONTEXT)
    assert policies.keys() == {"s3", *INTERFACES}
    for service, statements in policies.items():
        inputs = stack.one(ENDPOINT, f"network-endpoints-{service}").inputs
        assert json.loads(inputs["policy"])["Statement"] == statements
        assert inputs["tags"] == {"Name": f"ml-gateway-prod-{service}"}


def test_the_stacks_own_objects_are_read_and_written_and_packages_artifacts_are_read():
    own, models, packaged, _ = endpoint_policies(CONTEXT)["s3"]
    assert own["Action"] == ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    assert own["Resource"] == [
        "arn:aws:s3:::ml-gateway-prod-data-123456789012-eu-central-1/*",
        "arn:aws:s3:::ml-gateway-prod-models-123456789012-eu-central-1/*",
    ]
    assert packaged["Action"] == ["s3:GetObject"]
    assert packaged["Resource"] == [
        "arn:aws:s3:::ml-gateway-artifacts-123456789012-eu-central-1/*",
        "arn:aws:s3:::sagemaker-eu-central-1-123456789012/*",
    ]
    assert (models["Action"], models["Resource"]) == (
        ["s3:ListBucket"],
        ["arn:aws:s3:::ml-gateway-prod-models-123456789012-eu-central-1"],
    )
    assert own["Condition"] == models["Condition"] == packaged["Condition"] == OURS


def test_layers_of_images_come_from_ecrs_bucket_by_requests_that_ecr_signs():
    *_, layers = endpoint_policies(CONTEXT)["s3"]
    assert layers == {
        "Sid": "ImageLayers",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"],
    }


LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/ml-gateway-prod-*"
IMAGES = [
    (["ecr:GetAuthorizationToken"], ["*"]),
    (PULL, ["arn:aws:ecr:eu-central-1:*:repository/*"]),
]


@pytest.mark.parametrize(
    ("service", "rights"),
    [
        ("ecr.api", IMAGES),
        ("ecr.dkr", IMAGES),
        (
            "logs",
            [(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [LOGS])],
        ),
        ("monitoring", [(["cloudwatch:PutMetricData"], ["*"])]),
    ],
)
def test_through_the_others_this_accounts_principals_do_what_execution_roles_do(service, rights):
    statements = endpoint_policies(CONTEXT)[service]
    assert [(s["Action"], s["Resource"]) for s in statements] == rights
    assert all(s["Condition"] == OURS and s["Principal"] == "*" for s in statements)
