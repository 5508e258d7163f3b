"""What SageMaker may do for an endpoint."""

import pytest

from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.config.endpoint import Endpoint
from components.content import content_id
from components.data_bucket import DataFolders
from components.endpoint.execution_role import (
    ExecutionRole,
    execution_statements,
    key_actions,
    own_objects,
    role_name,
)
from components.endpoint.interface_rights import rights_in_subnets, rights_in_vpc
from gateway_policies.resource import Resource
from gateway_policies.rule import StackRule
from gateway_policies.rules import RULES
from tests.unit.components.conftest import (
    CONTEXT,
    IMAGE,
    KEY_ARN,
    packed,
    private_vpc,
)

POLICY = "aws:iam/rolePolicy:RolePolicy"
NAME = "ml-gateway-prod-iris"
VARIANT = {
    "artifact": "build/iris",
    "instances": {"type": "ml.m5.large", "min": 1, "max": 2},
}
PLAIN = {"variants": {"forest": VARIANT}, "scaling": {"target": "1200/min"}}
CAPTURE = {"capture": {"sample": "20%", "retention": "30d"}}
ASYNC = {"async": {"concurrency": 4, "retention": "7d"}}
VPC = {
    "network": {
        "vpc": {
            "subnets": ["subnet-0000000a", "subnet-0000000b"],
            "securityGroups": ["sg-0000000c"],
        }
    }
}
REGISTERED = RegisteredModel(
    "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3",
    repository_arn="arn:aws:ecr:eu-west-1:210987654321:repository/team/server",
    object_arn="arn:aws:s3:::registry/iris/3/model.tar.gz",
    key_arn="arn:aws:kms:eu-central-1:123456789012:key/77",
)


def role_args(*blocks, sources=None, images=None, vpc=None):
    written = dict(PLAIN)
    for block in blocks:
        written |= block
    settings = Endpoint.model_validate(written)
    return {
        "context": CONTEXT,
        "endpoint_name": NAME,
        "settings": settings,
        "sources": sources or {"forest": packed("f")},
        "images": images or {"forest": IMAGE},
        "artifact_bucket": "models",
        "data": DataFolders("data", NAME),
        "vpc": vpc,
        "key_arn": KEY_ARN,
    }


def rights(statements):
    """Actions and resources by statement."""
    return {s["Sid"]: (s["Action"], s["Resource"]) for s in statements}


HOSTING = {
    "ReadArtifacts": (["s3:GetObject"], [f"arn:aws:s3:::models/{NAME}/*"]),
    "PullImages": (
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        ["arn:aws:ecr:eu-central-1:123456789012:repository/ml-gateway"],
    ),
    "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"]),
    "WriteLogs": (
        ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        [f"arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/{NAME}:*"],
    ),
    "PublishMetrics": (["cloudwatch:PutMetricData"], ["*"]),
}


def test_a_plain_endpoint_starts_its_own_containers_and_nothing_else():
    statements = execution_statements(role_args())
    assert rights(statements) == HOSTING
    [metrics] = [s for s in statements if s["Sid"] == "PublishMetrics"]
    assert metrics["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}
    }


@pytest.mark.parametrize(
    ("block", "added"),
    [
        (
            CAPTURE,
            {"WriteCapturedData": (["s3:PutObject"], [f"arn:aws:s3:::data/capture/{NAME}/*"])},
        ),
        (
            ASYNC,
            {
                "ReadRequests": (
                    ["s3:GetObject"],
                    [
                        f"arn:aws:s3:::data/async/{NAME}/input/*",
                        f"arn:aws:s3:::data/examples/{NAME}/request.json",
                    ],
                ),
                "WriteResults": (
                    ["s3:AbortMultipartUpload", "s3:PutObject"],
                    [
                        f"arn:aws:s3:::data/async/{NAME}/output/*",
                        f"arn:aws:s3:::data/async/{NAME}/failure/*",
                    ],
                ),
            },
        ),
    ],
)
def test_each_form_adds_exactly_what_it_needs(block, added):
    assert rights(execution_statements(role_args(block))) == HOSTING | added


def network_policy(stack):
    [found] = [p for p in stack.all(POLICY) if p.name.startswith("iris-execution-network-")]
    return found


def test_subnets_that_the_endpoint_names_are_allowed_by_their_ids(stack):
    policy = network_policy(stack)
    assert policy.name == f"iris-execution-{policy.inputs['name']}"
    vpc = VPC["network"]["vpc"]
    assert policy.json("policy")["Statement"] == [
        *rights_in_subnets(CONTEXT, vpc["subnets"], vpc["securityGroups"])
    ]


@pytest.fixture
def in_own_vpc(deploy):
    return deploy(lambda: ExecutionRole("iris-execution", role_args(vpc=private_vpc())).arn)


