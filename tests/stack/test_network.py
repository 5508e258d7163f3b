"""A network of the stack's own comes, changes and goes under an endpoint that answers all along."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stack.conftest import LocalCloud, Route, project_with, steady_traffic

pytestmark = pytest.mark.nightly

KEY = "ml-gateway:network"
BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})
# More than one sender can send: what is counted here is answers.
PLAN = {
    "throttle": {"rate": "5000/s", "burst": 5000},
    "quota": "10000000/day",
    "keys": ["client"],
}
DIRECT = {"routes": {"/iris": {"endpoint": "iris"}}, "plans": {"standard": PLAN}}
_DONE = re.compile(
    r"^ *[-+~]+ +aws:\w+:(?P<kind>\w+) (?P<name>\S+) (?P<verb>created|updated|deleted)\b", re.M
)


@dataclass(frozen=True)
class Steps:
    """What an `up` did, as "deleted Subnet network-a", in the order in which it was done."""

    done: list[str]

    def __contains__(self, step: str) -> bool:
        return any(done.startswith(step) for done in self.done)

    def last(self, step: str) -> int:
        """Position of the last step that begins so."""
        return max(i for i, done in enumerate(self.done) if done.startswith(step))

    def first(self, step: str) -> int:
        """Position of the first step that begins so."""
        return min(i for i, done in enumerate(self.done) if done.startswith(step))

    def are_ordered(self, *steps: str) -> bool:
        """Whether all that begin with the one are done before any that begin with the next."""
        pairs = zip(steps, steps[1:], strict=False)
        return all(self.last(before) < self.first(after) for before, after in pairs)


class Stack:
    """The local stack of a project, with a network that changes."""

    def __init__(self, cloud: LocalCloud, project: Path) -> None:
        self.cloud = cloud
        self.project = project

    def up(self, network: Any, *options: str) -> Steps:
        """`pulumi up` with this block `network`, or none."""
        path = self.project / "Pulumi.local.yaml"
        settings = yaml.safe_load(path.read_text())
        settings["config"].pop(KEY, None)
        settings["config"] |= {KEY: network} if network else {}
        path.write_text(yaml.safe_dump(settings))
        return self.run("up", "--yes", *options)

    def run(self, *arguments: str) -> Steps:
        """A command of the engine that succeeds."""
        done = self.cloud.pulumi(*arguments, "--stack", "local", folder=self.project)
        assert done.returncode == 0, done.stdout
        return Steps([f"{m['verb']} {m['kind']} {m['name']}" for m in _DONE.finditer(done.stdout)])

    def vpcs(self) -> list[str]:
        """Addresses of the stack's VPCs."""
        filters = [{"Name": "tag:stack", "Values": ["local"]}]
        found = self.cloud.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
        return [vpc["CidrBlock"] for vpc in found]

    def subnets_of_the_models(self) -> set[str]:
        """Addresses of the subnets that each of the live models is in."""
        sagemaker = self.cloud.client("sagemaker")
        endpoint = sagemaker.describe_endpoint(EndpointName="ml-gateway-local-iris")
        name = endpoint["EndpointConfigName"]
        live = sagemaker.describe_endpoint_config(EndpointConfigName=name)
        names = [variant["ModelName"] for variant in live["ProductionVariants"]]
        networks = [sagemaker.describe_model(ModelName=name).get("VpcConfig") for name in names]
        [ids] = {frozenset(network["Subnets"] if network else ()) for network in networks}
        if not ids:
            return set()
        found = self.cloud.client("ec2").describe_subnets(SubnetIds=[*ids])["Subnets"]
        return {subnet["CidrBlock"] for subnet in found}


@pytest.fixture
def stack(own_cloud: LocalCloud, tmp_path: Path) -> Stack:
    """The stack without a network, which is up."""
    project = project_with(tmp_path / "project", {"ml-gateway:direct": DIRECT})
    stack = Stack(own_cloud, project)
    stack.up(None)
    return stack


@pytest.fixture
def send(stack: Stack) -> Callable[[], int]:
    [found] = json.loads(stack.cloud.run("routes", folder=stack.project).stdout)
    route = Route(found["url"], found["headers"]["x-api-key"])
    return lambda: route.post(BODY).status


def test_a_network_comes_changes_goes_and_comes_again_while_the_endpoint_answers(
    stack: Stack, send: Callable[[], int]
) -> None:
    network = {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}
    with steady_traffic(send) as statuses:
        made = stack.up(network)
        assert made.are_ordered("created RolePolicy iris-execution-network", "created Subnet")
        assert made.are_ordered("created VpcEndpoint", "updated Endpoint iris")
        assert stack.subnets_of_the_models() == {"10.20.0.0/23", "10.20.2.0/23"}
        stack.up(network, "--refresh", "--expect-no-changes")

        zones = stack.up(network | {"zones": ["a", "c"]})
        assert zones.are_ordered("created Subnet network-c", "updated Endpoint iris")
        assert zones.are_ordered("created Subnet network-c", "deleted Subnet network-b")
        assert "deleted Subnet network-a" not in zones
        assert stack.subnets_of_the_models() == {"10.20.0.0/23", "10.20.4.0/23"}

        moved = stack.up({"cidr": "10.30.0.0/20", "zones": ["a", "c"]})
        assert moved.are_ordered("created Vpc network", "created Subnet", "updated Endpoint iris")
        assert_taken_down(moved)
        assert stack.vpcs() == ["10.30.0.0/20"]

        assert_taken_down(stack.up(None))
        assert stack.vpcs() == []
        assert stack.subnets_of_the_models() == set()

        stack.up(network)
        assert stack.subnets_of_the_models() == {"10.20.0.0/23", "10.20.2.0/23"}
        stack.up(network, "--refresh", "--expect-no-changes")
    assert len(statuses) > 100
    assert set(statuses) == {200}

    gone = stack.run("destroy", "--yes", "--run-program")
    assert gone.are_ordered("deleted Endpoint iris", "deleted Subnet")
    assert_interfaces_can_go(gone)
    assert stack.vpcs() == []
    assert stack.cloud.resources() == []


def assert_taken_down(steps: Steps) -> None:
    """The old network goes in its order.

    That the endpoint has moved before is not read off the engine's lines: "updated" has been seen
    below what was deleted. The local cloud lets no subnet and no group go that the live endpoint is
    in, and would have failed the update.
    """
    assert_interfaces_can_go(steps)
    assert steps.are_ordered("deleted VpcEndpoint", "deleted Vpc network")


def assert_interfaces_can_go(steps: Steps) -> None:
    """What SageMaker takes its interfaces out with outlives what they are in."""
    for occupied in ("deleted Subnet", "deleted SecurityGroup network-containers"):
        assert steps.are_ordered(occupied, "deleted RolePolicy iris-execution-network")
