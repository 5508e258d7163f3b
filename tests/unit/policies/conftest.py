"""The pack as the engine sees it: a gRPC service. All that is private to the SDK stands here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import _PolicyAnalyzerServicer

Level = Literal["MANDATORY", "ADVISORY", "DISABLED"]


class Diagnostic(NamedTuple):
    policy: str
    level: str
    message: str
    urn: str


class Analyzer:
    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub):
        self._stub = stub

    def configure(self, policy: str, level: Level = "MANDATORY", **config: Any) -> None:
        entry = analyzer_pb2.PolicyConfig(
            enforcementLevel=analyzer_pb2.EnforcementLevel.Value(level),
            properties=properties(config),
        )
        self._stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={policy: entry}))

    def analyze(self, token: str, urn: str, values: Mapping[str, Any]) -> list[Diagnostic]:
        request = analyzer_pb2.AnalyzeRequest(type=token, urn=urn, properties=properties(values))
        return diagnostics(self._stub.Analyze(request))

    def analyze_stack(
        self,
        *resources: tuple[str, str, Mapping[str, Any], Mapping[str, Sequence[str]]],
        parents: Mapping[str, str] | None = None,
    ) -> list[Diagnostic]:
        request = analyzer_pb2.AnalyzeStackRequest(
            resources=[
                analyzer_pb2.AnalyzerResource(
                    type=token,
                    urn=urn,
                    parent=(parents or {}).get(urn, ""),
                    properties=properties(values),
                    propertyDependencies={
                        name: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
                        for name, urns in dependencies.items()
                    },
                )
                for token, urn, values, dependencies in resources
            ]
        )
        return diagnostics(self._stub.AnalyzeStack(request))


def properties(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def diagnostics(response: analyzer_pb2.AnalyzeResponse) -> list[Diagnostic]:
    return [
        Diagnostic(
            found.policyName,
            analyzer_pb2.EnforcementLevel.Name(found.enforcementLevel),
            found.message.removeprefix(f"{found.description}\n"),
            found.urn,
        )
        for found in response.diagnostics
    ]


@pytest.fixture
def serve() -> Iterator[Callable[[list[Policy]], Analyzer]]:
    """Serves policies as a pack, and ends with the test."""
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    port = server.add_insecure_port("127.0.0.1:0")
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")

    def start(policies: list[Policy]) -> Analyzer:
        servicer = _PolicyAnalyzerServicer("pack", "0.0.1", policies, EnforcementLevel.ADVISORY)
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
        server.start()
        return Analyzer(analyzer_pb2_grpc.AnalyzerStub(channel))

    yield start
    channel.close()
    server.stop(grace=None).wait()
