"""The boundary against what the components give a stack's roles: it takes no right away."""

from types import SimpleNamespace
from typing import Any

import pytest

from bootstrap.access import boundary_statements
from bootstrap.names import artifact_bucket
from components.api.page_files import WebFile
from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.bucket_names import artifact_bucket as own_artifact_bucket
from components.bucket_names import page_bucket
from components.config.endpoint import Endpoint
from components.context import Context
from components.data_bucket import DataFolders
from components.direct_gateway import invoke_statements
from components.endpoint.execution_role import execution_statements, key_actions
from components.endpoint.interface_rights import rights_in_subnets, rights_in_vpc
from components.network.flow_log import delivery
from components.network.vpc_endpoints import endpoint_policies
from components.web_page import decrypt_statement, read_statements
from gateway_policies.wildcard import matches
from tests.unit.bootstrap.conftest import ACCOUNT, bound_in_vain
from tests.unit.components.conftest import CONTEXT, IMAGE, KEY_ARN, packed

NAME = f"{CONTEXT.prefix}-iris"
INSTANCES = {"type": "ml.m5.large", "min": 1, "max": 2}
WIDEST = Endpoint.model_validate(
    {
        "variants": {"forest": {"artifact": "build/iris", "instances": INSTANCES}},
        "async": {"concurrency": 4, "retention": "7d"},
        "scaling": {"backlog": 5},
        "capture": {"sample": "20%", "retention": "30d"},
    }
)
PACKAGE = RegisteredModel(
    "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3",
    repository_arn="arn:aws:ecr:eu-central-1:210987654321:repository/team/server",
    object_arn=f"arn:aws:s3:::{artifact_bucket(ACCOUNT)}/iris/3/model.tar.gz",
    key_arn=KEY_ARN,
)
DATA = DataFolders(f"{CONTEXT.prefix}-data-{CONTEXT.account_id}-{CONTEXT.region}", NAME)


def execution_rights():
    statements = execution_statements(
        {
            "context": CONTEXT,
            "endpoint_name": NAME,
            "settings": WIDEST,
            "sources": {
                "forest": packed("f"),
                "registered": PACKAGE,
                "all": ModelSet({"iris": packed("f")}),
            },
            "images": {"forest": IMAGE, "all": IMAGE},
            "artifact_bucket": own_artifact_bucket(CONTEXT),
            "data": DATA,
            "vpc": None,
            "key_arn": KEY_ARN,
        }
    )
    key = {"Action": key_actions(WIDEST), "Resource": [KEY_ARN]}
    alarms = {
        "Action": ["cloudwatch:DescribeAlarms"],
        "Resource": [CONTEXT.arn("cloudwatch", f"alarm:{NAME}-forest-errors")],
    }
    given = rights_in_subnets(CONTEXT, ["subnet-0000000a"], ["sg-0000000c"])
    own = rights_in_vpc(CONTEXT, CONTEXT.arn("ec2", "vpc/vpc-0000000a"))
    return [*statements, *given, *own, key, alarms]


def gateway_rights():
    arn = CONTEXT.arn("sagemaker", f"endpoint/{NAME}")
    endpoints: Any = [
        SimpleNamespace(arn=arn, asynchronous=queued, model_names=models)
        for queued, models in ((False, ()), (True, ()), (False, ("iris", "wine")))
    ]
    return invoke_statements(endpoints)


def flow_log_rights():
    return delivery(CONTEXT)


def page_rights():
    files = [WebFile("index.html", "<p>")]
    return [*read_statements(page_bucket(CONTEXT), files), decrypt_statement(CONTEXT, KEY_ARN)]


ROLES = pytest.mark.parametrize(
    "rights", [execution_rights, gateway_rights, flow_log_rights, page_rights]
)


def beyond(boundary, statements):
    """The rights that the boundary does not allow."""
    return [
        (action, resource)
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not any(
            action in limit["Action"] and matches(pattern, resource)
            for limit in boundary
            for pattern in limit["Resource"]
        )
    ]


@ROLES
def test_an_action_that_takes_no_resource_stands_on_all(rights):
    """On an ARN it would never be allowed."""
    assert bound_in_vain(rights()) == []


@ROLES
def test_the_boundary_takes_no_right_of_a_stacks_roles_away(rights):
    assert beyond(boundary_statements(ACCOUNT, CONTEXT), rights()) == []


def s3_rights(statements):
    return {
        (action, resource)
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action.startswith("s3:")
    }


def test_what_the_boundary_allows_in_s3_goes_through_the_networks_endpoint_and_no_more():
    *ours, _ = endpoint_policies(CONTEXT)["s3"]
    # API Gateway, which reads the web page, is in no network of ours.
    inside = [s for s in boundary_statements(ACCOUNT, CONTEXT) if s["Sid"] != "Page"]
    assert s3_rights(ours) == s3_rights(inside)


@ROLES
def test_another_stacks_boundary_leaves_nothing_that_has_a_name(rights):
    other = boundary_statements(ACCOUNT, Context("123456789012", "eu-central-1", "ml-gateway-dev"))
    named = [s for s in rights() if any(CONTEXT.prefix in r for r in s["Resource"])]
    assert beyond(other, named) == [
        (action, resource) for s in named for action in s["Action"] for resource in s["Resource"]
    ]
