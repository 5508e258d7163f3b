"""Whether a stack on the local cloud has all that it needs: it grows, rolls back, is accepted."""

import json
import re
import time
from pathlib import Path
from typing import Any

from tests.stack.conftest import LocalCloud, soon

PATIENCE_SECONDS = 20
"""What comes at all is here within ten."""
_FAILED = re.compile(r"^(?:FAILED|ERROR) \S+::test_(\w+)", re.M)
_DENIED = re.compile(r"not authorized to perform: \S+ on resource: \S+")


class Probe:
    """Of a stack that is up. outputs: file with its outputs, secrets included."""

    def __init__(self, cloud: LocalCloud, outputs: Path) -> None:
        self._cloud = cloud
        self._outputs = outputs
        deployed = json.loads(outputs.read_text())["deployed"]
        self.endpoints: list[dict[str, Any]] = list(deployed["endpoints"].values())
        self._sagemaker = cloud.client("sagemaker")
        self._live = {e["name"]: self._describe(e["name"]) for e in self.endpoints}

    def faults(self) -> list[str]:
        """What fails: another instance of an endpoint, a roll-back by its alarms, acceptance."""
        for endpoint in self.endpoints:
            if fault := self._another_instance(endpoint["name"]):
                return [fault]
        for endpoint in self.endpoints:
            if endpoint["rollbackAlarms"] and not self._rolls_back(endpoint):
                return [f"{endpoint['name']} is not rolled back by its alarm"]
        return self._refused()

    def forget_logs(self) -> None:
        """What was written so far does not count any more."""
        logs = self._cloud.client("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            where = {"logGroupName": group["logGroupName"]}
            for page in logs.get_paginator("describe_log_streams").paginate(**where):
                for stream in page["logStreams"]:
                    logs.delete_log_stream(**where, logStreamName=stream["logStreamName"])

    def mend(self) -> None:
        """Puts right what a missing permission has left behind, as an operator would."""
        ec2 = self._cloud.client("ec2")
        for found in ec2.describe_network_interfaces()["NetworkInterfaces"]:
            if found["Description"] and found["Status"] == "available":
                ec2.delete_network_interface(NetworkInterfaceId=found["NetworkInterfaceId"])
        for name, live in self._live.items():
            if self._describe(name)["EndpointConfigName"] != live["EndpointConfigName"]:
                self._update(name, live["EndpointConfigName"])
                assert self._settled(name)["EndpointConfigName"] == live["EndpointConfigName"]

    def _another_instance(self, name: str) -> str | None:
        """Starts a further instance of each variant, and stops it; why that failed."""
        before = {v["VariantName"]: v["CurrentInstanceCount"] for v in self._variants(name)}
        for change in (1, 0):
            self._sagemaker.update_endpoint_weights_and_capacities(
                EndpointName=name,
                DesiredWeightsAndCapacities=[
                    {"VariantName": variant, "DesiredInstanceCount": count + change}
                    for variant, count in before.items()
                ],
            )
            if reason := self._settled(name).get("FailureReason"):
                denied = _DENIED.search(reason)
                return f"{name} does not grow: {denied[0] if denied else reason}"
        return None

    def _rolls_back(self, endpoint: dict[str, Any]) -> bool:
        """Whether an update goes back to where it was while an alarm is in state ALARM."""
        name, alarm = endpoint["name"], endpoint["rollbackAlarms"][0]
        cloudwatch = self._cloud.client("cloudwatch")
        self._update(name, self._copied_configuration(name))
        while self._describe(name)["EndpointStatus"] == "Updating":  # evaluation sets it back
            cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="removal")
            time.sleep(0.1)
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="removal")
        after = self._describe(name)
        return (
            after["EndpointConfigName"] == self._live[name]["EndpointConfigName"]
            and alarm in after["FailureReason"]
        )

    def _copied_configuration(self, name: str) -> str:
        live = self._live[name]["EndpointConfigName"]
        copy = f"copy-{live}"[:63]
        configurations = self._sagemaker.list_endpoint_configs(NameContains=copy)
        if not configurations["EndpointConfigs"]:
            found = self._sagemaker.describe_endpoint_config(EndpointConfigName=live)
            own = ("EndpointConfigName", "EndpointConfigArn", "CreationTime", "ResponseMetadata")
            settings = {k: v for k, v in found.items() if k not in own}
            self._sagemaker.create_endpoint_config(EndpointConfigName=copy, **settings)
        return copy

    def _update(self, name: str, configuration: str) -> None:
        self._sagemaker.update_endpoint(
            EndpointName=name, EndpointConfigName=configuration, RetainDeploymentConfig=True
        )

    def _refused(self) -> list[str]:
        """The acceptance tests that fail."""
        options = ("--quiet", "--patience", str(PATIENCE_SECONDS), "--outputs", str(self._outputs))
        done = self._cloud.run("exec", "--", "pytest", "tests/acceptance", *options)
        failed = [name.replace("_", " ") for name in _FAILED.findall(done.stdout)]
        assert bool(failed) is bool(done.returncode), done.stdout
        return failed

    def _settled(self, name: str) -> dict[str, Any]:
        assert soon(lambda: self._describe(name)["EndpointStatus"] == "InService")
        return self._describe(name)

    def _variants(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._describe(name)["ProductionVariants"]
        return found

    def _describe(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._sagemaker.describe_endpoint(EndpointName=name)
        return found
