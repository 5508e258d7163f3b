"""Programs of somebody else, judged with the pack by its folder alone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.stack.conftest import COMMAND_SECONDS, REPOSITORY, LocalCloud, project_with

HEAD = """
import json
import pulumi
import pulumi_aws as aws

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
ROLE = "arn:aws:iam::123456789012:role/serving"


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def endpoint(name, **members):
    configuration = aws.sagemaker.EndpointConfiguration(
        f"{name}-configuration",
        production_variants=[{"variant_name": "a", "model_name": "m", "initial_instance_count": 2,
                              "instance_type": "ml.m5.large"}],
        **members)
    aws.sagemaker.Endpoint(name, name=name, endpoint_config_name=configuration.name)


def scaled(name, disable_scale_in=False):
    target = aws.appautoscaling.Target(
        f"{name}-target", service_namespace="sagemaker", min_capacity=2, max_capacity=4,
        resource_id=f"endpoint/{name}/variant/a",
        scalable_dimension="sagemaker:variant:DesiredInstanceCount")
    aws.appautoscaling.Policy(
        f"{name}-policy", policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace, resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        target_tracking_scaling_policy_configuration={
            "target_value": 100, "disable_scale_in": disable_scale_in,
            "predefined_metric_specification": {
                "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"}})
"""

SAFE = """
endpoint("safe", kms_key_arn=KEY)
scaled("safe")
role = aws.iam.Role("role", name="role", assume_role_policy=document(
    Action="sts:AssumeRole", Principal={"Service": "sagemaker.amazonaws.com"},
    Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}}))
aws.iam.RolePolicy("narrow", role=role.name, policy=document(
    Action="s3:GetObject", Resource="arn:aws:s3:::models/iris/*"))
"""

PLANTED = """
endpoint("unbounded", kms_key_arn=KEY)
endpoint("plain")
scaled("plain")
endpoint("growing", kms_key_arn=KEY)
scaled("growing", disable_scale_in=True)
role = aws.iam.Role("deputy", name="deputy", assume_role_policy=document(
    Action="sts:AssumeRole", Principal={"Service": "sagemaker.amazonaws.com"}))
aws.iam.Role("stranger", assume_role_policy=document(
    Action="sts:AssumeRole", Principal={"AWS": "*"}))


def policy(name, **statement):
    aws.iam.RolePolicy(name, role=role.name, policy=document(**statement))


policy("everywhere", Action="sagemaker:InvokeEndpoint", Resource="*")
policy("any-service", Action="sqs:*", Resource="arn:aws:sqs:eu-central-1:123456789012:orders")
policy("all-but", NotAction="iam:*", Resource="arn:aws:s3:::models/*")
policy("escalating", Action="iam:PutRolePolicy", Resource="arn:aws:iam::123456789012:*")
policy("roles-of-all", Action="sts:AssumeRole", Resource="arn:aws:iam::*:role/deploy")
aws.cloudwatch.LogGroup("open-log", name="open-log", retention_in_days=7)
aws.kms.Key("still", policy=document(
    Action="kms:*", Resource="*", Principal={"AWS": "arn:aws:iam::123456789012:root"}))
aws.sagemaker.Model("connected", execution_role_arn=ROLE, primary_container={
    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:" + "0" * 64,
    "model_data_url": "s3://models/a"})