def test_the_stacks_own_network_is_allowed_by_its_vpc_and_named_without_its_id(in_own_vpc):
    policy = network_policy(in_own_vpc)
    assert policy.inputs["name"] == f"network-{content_id({'cidr': '10.20.0.0/20'})}"
    assert policy.json("policy")["Statement"] == [*rights_in_vpc(CONTEXT, "arn:network")]


def test_an_endpoint_that_is_not_in_the_stacks_own_network_has_no_right_to_it(deploy):
    def program():
        return ExecutionRole("iris-execution", role_args(VPC, vpc=private_vpc())).arn

    text = network_policy(deploy(program)).inputs["policy"]
    assert "arn:network" not in text


def test_the_rights_of_before_stay_until_the_endpoint_is_in_the_network(deploy, in_own_vpc):
    """What both have keeps its name; the engine deletes what only one has at the end."""
    without = deploy(lambda: ExecutionRole("iris-execution", role_args()).arn)
    before, within = (
        {policy.name for policy in stack.all(POLICY) if policy.name.startswith("iris-")}
        for stack in (without, in_own_vpc)
    )
    assert before < within


def test_a_model_package_adds_exactly_its_own_image_artifact_and_key():
    args = role_args(
        sources={"forest": packed("f"), "next": REGISTERED},
        images={"forest": "team/other@sha256:0", "next": IMAGE},
    )
    added = rights(execution_statements(args))
    assert added["PullImages"][1] == ["arn:aws:ecr:eu-central-1:123456789012:repository/team/other"]
    assert added["ReadPackagedArtifacts"] == (["s3:GetObject"], [REGISTERED.object_arn])
    assert added["PullPackagedImages"][1] == [REGISTERED.repository_arn]
    assert added["DecryptPackagedArtifacts"] == (["kms:Decrypt"], [REGISTERED.key_arn])


def test_several_models_add_the_right_to_list_what_lies_below_the_endpoints_own_name():
    args = role_args(sources={"forest": ModelSet({"iris": packed("f"), "wine": packed("e")})})
    statements = execution_statements(args)
    assert rights(statements) == HOSTING | {
        "ListArtifacts": (["s3:ListBucket"], ["arn:aws:s3:::models"])
    }
    [listing] = [s for s in statements if s["Sid"] == "ListArtifacts"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": f"{NAME}/*"}}
    # What it reaches is declared: another bucket, or all of this one's objects, is not.
    objects, bucket, *_ = own_objects(args)
    assert (objects, bucket) == (f"arn:aws:s3:::models/{NAME}/*", "arn:aws:s3:::models")
    assert "arn:aws:s3:::models" not in own_objects(role_args())


def test_an_endpoint_of_packages_alone_reads_nothing_of_the_store():
    args = role_args(sources={"forest": REGISTERED})
    assert not {"ReadArtifacts", "PullImages"} & rights(execution_statements(args)).keys()


@pytest.mark.parametrize(
    ("block", "actions"),
    [
        ({}, ["kms:Decrypt"]),
        (CAPTURE, ["kms:Decrypt", "kms:GenerateDataKey"]),
        (ASYNC, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ],
)
def test_the_key_encrypts_only_for_who_writes(block, actions):
    assert key_actions(Endpoint.model_validate(PLAIN | block)) == actions


@pytest.fixture
def stack(deploy):
    return deploy(lambda: ExecutionRole("iris-execution", role_args(CAPTURE, ASYNC, VPC)).arn)


def test_the_role_is_assumed_by_sagemaker_for_this_account(stack):
    assert stack.result == f"arn:aws:iam::123456789012:role/{role_name(NAME)}"
    [trust] = stack.one("aws:iam/role:Role").json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_right_to_the_key_stands_in_a_policy_of_its_own(stack):
    key, *_ = stack.all(POLICY)
    assert key.name == f"iris-execution-{key.inputs['name']}"
    assert key.json("policy")["Statement"] == [
        {
            "Sid": "UseKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [KEY_ARN],
        }
    ]


def test_what_the_old_fleet_may_do_goes_only_after_the_update(deploy):
    """Another set of rights stands in policies of other names: the engine deletes at the end."""
    plain, capturing = (
        deploy(lambda blocks=blocks: ExecutionRole("iris-execution", role_args(*blocks)).arn)
        for blocks in ([], [CAPTURE])
    )
    names = [
        {policy.inputs["name"] for policy in stack.all(POLICY)} for stack in (plain, capturing)
    ]
    assert names[0].isdisjoint(names[1])


def test_the_policy_pack_finds_nothing_to_say_on_the_widest_role(stack):
    """Every rule of one resource, over the role with all forms at once."""
    rules = [rule for rule in RULES if not isinstance(rule, StackRule)]
    for policy in stack.all(POLICY):
        resource = Resource("", policy.inputs, type=policy.type, urn=policy.name)
        checked = [rule for rule in rules if rule.is_for(policy.type)]
        assert checked
        for rule in checked:
            assert list(rule.check(resource)) == []
