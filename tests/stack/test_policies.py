"""Unsafe programs of somebody else: each is stopped at preview, with the resource and the fix."""

from pathlib import Path

import pytest

from tests.stack.conftest import LocalCloud

HEAD = """
import json
import pulumi
import pulumi_aws as aws

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
"""

ENDPOINT = """
configuration = aws.sagemaker.EndpointConfiguration(
    "configuration", name="configuration", {key}
    production_variants=[{{"variant_name": "a", "model_name": "m", "instance_type": "ml.m5.large",
                          "initial_instance_count": 1}}])
endpoint = aws.sagemaker.Endpoint("e", name="e", endpoint_config_name=configuration.name)
"""

TARGET = """
aws.appautoscaling.Target("target", service_namespace="sagemaker", min_capacity=1, max_capacity=2,
    resource_id="endpoint/e/variant/a", scalable_dimension="sagemaker:variant:DesiredInstanceCount")
"""

WILDCARD = """
role = aws.iam.Role("role", name="role", assume_role_policy=json.dumps({
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "apigateway.amazonaws.com"}}]}))
aws.iam.RolePolicy("too-wide", role=role.name, policy=json.dumps({"Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"}]}))
"""


@pytest.mark.parametrize(
    ("program", "rule", "resource", "fix"),
    [
        (ENDPOINT.format(key="") + TARGET, "endpoint-volume-cmk", "configuration", "kmsKeyArn"),
        (ENDPOINT.format(key="kms_key_arn=KEY,"), "variant-bounded", "e", "Target"),
        (WILDCARD, "iam-resource-wildcard", "too-wide", "Resource"),
    ],
    ids=["unencrypted endpoint", "unbounded variant", "wildcard resource"],
)
def test_an_unsafe_program_is_stopped_at_preview(
    cloud: LocalCloud, tmp_path: Path, program: str, rule: str, resource: str, fix: str
):
    preview = cloud.pulumi("preview", "--stack", "test", folder=_project(tmp_path, program))
    assert preview.returncode != 0
    verdicts = preview.stdout.partition("Policies:")[2]
    assert rule in verdicts
    assert f"{resource})" in verdicts
    assert fix in verdicts


def test_a_safe_program_passes(cloud: LocalCloud, tmp_path: Path):
    program = ENDPOINT.format(key="kms_key_arn=KEY,") + TARGET
    preview = cloud.pulumi("preview", "--stack", "test", folder=_project(tmp_path, program))
    assert preview.returncode == 0, preview.stdout


def _project(folder: Path, program: str) -> Path:
    (folder / "Pulumi.yaml").write_text(f"name: planted-{folder.name}\nruntime: python\n")
    (folder / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    (folder / "__main__.py").write_text(HEAD + program)
    return folder
