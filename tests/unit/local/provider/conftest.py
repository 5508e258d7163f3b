"""The provider behind a real gRPC server, spoken to as the engine does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from local.aws import Aws
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.cloudwatch import CloudWatch
from local.control.service import Service
from local.control.wafv2 import WafV2
from local.provider import wire
from local.provider.servicer import AwsProvider
from tests.unit.local.conftest import NOW, REGION

SECRET = "1b47061264138c4ac30d75fd1eb44270"


def secret(value: Any) -> dict[str, Any]:
    """A secret as the engine sends it."""
    return {wire.SIGNATURE: SECRET, "value": value}


def urn(pulumi_type: str) -> str:
    return f"urn:pulumi:local::shop::parent:index:Type${pulumi_type}::logical"


class Provider:
    """Requests in plain values, for one connection.

    region: None for a connection that is not configured. config: the provider's other settings.
    """

    def __init__(self, address: str, region: str | None, **config: Any) -> None:
        self.channel = grpc.insecure_channel(address)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        if region:
            args = wire.encode({"region": region, **config})
            self.stub.Configure(pb.ConfigureRequest(args=args))

    def check(
        self, kind: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **more: Any
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Checked inputs, and the failures as property and reason."""
        request = pb.CheckRequest(
            urn=urn(kind), olds=wire.encode(olds or {}), news=wire.encode(news), **more
        )
        answer = self.stub.Check(request)
        inputs, _ = wire.decode(answer.inputs)
        return inputs, [(failure.property, failure.reason) for failure in answer.failures]

    def diff(self, kind: str, old: dict[str, Any], new: dict[str, Any], **more: Any) -> Any:
        request = pb.DiffRequest(
            urn=urn(kind), old_inputs=wire.encode(old), news=wire.encode(new), **more
        )
        return self.stub.Diff(request)

    def create(
        self, kind: str, inputs: dict[str, Any], preview: bool = False
    ) -> tuple[str, dict[str, Any], frozenset[str]]:
        """Id, outputs, names of the secret ones."""
        request = pb.CreateRequest(urn=urn(kind), properties=wire.encode(inputs), preview=preview)
        answer = self.stub.Create(request)
        return (answer.id, *wire.decode(answer.properties))

    def read(
        self, kind: str, id: str, inputs: dict[str, Any], state: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, empty if it is gone, outputs and inputs."""
        request = pb.ReadRequest(
            urn=urn(kind), id=id, inputs=wire.encode(inputs), properties=wire.encode(state or {})
        )
        answer = self.stub.Read(request)
        return answer.id, wire.decode(answer.properties)[0], wire.decode(answer.inputs)[0]

    def update(
        self,
        kind: str,
        id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        outputs: dict[str, Any] | None = None,
        preview: bool = False,
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """Outputs, names of the secret ones. outputs: the old ones that are no inputs."""
        request = pb.UpdateRequest(
            urn=urn(kind),
            id=id,
            old_inputs=wire.encode(old),
            olds=wire.encode(old | (outputs or {})),
            news=wire.encode(new),
            preview=preview,
        )
        return wire.decode(self.stub.Update(request).properties)

    def delete(self, kind: str, id: str, inputs: dict[str, Any]) -> None:
        request = pb.DeleteRequest(urn=urn(kind), id=id, properties=wire.encode(inputs))
        self.stub.Delete(request)

    def make(self, kind: str, news: dict[str, Any]) -> "Made":
        """Checks and creates, as an `up` does."""
        inputs, failures = self.check(kind, news)
        assert failures == []
        resource_id, outputs, _ = self.create(kind, inputs)
        return Made(self, kind, resource_id, news, inputs, outputs)


@dataclass
class Made:
    """A resource in a state file. given: what the program says of it."""

    provider: Provider
    kind: str
    id: str
    given: dict[str, Any]
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def refresh(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Inputs and outputs as they are live; empty if it is gone."""
        _, outputs, inputs = self.provider.read(self.kind, self.id, self.inputs, self.outputs)
        return inputs, outputs

    def change(self, **news: Any) -> None:
        """Updates in place; a property that becomes None is taken out."""
        self.given = {k: v for k, v in {**self.given, **news}.items() if v is not None}
        new, failures = self.provider.check(self.kind, self.given, self.inputs)
        assert failures == []
        answer = self.provider.diff(self.kind, self.inputs, new)
        assert (answer.changes, list(answer.replaces)) == (pb.DiffResponse.DIFF_SOME, [])
        self.outputs, _ = self.provider.update(self.kind, self.id, self.inputs, new, self.outputs)
        self.inputs = new

    def is_clean(self) -> bool:
        """Whether a refresh changes nothing, and another `up` finds nothing to do."""
        again, _ = self.provider.check(self.kind, self.given, self.inputs)
        nothing = self.provider.diff(self.kind, self.inputs, again).changes
        assert self.refresh() == (self.inputs, self.outputs)
        return bool(nothing == pb.DiffResponse.DIFF_NONE)

    def goes(self) -> bool:
        """Whether it is gone once it was deleted, and deleting it again is no error."""
        self.provider.delete(self.kind, self.id, self.outputs)
        self.provider.delete(self.kind, self.id, self.outputs)
        return self.refresh() == ({}, {})


@pytest.fixture
def services(services: Any) -> Any:
    """The region's services, with CloudWatch and WAF."""
    metrics = Metrics(lambda: NOW)
    alarms = Alarms(metrics, lambda: NOW)
    cloudwatch = CloudWatch(REGION, lambda: NOW, metrics, alarms)
    waf = WafV2(REGION, services.api_gateway.stage)
    services.services["monitoring"] = Service("cloudwatch", cloudwatch.handlers())
    services.services["wafv2"] = Service("wafv2", waf.handlers())
    return services


@pytest.fixture
def connect(aws_for: Callable[[str], Aws]) -> Iterator[Callable[..., Provider]]:
    """Connects to the provider, configured for a region (None: not at all)."""
    server = grpc.server(ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(aws_for), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    connections = []

    def connect(region: str | None, **config: Any) -> Provider:
        connections.append(Provider(f"127.0.0.1:{port}", region, **config))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.channel.close()
    server.stop(None).wait()


@pytest.fixture
def provider(connect: Callable[..., Provider]) -> Provider:
    return connect("eu-central-1")