"""

FAULTS = {
    ("endpoint-volume-cmk", "plain-configuration"),
    ("variant-bounded", "unbounded"),
    ("scale-in", "growing-target"),
    ("iam-confused-deputy", "deputy"),
    ("iam-public-principal", "stranger"),
    ("iam-resource-wildcard", "everywhere"),
    ("iam-service-wildcard", "any-service"),
    ("iam-not-action", "all-but"),
    ("iam-resource-wildcard", "escalating"),
    ("iam-resource-exposure", "escalating"),
    ("iam-privilege-escalation", "escalating"),
    ("iam-assume-role-wildcard", "roles-of-all"),
    ("log-group-cmk", "open-log"),
    ("key-rotation", "still"),
    ("model-isolation", "connected"),
}
"""What is planted, each with the resource that has it."""


def mandatory(output: str) -> list[tuple[str, str]]:
    """Rule and resource of each violation that stops the preview."""
    verdicts = output.partition("Policies:")[2]
    return re.findall(r"\[mandatory\].*?  (\S+)  \(\S+ (\S+)\)", verdicts)


def test_each_planted_fault_is_named_once_at_its_resource(cloud: LocalCloud, tmp_path: Path):
    preview = cloud.pulumi("preview", "--stack", "test", folder=_project(tmp_path, PLANTED))
    assert preview.returncode != 0
    found = mandatory(preview.stdout)
    assert sorted(found) == sorted(FAULTS), preview.stdout


ROGUE = """
class Serving(pulumi.ComponentResource):
    def __init__(self, name, reaches):
        super().__init__("shop:index:Serving", name)
        role = aws.iam.Role(name, name=name, assume_role_policy=document(
            Action="sts:AssumeRole", Principal={"Service": "apigateway.amazonaws.com"}),
            opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs(
            {"arn": f"arn:aws:iam::123456789012:role/{name}", "reaches": reaches})


ENDPOINTS = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint"
for name in ("one", "another"):
    endpoint(name, kms_key_arn=KEY)
    scaled(name)
Serving("serving", [f"{ENDPOINTS}/one"])
for name in ("one", "another"):
    aws.iam.RolePolicy(f"to-{name}", role="serving", policy=document(
        Action="sagemaker:InvokeEndpoint", Resource=f"{ENDPOINTS}/{name}"))
"""


def test_a_way_to_another_models_endpoint_that_no_component_declares_is_named(
    cloud: LocalCloud, tmp_path: Path
):
    preview = cloud.pulumi("preview", "--stack", "test", folder=_project(tmp_path, ROGUE))
    assert preview.returncode != 0
    assert mandatory(preview.stdout) == [("iam-undeclared-reach", "serving")], preview.stdout
    assert "endpoint/another, so on endpoint another" in preview.stdout


def test_the_report_has_each_planted_fault_once_at_the_line_that_makes_it(
    cloud: LocalCloud, tmp_path: Path
):
    project = _project(tmp_path, PLANTED)
    (project / ".venv").symlink_to(REPOSITORY / ".venv")
    script = ("sh", str(REPOSITORY / "scripts/report.sh"), "test")
    local = (sys.executable, "-m", "local", "--home", str(cloud.home), "exec", "--")
    done = subprocess.run(
        [*script, *local, "env", "PULUMI_DEBUG_COMMANDS=true", "pulumi"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    undecided = "1 not decided before the update"  # what it costs
    told = f"blocked by {len(FAULTS)} violations, {undecided}\nbuild/preview-test.md\n"
    assert (done.returncode != 0, done.stdout) == (True, told), done.stderr
    [run] = json.loads((project / "build/preview-test.sarif").read_text())["runs"]
    blocking = [alert for alert in run["results"] if alert["level"] == "error"]
    assert sorted(_named(alert) for alert in blocking) == sorted(FAULTS)
    program = (project / "__main__.py").read_text().splitlines()
    lines = {_named(alert): program[_line(alert) - 1] for alert in blocking}
    assert 'aws.kms.Key("still"' in lines["key-rotation", "still"]
    comment = (project / "build/preview-test.md").read_text()
    assert f"blocked by {len(FAULTS)} violations" in comment
    table = comment.partition("#### Violations")[2].partition("<details>")[0]
    assert table.count("[<code>") == len(FAULTS)
    for rule, name in FAULTS:
        assert re.search(rf"\[<code>{rule}</code>.*<code>{name}</code>", table)


def _named(alert: dict[str, Any]) -> tuple[str, str]:
    return alert["ruleId"], alert["locations"][0]["logicalLocations"][0]["name"]


def _line(alert: dict[str, Any]) -> int:
    physical = alert["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "__main__.py"
    line: int = physical["region"]["startLine"]
    return line


def test_a_safe_program_passes(cloud: LocalCloud, tmp_path: Path):
    preview = cloud.pulumi("preview", "--stack", "test", folder=_project(tmp_path, SAFE))
    assert preview.returncode == 0, preview.stdout
    assert mandatory(preview.stdout) == []


def test_a_preview_says_what_the_stack_costs_in_a_month(cloud: LocalCloud):
    preview = cloud.pulumi("preview", "--stack", "local")
    assert preview.returncode == 0, preview.stdout
    told = preview.stdout.partition("[advisory]  monthly-cost")[2].partition("- [advisory]")[0]
    rows = [line.strip() for line in told.splitlines() if line.strip().startswith("| ")]
    assert [row.split("|")[1].strip() for row in rows] == [
        *("USD a month", ":---------------------"),
        *("iris (ModelEndpoint)", "direct (DirectGateway)", "data (EncryptionKey)", "sum"),
        *("USD a month, expected", ":-------------------------------------------"),
        "direct: REST API, endpoint",
        "indirect: REST API, router Lambda, endpoint",
        "Lambda only: REST API, the model in a Lambda",
    ], told
    assert all("?" not in row and "nan" not in row for row in rows)


def test_production_asks_for_more_than_a_stack_without_an_environment(
    cloud: LocalCloud, tmp_path: Path
):
    project = project_with(tmp_path / "project", {})
    levels = REPOSITORY / "policies/environments/prod.json"
    asked = ("env", f"PULUMI_OPTION_POLICY_PACK_CONFIG={levels}")
    preview = ("pulumi", "preview", "--stack", "local")
    assert cloud.run("exec", "--", *preview, folder=project).returncode == 0
    strict = cloud.run("exec", "--", *asked, *preview, folder=project)
    assert strict.returncode != 0
    assert {rule for rule, _ in mandatory(strict.stdout)} == {
        *("api-waf", "endpoint-instances", "endpoint-rollback", "model-vpc"),
    }


def _project(folder: Path, program: str) -> Path:
    (folder / "Pulumi.yaml").write_text(f"name: planted-{folder.name}\nruntime: python\n")
    (folder / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    (folder / "__main__.py").write_text(HEAD + program)
    return folder
