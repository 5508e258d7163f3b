"""What the policies may cost: 500 resources through every rule, and through the pack.

Seconds of the rules are of CPU: what a neighbour on the machine takes is not theirs. The pack adds
what the SDK does for each of its policies: it reads every request once per policy.
`python -m bench.policies.limits` is the rules alone: resources in, seconds of CPU out.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from bench.local_cloud import REPOSITORY
from bench.policies.controls import Documents
from bench.policies.ours import POLICY
from bench.process import run, serving
from gateway_policies.iam.places import places
from gateway_policies.reference import examples
from gateway_policies.resource import Resource, Stack
from gateway_policies.rule import ResourceRule
from gateway_policies.rules import RULES

RESOURCES, DOCUMENTS = 500, 200
MOST_SECONDS, MOST_MEGABYTES, MOST_START_SECONDS = 2.0, 200.0, 1.0
ROUNDS = 5

_PACK = REPOSITORY / "policies"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


Resources = Sequence[tuple[str, dict[str, Any]]]
"""Types and properties."""


@dataclass(frozen=True)
class Cost:
    """The least of several rounds."""

    rules_seconds: float
    """Of CPU, in every rule, those over the stack as well; reads the action data first."""
    pack_seconds: float
    """Of CPU, of the whole process that the engine starts."""
    pack_wall_seconds: float
    """On the clock, from the first request to the last answer."""
    pack_mb: float
    """The most memory that the process held at once."""
    start_seconds: float
    """On the clock, from the start of the process to the port that it prints."""

    def broken(self) -> Iterator[str]:
        """The limits that are not kept."""
        for name, value, most in (
            ("seconds in the rules", self.rules_seconds, MOST_SECONDS),
            ("memory of the pack in MB", self.pack_mb, MOST_MEGABYTES),
            ("seconds until the pack answers", self.start_seconds, MOST_START_SECONDS),
        ):
            if value >= most:
                yield f"{name}: {value:.2f}. Allowed: below {most:g}."


def cost(documents: Documents) -> Cost:
    """Measures all of it. Raises CommandError."""
    resources = _resources(documents)
    alone = [sys.executable, "-m", "bench.policies.limits"]
    given = json.dumps(resources)
    return Cost(
        min(float(run(alone, given).output) for _ in range(ROUNDS)),
        *(
            min(figures)
            for figures in zip(*(_round(resources) for _ in range(ROUNDS)), strict=True)
        ),
    )


def _resources(documents: Documents) -> Resources:
    """Policies with documents from all over the corpus, and the good examples over and over."""
    step = len(documents) // DOCUMENTS
    chosen = list(documents.values())[::step][:DOCUMENTS]
    others = islice(cycle(_without_documents()), RESOURCES - DOCUMENTS)
    return [(POLICY, {"policy": json.dumps(document)}) for document in chosen] + list(others)


def _without_documents() -> Resources:
    found = [
        (described["type"], described["properties"])
        for example in examples().values()
        for described in example["good"].values()
    ]
    return [(token, values) for token, values in found if not _has_documents(token, values)]


def _has_documents(token: str, values: dict[str, Any]) -> bool:
    return any(places(Resource("", values, token, "")))


def urn(token: str, index: int) -> str:
    """A URN of its own for each resource."""
    return f"urn:pulumi:bench::bench::{token}::r{index}"


def seconds_in_rules(resources: Resources) -> float:
    """Of CPU, from nothing read to everything judged."""
    found = [Resource("", v, token, urn(token, i)) for i, (token, v) in enumerate(resources)]
    started = time.process_time()
    for rule in RULES:
        if isinstance(rule, ResourceRule):
            for resource in found:
                if rule.is_for(resource.type):
                    list(rule.check(resource))
        else:
            limits = {name: limit.default for name, limit in rule.limits.items()}
            list(rule.check(Stack(found), limits))
    return time.process_time() - started


def _round(resources: Resources) -> tuple[float, float, float, float]:
    """Starts the pack, asks it as the engine does, ends it."""
    pack = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(_PACK)]
    with serving(pack, _PACK) as server:
        started = time.perf_counter()
        _ask(server.port, resources)
        seconds = time.perf_counter() - started
    return server.usage["cpu_seconds"], seconds, server.usage["peak_mb"], server.start_seconds


def _ask(port: str, resources: Resources) -> None:
    requests = [_request(token, index, values) for index, (token, values) in enumerate(resources)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=_UNLIMITED) as channel:
        analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)
        for request in requests:
            analyzer.Analyze(request)
        together = [
            analyzer_pb2.AnalyzerResource(type=one.type, urn=one.urn, properties=one.properties)
            for one in requests
        ]
        analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=together))


def _request(token: str, index: int, values: dict[str, Any]) -> analyzer_pb2.AnalyzeRequest:
    properties = struct_pb2.Struct()
    properties.update(values)
    return analyzer_pb2.AnalyzeRequest(type=token, urn=urn(token, index), properties=properties)


if __name__ == "__main__":
    print(seconds_in_rules(json.load(sys.stdin)))
