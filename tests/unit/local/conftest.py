"""Servers on the loopback, a clock that stands still and a control plane without a data plane."""

import functools
import io
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from wsgiref.types import WSGIApplication

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from local.access import Access, AccessDenied
from local.aws import Aws
from local.call_log import CallLog
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.apigateway.service import ApiGateway
from local.control.autoscaling.registry import ScalableTargets
from local.control.autoscaling.service import AutoScaling
from local.control.sagemaker.service import SageMaker
from local.control.service import Service
from local.control_plane import ControlPlane
from local.home import REPOSITORY
from local.sagemaker.instance import DeploymentError
from local.sagemaker.rollout import RollbackAlarms

REGION = "eu-central-1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GATEWAY_URL = "http://127.0.0.1:1"


class Allowed(Access):
    """IAM that denies what a test says: by principal and action."""

    denied: ClassVar[set[tuple[str, str]]] = set()

    def require(self, principal, action, resource, context=None, shared=None):
        if (principal.identifier, action) in self.denied:
            raise AccessDenied(f"{principal.identifier} may not {action} on {resource}")

    def require_role(self, role_arn, service):
        if (role_arn, service) in self.denied:
            raise AccessDenied(f"{service} may not assume {role_arn}")

    def require_object(self, principal, action, bucket, key):
        self.require(principal, action, f"arn:aws:s3:::{bucket}/{key}")


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> Allowed:
    """IAM that allows everything until a test denies something."""
    monkeypatch.setattr(Allowed, "denied", set())
    return Allowed(REGION)


class FakeRuntime:
    """Deploys at once what is not named in `broken`, which maps model URLs to errors.

    A fleet is its plan. fleets: those that serve, by endpoint.
    """

    def __init__(self) -> None:
        self.fleets: dict[str, Any] = {}
        self.calls: list[tuple[Any, ...]] = []
        """What was routed, discarded and resized."""
        self.broken: dict[str, Exception] = {}
        self.gate = threading.Event()
        """Deployments wait for it."""
        self.gate.set()

    def start(self, name: str, plan: Any) -> Any:
        assert self.gate.wait(10)
        for variant in (*plan.variants, *plan.shadows):
            if error := self.broken.get(variant.model.model_data_url):
                raise error
        return plan

    def route(self, name: str, fleet: Any, share: float) -> None:
        self.calls.append(("route", name, fleet.configuration, share))
        if share == 1:
            self.fleets[name] = fleet

    def discard(self, name: str, fleet: Any) -> None:
        self.calls.append(("discard", name, fleet.configuration))

    def resize(self, name: str, variant: str, instances: int) -> None:
        assert self.gate.wait(10)
        self.calls.append(("resize", name, variant, instances))

    def reweigh(self, name: str, weights: Any) -> None:
        self.calls.append(("reweigh", name, weights))

    def counts(self, name: str) -> Any:
        if name not in self.fleets:
            raise LookupError(name)
        return {}

    def break_model(self, url: str, reason: str) -> None:
        self.broken[url] = DeploymentError(reason)

    def remove(self, name: str) -> None:
        self.fleets.pop(name, None)


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


@contextmanager
def served(application: WSGIApplication) -> Iterator[str]:
    """The address at which a WSGI application answers."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class LoggedCalls:
    """A call log, and the lines in it."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.log = CallLog(lambda: NOW, self._stream)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]


@pytest.fixture
def serve() -> Iterator[Callable[[WSGIApplication], str]]:
    """Serves applications until the test ends; answers their addresses."""
    with ExitStack() as servers:
        yield lambda application: servers.enter_context(served(application))


@pytest.fixture
def now() -> datetime:
    """What every clock shows."""
    return NOW


@pytest.fixture
def calls() -> LoggedCalls:
    return LoggedCalls()


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()


class _Switch:
    """Lets one server, and the clients that are slow to make, serve every test's own services."""

    current: Any = None

    def __call__(self, region: str) -> Any:
        self.current.regions.append(region)
        return self.current


@pytest.fixture(scope="session")
def switched() -> Iterator[tuple[_Switch, Callable[[str], Aws]]]:
    switch = _Switch()
    with served(ControlPlane(switch)) as url:
        yield switch, functools.cache(lambda region: Aws(url, GATEWAY_URL, region))


@pytest.fixture
def alarm_states() -> dict[str, str]:
    """The states of CloudWatch's alarms, by name."""
    return {}


@pytest.fixture
def services(
    runtime: FakeRuntime, alarm_states: dict[str, str], access: Allowed, calls: LoggedCalls
) -> Any:
    """What ControlPlane asks of a region: the controls' services, new for each test.

    regions: those that were asked for.
    """
    api_gateway = ApiGateway(REGION, lambda: NOW)
    watching = Alarms(Metrics(lambda: NOW), lambda: NOW)
    targets = ScalableTargets(REGION, watching)
    alarms = RollbackAlarms(REGION, alarm_states.__getitem__, access, calls.log)
    sagemaker = SageMaker(REGION, lambda: NOW, runtime, targets, alarms, sleep=lambda seconds: None)
    controls: dict[str, Any] = {
        "apigateway": api_gateway,
        "application-autoscaling": AutoScaling(
            targets, sagemaker.endpoints, lambda: NOW, lambda: NOW
        ),
        "sagemaker": sagemaker,
    }
    return SimpleNamespace(
        name=REGION,
        regions=[],
        alarms=watching,
        api_gateway=api_gateway,
        autoscaling=controls["application-autoscaling"],
        sagemaker=sagemaker,
        services={name: Service(name, control.handlers()) for name, control in controls.items()},
    )


@pytest.fixture
def aws_for(
    switched: tuple[_Switch, Callable[[str], Aws]], services: Any
) -> Iterator[Callable[[str], Aws]]:
    """The APIs in any region: services new for each test, and moto, which keeps what it has."""
    switch, aws_for = switched
    switch.current = services
    yield aws_for
    switch.current = None


@pytest.fixture
def aws(aws_for: Callable[[str], Aws]) -> Aws:
    return aws_for(REGION)


@pytest.fixture(scope="session")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained model."""
    folder = tmp_path_factory.mktemp("trained") / "iris"
    command = [sys.executable, "-m", "container", "train", "--output", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
def unique() -> str:
    """A part for names in moto, which no other test uses."""
    return secrets.token_hex(6)


class MadeRole:
    """A role of moto's that a service assumes, with the rights that a test gives it."""

    def __init__(self, aws: Aws, name: str, service: str) -> None:
        self._aws = aws
        self._name = name
        trust = {"Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        request = {"RoleName": name, "AssumeRolePolicyDocument": _document([trust])}
        self.arn: str = aws.call("iam", "CreateRole", request)["Role"]["Arn"]

    def allow(self, rights: Mapping[str, str]) -> None:
        """Gives these rights and no others: actions, and on what."""
        self.put([{"Action": action, "Resource": on} for action, on in rights.items()])

    def put(self, statements: Sequence[Mapping[str, Any]]) -> None:
        """Gives it these statements and no others."""
        policy = {"PolicyName": "access", "PolicyDocument": _document(statements)}
        self._aws.call("iam", "PutRolePolicy", {"RoleName": self._name, **policy})


def _document(statements: Sequence[Mapping[str, Any]]) -> str:
    allowing = [{"Effect": "Allow", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": allowing})


@pytest.fixture
def role_of(aws: Aws, unique: str) -> Callable[[str], MadeRole]:
    """Makes a role of a service."""
    return lambda service: MadeRole(aws, f"role-{unique}", service)
