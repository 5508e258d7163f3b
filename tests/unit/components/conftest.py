"""Runs components against a fake engine that keeps what they register."""

import asyncio
import importlib
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pulumi
import pulumi_aws
import pytest
from pulumi.runtime import mocks, rpc

from components.artifacts.artifact import PackedArtifact
from components.artifacts.model_package import RegisteredModel
from components.config.network import PrivateNetworkConfig
from components.config.stack import StackConfig, load_config
from components.context import Context
from components.network.private_vpc import PrivateVpc
from components.private_network import PrivateNetwork

with warnings.catch_warnings():
    # The SDK's modules warn of their own deprecated classes at their first use, whatever is used.
    warnings.simplefilter("ignore", DeprecationWarning)
    importlib.import_module("components.artifacts.artifact_store")
    _ = pulumi_aws.ec2.Vpc

T = TypeVar("T")

CONTEXT = Context("123456789012", "eu-central-1", "ml-gateway-prod")
KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"
IMAGE = f"ml-gateway@sha256:{'0' * 64}"


REGISTERED = RegisteredModel(
    "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/1",
    "arn:aws:ecr:eu-central-1:123456789012:repository/scikit-learn",
    "arn:aws:s3:::packages/iris/model.tar.gz",
    None,
)
"""A version in the registry."""

PRIVATE = PrivateNetworkConfig.model_validate({"cidr": "10.20.0.0/20", "zones": ["b", "a"]})
"""A network of the stack's own."""


def private_vpc() -> PrivateVpc:
    """That network's VPC, within a program."""
    return PrivateVpc(
        "network",
        {"context": CONTEXT, "settings": PRIVATE, "key_arn": KEY_ARN, "log_retention_days": 30},
    )


def private_network(
    settings: PrivateNetworkConfig = PRIVATE, roles: Sequence[pulumi.Resource] = ()
) -> PrivateNetwork:
    """That network with its VPC, within a program. roles: of what runs in it."""
    return PrivateNetwork(
        "network", {"context": CONTEXT, "settings": settings, "vpc": private_vpc(), "roles": roles}
    )


def packed(name: str) -> PackedArtifact:
    """A packed artifact that nobody opens."""
    return PackedArtifact(Path(f"{name}.tar.gz"), name * 64, {"instances": [[name]]})


def stack_config(**direct: Any) -> StackConfig:
    """A stack with this direct gateway and three endpoints.

    They are iris, real-time; batch, async; all, with the models iris and wine.
    """
    variant = {
        "artifact": "build/iris-forest",
        "instances": {"type": "ml.m5.large", "min": 2, "max": 4},
    }
    models = {"iris": "build/iris-forest", "wine": "build/wine"}
    plan = {"throttle": {"rate": "50/s", "burst": 100}, "quota": "100000/day", "keys": ["shop"]}
    blocks = {
        "endpoints": {
            "iris": {
                "variants": {"forest": variant, "boosting": variant},
                "scaling": {"target": "1200/min"},
            },
            "batch": {
                "variants": {"forest": variant},
                "async": {"concurrency": 4, "retention": "7d"},
                "scaling": {"backlog": 5},
            },
            "all": {
                "variants": {"all": {"models": models, "instances": variant["instances"]}},
                "scaling": {"target": "1200/min"},
            },
        },
        "direct": {"plans": {"standard": plan}} | direct,
    }
    values = {f"ml-gateway:{key}": json.dumps(block) for key, block in blocks.items()}
    return load_config({"aws:region": CONTEXT.region, "ml-gateway:image": IMAGE} | values)


@dataclass(frozen=True)
class Registered:
    """A resource as the engine gets it. Other resources are named `type::name`."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    state: dict[str, Any]
    """The inputs with what the cloud generated."""
    depends_on: list[str]
    hooks: dict[str, list[str]]
    retained: bool
    protected: bool
    deleted_first: bool
    replacement_trigger: str
    """A change of this text replaces the resource."""
    ignored: list[str]
    """Paths in the inputs whose changes the engine ignores."""
    former_parents: list[str]
    """URNs of the parents that it had in earlier versions."""

    def json(self, key: str) -> Any:
        """The value of an input that holds a JSON text."""
        return json.loads(self.inputs[key])


class Engine(mocks.MockMonitor):
    """Keeps every registration; marks the secrets that the providers' SDK asks it to mark."""

    def __init__(self) -> None:
        super().__init__(_Cloud())
        self.registered: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if response.urn in self.resources:  # the stack itself is not among them
            hooks = {kind.name: list(names) for kind, names in request.hooks.ListFields()}
            self.registered.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    parent=_short(request.parent),
                    inputs=rpc.deserialize_properties(request.object),
                    state=self.resources[response.urn].state,
                    depends_on=sorted(map(_short, request.dependencies)),
                    hooks=hooks,
                    retained=request.retainOnDelete,
                    protected=request.protect,
                    deleted_first=request.deleteBeforeReplace,
                    replacement_trigger=request.replacement_trigger.string_value,
                    ignored=list(request.ignoreChanges),
                    former_parents=[alias.spec.parentUrn for alias in request.aliases],
                )
            )
        for output in request.additionalSecretOutputs:
            value = dict(response.object).get(output)
            if isinstance(value, str):  # set, and not a secret already
                response.object[output] = {
                    rpc._special_sig_key: rpc._special_secret_sig,
                    "value": value,
                }
        return response


class _Cloud(mocks.Mocks):
    """Resources come out as they went in, with the outputs that AWS generates."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        generated = {
            "arn": f"arn:{args.name}",
            "keyId": f"key-id:{args.name}",
            "value": f"value:{args.name}",
            "invokeUrl": "https://api.example/live",
            "executionArn": f"execution-arn:{args.name}",
            "prefixListId": f"prefix-list:{args.name}",
            "name": f"{args.name}-1a2b3c4",
        }
        return f"id:{args.name}", generated | args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"{args.token} is not expected to be called")


class _Immediately(ThreadPoolExecutor):
    """Runs each task where it is submitted: what a test sees has no race in it."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True)
class Deployed:
    """What a program registered, and what it returned once all is known."""

    resources: Sequence[Registered]
    result: Any

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The only resource of a type, or the one of that name."""
        [found] = [r for r in self.all(type_) if name in (None, r.name)]
        return found

    def all(self, type_: str) -> list[Registered]:
        """The resources of a type, such as aws:kms/key:Key, in the order of their names."""
        found = [resource for resource in self.resources if resource.type == type_]
        return sorted(found, key=lambda resource: resource.name)


Deploy = Callable[[Callable[[], Any]], Deployed]


@pytest.fixture
def deploy() -> Iterator[Deploy]:
    """Runs a program that makes resources, as `pulumi up` would."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_Immediately())
    asyncio.set_event_loop(loop)

    def run(program: Callable[[], Any]) -> Deployed:
        engine = Engine()
        mocks.set_mocks(engine.mocks, "ml-gateway", "prod", preview=False, monitor=engine)
        results: list[Any] = []

        def wait() -> Any:
            return pulumi.Output.from_input(program()).apply(results.append)

        pulumi.runtime.test(wait)()
        return Deployed(engine.registered, results[0] if results else None)

    # The SDK keeps its settings in context variables: what a run sets ends with its context.
    yield lambda program: copy_context().run(run, program)
    loop.close()
    asyncio.set_event_loop(None)


def _short(urn: str) -> str:
    """`urn:pulumi:stack::project::outer$type::name`, cut to `type::name`."""
    return urn.split("::", 2)[2].rpartition("$")[2]
