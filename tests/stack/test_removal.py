"""The test by removal: take any permission of any role of a stack away, and something fails.

One stack a night, by the day: dev or prod. REMOVAL_STACK names one.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.stack.conftest import REPOSITORY, LocalCloud
from tests.stack.permissions import TRUST, Permission, Roles
from tests.stack.probe import Probe

pytestmark = pytest.mark.nightly

STACK = os.environ.get("REMOVAL_STACK") or ("dev", "prod")[date.today().toordinal() % 2]
SUSPENDED = ("DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling")


@pytest.fixture
def cloud(own_cloud: LocalCloud) -> LocalCloud:
    """A cloud whose account is prepared, and in which the stack is published and up."""
    for folder, command in (
        (REPOSITORY / "bootstrap", ("pulumi", "up", "--yes", "--stack", "local")),
        (REPOSITORY, (sys.executable, "-m", "publish", "--stack", STACK)),
        (REPOSITORY, ("pulumi", "up", "--yes", "--stack", STACK)),
    ):
        done = own_cloud.run("exec", "--", *command, folder=folder)
        assert done.returncode == 0, done.stdout
    return own_cloud


@pytest.fixture
def roles(cloud: LocalCloud) -> Roles:
    """Those of the stack, and API Gateway's own of the account."""
    names = [
        str(resource["outputs"]["name"])
        for resource in cloud.resources(STACK)
        if resource["type"] == "aws:iam/role:Role"
    ]
    logs = cloud.client("apigateway").get_account()["cloudwatchRoleArn"].rpartition("/")[2]
    return Roles(cloud.client("iam"), names, [logs])


@pytest.fixture
def probe(cloud: LocalCloud, tmp_path: Path) -> Probe:
    outputs = tmp_path / "outputs.json"
    command = ("stack", "output", "--json", "--show-secrets", "--stack", STACK)
    outputs.write_text(cloud.pulumi(*command).stdout)
    return Probe(cloud, outputs)


@pytest.fixture
def _unscaled(cloud: LocalCloud) -> Iterator[None]:
    """Nothing but the test changes how many instances there are."""
    scaling = cloud.client("application-autoscaling")

    def suspend(state: bool) -> None:
        found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        for target in found:
            members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
            scaling.register_scalable_target(
                **{member: target[member] for member in members},
                SuspendedState={f"{kind}Suspended": state for kind in SUSPENDED},
            )

    suspend(True)
    yield
    suspend(False)


@pytest.mark.usefixtures("_unscaled")
def test_every_permission_of_every_role_is_needed(
    cloud: LocalCloud, roles: Roles, probe: Probe, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    assert probe.faults() == []
    permissions = roles.permissions()
    say(f"\n{STACK}: without each of {len(permissions)} permissions, what fails")
    needless = []
    for permission in permissions:
        faults = _faults_without(permission, roles, probe)
        say(f"{permission}\n    {_summary(faults)}")
        if not faults:
            needless.append(str(permission))
    assert needless == []

    assert roles.permissions() == permissions
    assert probe.faults() == []
    again = cloud.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", STACK)
    assert again.returncode == 0, again.stdout


def _summary(faults: list[str]) -> str:
    if not faults:
        return "NOTHING"
    return faults[0] + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")


def _faults_without(permission: Permission, roles: Roles, probe: Probe) -> list[str]:
    with roles.without(permission):
        if permission.policy == TRUST or permission.actions[0].startswith("logs:"):
            probe.forget_logs()  # or lines of before would count
        faults = probe.faults()
    probe.mend()
    return faults
