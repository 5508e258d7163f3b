"""A preview of the stack `local`, recorded from engine 3.259 and shortened to a dozen resources.

The stack was up; then its endpoint was to have other instances, 12 at the most where the policies
allow 10, and its API another client. The missing web ACL was accepted.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOG = Path(__file__).with_name("preview.jsonl")
DIGEST = Path(__file__).with_name("preview.json")

_PARENT = "urn:pulumi:local::ml-gateway::ml-gateway:index:"
ENDPOINT = f"{_PARENT}ModelEndpoint$aws:sagemaker/endpoint:Endpoint::iris"
STAGE = (
    f"{_PARENT}DirectGateway$ml-gateway:index:RestApi$ml-gateway:index:ApiStage"
    "$aws:apigateway/stage:Stage::direct-stage"
)


def log_of(*events: Mapping[str, Any], succeeded: bool = True, judged: bool = True) -> str:
    """A log of one's own, with the events that end one."""
    ends: list[Mapping[str, Any]] = []
    if judged:
        ends.append({"policyAnalyzeStackSummaryEvent": {"policyPackName": "ml-gateway"}})
    summary = {
        "result": "succeeded" if succeeded else "failed",
        "PolicyPacks": {"ml-gateway|local|/pack": "0.1.0"},
    }
    lines = [*events, *ends, {"summaryEvent": summary}, {"cancelEvent": {}}]
    return "\n".join(json.dumps({"sequence": 1, "timestamp": 1, **event}) for event in lines)


def step(operation: str, urn: str, **metadata: Any) -> Mapping[str, Any]:
    """An event before a step on a resource."""
    state = {"urn": urn, "custom": True}
    described = {"op": operation, "urn": urn, "type": urn.split("::")[2].rpartition("$")[2]}
    return {"resourcePreEvent": {"metadata": {**described, "old": None, "new": state, **metadata}}}


def said(
    policy: str, text: str, urn: str = "", level: str = "mandatory", pack: str = "ml-gateway"
) -> Mapping[str, Any]:
    """An event of a policy."""
    return {
        "policyEvent": {
            "policyName": policy,
            "policyPackName": pack,
            "enforcementLevel": level,
            "message": f"What it demands. Why.\n{text}\n",
            "resourceUrn": urn,
        }
    }
