"""Proofs as text, and the command."""

import json
import subprocess
import sys
from typing import Any

from gateway_policies.reach.proof import prove
from gateway_policies.reach.report import as_json, as_table
from gateway_policies.resource import UNKNOWN, Stack
from tests.unit.policies.iam.conftest import allow, policy
from tests.unit.policies.reach.test_proof import (
    ACCOUNT,
    BUCKET,
    ENDPOINTS,
    INVOKE,
    IRIS,
    component,
    holding,
)
from tests.unit.policies.verdicts import made

TRUST = allow("sts:AssumeRole", Principal={"Service": "apigateway.amazonaws.com"})
ROLE = made("aws:iam/role:Role", "urn:role", name="invoke", assumeRolePolicy=policy(TRUST))
KEY = made("aws:kms/key:Key", "urn::data", keyId=UNKNOWN)
LATE = made(
    "aws:iam/rolePolicy:RolePolicy",
    "urn:l",
    {"policy": ["urn::data"]},
    role="invoke",
    policy=UNKNOWN,
)
READ = allow("s3:GetObject", "arn:aws:s3:::data/*", Condition={"Bool": {"a": "b"}})
STACK = [IRIS, BUCKET, KEY, ROLE, LATE, holding(INVOKE, READ)]


def test_the_table_goes_by_what_is_reached():
    assert as_table(prove(Stack([*STACK, component(f"{ENDPOINTS}/iris")]))).splitlines() == [
        "endpoint iris",
        f"  invoke  sagemaker:InvokeEndpoint  on {ENDPOINTS}/iris",
        "",
        "bucket data",
        "  invoke  s3:GetObject  on arn:aws:s3:::data/*  UNDECLARED, under conditions",
        "",
        "key data",
        "  invoke  perhaps: a policy that is not known before the update",
        "",
        "Undeclared: 1.",
    ]


def test_what_nobody_reaches_is_said_to_be_so():
    lines = as_table(prove(Stack([IRIS, component()]))).splitlines()
    assert lines == ["endpoint iris", "  nobody", "", "Undeclared: nothing."]


def test_a_stack_without_declarations_says_so_and_names_who_has_a_policy_that_is_not_known():
    loose = made("aws:iam/rolePolicy:RolePolicy", "urn:l", role="invoke", policy=UNKNOWN)
    assert as_table(prove(Stack([ROLE, loose]))).splitlines() == [
        "No component declares what its role is there for, so nothing counts as undeclared.",
        "Not looked at: invoke has a policy that is not known before the update.",
    ]


def test_the_json_holds_everything():
    own = component(f"{ENDPOINTS}/iris")
    found = json.loads(json.dumps(as_json(prove(Stack([*STACK, own])))))
    invoking = {
        "principal": "urn:role",
        "resource": "urn:iris",
        "actions": ["sagemaker:InvokeEndpoint"],
        "on": f"{ENDPOINTS}/iris",
        "conditional": False,
        "through": None,
    }
    reading = {
        "principal": "urn:role",
        "resource": "urn:bucket",
        "actions": ["s3:GetObject"],
        "on": "arn:aws:s3:::data/*",
        "conditional": True,
        "through": None,
    }
    assert found == {
        "principals": [
            {
                "kind": "role",
                "name": "invoke",
                "urn": "urn:role",
                "assumedBy": ["apigateway.amazonaws.com"],
                "declared": [f"{ENDPOINTS}/iris"],
            }
        ],
        "resources": [
            {"kind": "endpoint", "name": "iris", "urn": "urn:iris"},
            {"kind": "bucket", "name": "data", "urn": "urn:bucket"},
            {"kind": "key", "name": None, "urn": "urn::data"},
        ],
        "reach": [invoking, reading],
        "undeclared": [reading],
        "unknown": [
            {
                "principal": "urn:role",
                "resource": "urn::data",
                "why": "a policy that is not known before the update",
            }
        ],
    }


def run(text: str, *arguments: str) -> Any:
    command = [sys.executable, "-m", "gateway_policies.reach", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def preview(*reaches: str) -> str:
    declaring = {"arn": f"{ACCOUNT}role/invoke", "reaches": list(reaches)}
    states = [
        {"type": IRIS.type, "urn": IRIS.urn, "inputs": {"name": "iris"}},
        {"type": ROLE.type, "urn": ROLE.urn, "inputs": {"name": "invoke"}},
        {"type": "shop:index:Role", "urn": "urn:c", "inputs": declaring},
        {
            "type": "aws:iam/rolePolicy:RolePolicy",
            "urn": "urn:p",
            "inputs": {"role": "invoke", "policy": json.dumps(policy(INVOKE))},
        },
    ]
    steps = [{"op": "create", "urn": state["urn"], "newState": state} for state in states]
    return json.dumps({"steps": steps, "changeSummary": {"create": len(steps)}})


def test_the_command_says_by_its_exit_code_whether_anything_is_undeclared():
    declared, undeclared = run(preview(f"{ENDPOINTS}/iris")), run(preview())
    assert (declared.returncode, undeclared.returncode) == (0, 1)
    assert "Undeclared: nothing." in declared.stdout
    assert "UNDECLARED" in undeclared.stdout
    as_data = run(preview(), "--format", "json")
    assert as_data.returncode == 1
    assert len(json.loads(as_data.stdout)["undeclared"]) == 1


def test_the_command_says_what_is_no_preview():
    none = run("error: no such stack")
    assert none.returncode == 2
    assert none.stderr.startswith("standard input is no whole preview")
    assert "Traceback" not in none.stderr
