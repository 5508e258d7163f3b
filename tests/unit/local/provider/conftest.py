"""The provider behind a real gRPC server, spoken to as the engine does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from local.aws import Aws
from local.provider import wire
from local.provider.servicer import AwsProvider

SECRET = "1b47061264138c4ac30d75fd1eb44270"


def secret(value: Any) -> dict[str, Any]:
    """A secret as the engine sends it."""
    return {wire.SIGNATURE: SECRET, "value": value}


def urn(pulumi_type: str) -> str:
    return f"urn:pulumi:local::shop::parent:index:Type${pulumi_type}::logical"


class Provider:
    """Requests in plain values, for one connection."""

    def __init__(self, address: str, region: str | None) -> None:
        self.channel = grpc.insecure_channel(address)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        if region:
            self.stub.Configure(pb.ConfigureRequest(args=wire.encode({"region": region})))

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

    def read(self, kind: str, id: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Id, empty if it is gone, and outputs."""
        request = pb.ReadRequest(urn=urn(kind), id=id, inputs=wire.encode(inputs))
        answer = self.stub.Read(request)
        return answer.id, wire.decode(answer.properties)[0]

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


@pytest.fixture
def connect(aws_for: Callable[[str], Aws]) -> Iterator[Callable[[str | None], Provider]]:
    """Connects to the provider, configured for a region (None: not at all)."""
    server = grpc.server(ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(aws_for), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    connections = []

    def connect(region: str | None) -> Provider:
        connections.append(Provider(f"127.0.0.1:{port}", region))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.channel.close()
    server.stop(None).wait()


@pytest.fixture
def provider(connect: Callable[[str | None], Provider]) -> Provider:
    return connect("eu-central-1")
