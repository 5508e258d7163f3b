"""What a stack says of itself: its outputs `routes`, `apiKeys` and `deployed`, read for tests.

components/direct_gateway.py and components/deployed.py say what the outputs mean.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OUTPUTS = ("routes", "apiKeys", "deployed")
CERTAINTY = 1e-6
"""Chance that what is there is not seen in as many requests as `tries` gives."""
LEAST_SHARE = 0.1
"""What fewer requests reach is not looked for: it would take too many."""


class OutputsError(Exception):
    """The outputs are not those of a stack that is up."""


@dataclass(frozen=True)
class Variant:
    """A production variant of an endpoint."""

    endpoint: str
    """Physical name of its endpoint."""
    name: str
    weight: int
    bounds: Mapping[str, int] | None
    schedule: Mapping[str, Mapping[str, int]]

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.name}"


@dataclass(frozen=True)
class Endpoint:
    """A SageMaker endpoint."""

    name: str
    variants: Mapping[str, Variant]
    shadow: str | None
    volumes: bool
    private: bool
    """Whether its containers are in the stack's own network."""
    capture: Mapping[str, Any] | None
    requests: str | None
    """s3:// address of the folder for requests, where they are asynchronous."""
    rollback_alarms: Sequence[str]
    scaling_alarms: Sequence[str]

    def __str__(self) -> str:
        return self.name

    def share(self, variant: str) -> float:
        """The share of the requests that a variant answers."""
        return self.variants[variant].weight / sum(v.weight for v in self.variants.values())

    @property
    def starts_from_zero(self) -> bool:
        """Whether it may be without any instance."""
        limits = [
            bounds
            for variant in self.variants.values()
            for bounds in (variant.bounds, *variant.schedule.values())
        ]
        return any(bounds is not None and bounds["min"] == 0 for bounds in limits)


@dataclass(frozen=True)
class Route:
    """A path of a gateway, and how to call it."""

    gateway: str
    name: str
    method: str
    url: str
    arn: str
    auth: str
    endpoint: Endpoint
    model: str | None
    """Which of the endpoint's models answers, where it has several."""
    target_variant: bool
    body: Mapping[str, Any] | None
    query: Mapping[str, Any] | None
    input_location: str | None
    """s3:// address of the example, where requests are objects."""

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    @property
    def api_id(self) -> str:
        """Of the REST API: arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>."""
        return self.arn.split(":")[5].split("/")[0]

    @property
    def stage(self) -> str:
        """Name of the API's stage."""
        return self.arn.split(":")[5].split("/")[1]

    @property
    def path(self) -> str:
        """The path in the API, such as /iris."""
        return "/" + self.arn.split(":", 5)[5].split("/", 3)[3]

    @property
    def rows(self) -> list[list[Any]]:
        """The rows of its example, if it takes rows in the body."""
        return [list(row) for row in self.body["instances"]] if self.body else []


@dataclass(frozen=True)
class Plan:
    """A usage plan."""

    name: str
    route: Route
    """A route that its keys open."""
    rate: int
    burst: int
    quota: int
    clients: Sequence[str]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Alarm:
    """An alarm of an endpoint."""

    endpoint: Endpoint
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class LogGroup:
    """A log group of the stack."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Bucket:
    """A bucket of the stack."""

    name: str

    def __str__(self) -> str:
        return self.name


class Stack:
    """A deployed stack, as its outputs describe it."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        if missing := [name for name in OUTPUTS if name not in outputs]:
            raise OutputsError(
                f"The stack has no output {', '.join(missing)}. Allowed: the outputs of a stack "
                "that is up, with its secrets. Bring it up: make up."
            )
        try:
            self._read(outputs)
        except KeyError as error:
            raise OutputsError(
                f"The stack's outputs have no {error}: an earlier version brought it up. Bring it "
                "up with this one: make up."
            ) from error

    def _read(self, outputs: Mapping[str, Any]) -> None:
        self._deployed = outputs["deployed"]
        # The engine keeps no output that is nothing.
        self.pages: list[str] = [outputs["page"]] if outputs.get("page") else []
        self.api_keys: Mapping[str, str] = outputs["apiKeys"]
        self.key_arn: str = self._deployed["key"]
        self.flow_log: str | None = self._deployed["flowLog"]
        endpoints = {
            name: _endpoint(endpoint) for name, endpoint in self._deployed["endpoints"].items()
        }
        self.endpoints = list(endpoints.values())
        self.routes = [_route(route, endpoints) for route in outputs["routes"]]

    @property
    def region(self) -> str:
        """Where the stack is."""
        return self.key_arn.split(":")[3]

    @property
    def row_routes(self) -> list[Route]:
        """Routes that take rows in the body, and have an example."""
        return [route for route in self.routes if route.body]

    @property
    def query_routes(self) -> list[Route]:
        """Routes that take one row in the query, and have an example."""
        return [route for route in self.routes if route.query]

    @property
    def queued_routes(self) -> list[Route]:
        """Routes whose requests are objects, and which have an example."""
        return [route for route in self.routes if route.input_location]

    @property
    def example_routes(self) -> list[Route]:
        """Routes with an example."""
        return [r for r in self.routes if r.body or r.query or r.input_location]

    @property
    def split_routes(self) -> list[Route]:
        """Routes with rows to more than one variant."""
        return [route for route in self.row_routes if len(route.endpoint.variants) > 1]

    @property
    def captured_routes(self) -> list[Route]:
        """One route with rows to each endpoint whose requests are captured often enough to see."""
        routes = {
            route.endpoint.name: route
            for route in self.row_routes
            if route.endpoint.capture and route.endpoint.capture["sample"] >= LEAST_SHARE * 100
        }
        return list(routes.values())

    @cached_property
    def plans(self) -> list[Plan]:
        """The usage plans that have a route."""
        return [
            Plan(
                plan["name"],
                next(route for route in self.routes if route.gateway == gateway),
                plan["rate"],
                plan["burst"],
                plan["quota"],
                plan["clients"],
            )
            for gateway, settings in self._deployed["gateways"].items()
            for plan in settings["plans"].values()
        ]

    def client_of(self, route: Route) -> str:
        """The client that may call a route most, of those with a key."""
        plans = [plan for plan in self.plans if plan.route.gateway == route.gateway]
        return max(plans, key=lambda plan: (plan.quota, plan.rate)).clients[0]

    def access_log(self, route: Route) -> str:
        """Log group with a line for each request to the route."""
        name: str = self._deployed["gateways"][route.gateway]["accessLog"]
        return name

    @property
    def log_groups(self) -> list[LogGroup]:
        """Everything that is logged."""
        gateways = [gateway["accessLog"] for gateway in self._deployed["gateways"].values()]
        stages = {f"API-Gateway-Execution-Logs_{r.api_id}/{r.stage}" for r in self.routes}
        containers = [f"/aws/sagemaker/Endpoints/{endpoint}" for endpoint in self.endpoints]
        flows = [self.flow_log] if self.flow_log else []
        return [LogGroup(name) for name in (*gateways, *sorted(stages), *containers, *flows)]

    @property
    def buckets(self) -> list[Bucket]:
        """The stack's buckets."""
        return [Bucket(name) for name in self._deployed["buckets"].values()]

    @property
    def scaled_variants(self) -> list[Variant]:
        """Variants with limits."""
        return [v for e in self.endpoints for v in e.variants.values() if v.bounds]

    @property
    def rollback_alarms(self) -> list[Alarm]:
        """Alarms that roll an update back."""
        return [Alarm(e, name) for e in self.endpoints for name in e.rollback_alarms]

    @property
    def scaling_alarms(self) -> list[Alarm]:
        """Alarms that scale."""
        return [Alarm(e, name) for e in self.endpoints for name in e.scaling_alarms]


def read_stack(path: Path) -> Stack:
    """The stack whose outputs are in a file, as JSON. Raises OutputsError."""
    try:
        outputs = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise OutputsError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(outputs, dict):
        raise OutputsError(f"{path} is no JSON object of outputs.")
    return Stack(outputs)


def tries(share: float) -> int:
    """Requests after which what happens to this share of them has happened, but for CERTAINTY."""
    return 1 if share >= 1 else math.ceil(math.log(CERTAINTY) / math.log(1 - share))


def location(address: str) -> tuple[str, str]:
    """Bucket and key of an s3:// address."""
    parts = urlsplit(address)
    return parts.netloc, parts.path.removeprefix("/")


def _endpoint(output: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        name=output["name"],
        variants=dict(_variants(output)),
        shadow=output["shadow"],
        volumes=output["volumes"],
        private=output["private"],
        capture=output["capture"],
        requests=output["requests"],
        rollback_alarms=output["rollbackAlarms"],
        scaling_alarms=output["scalingAlarms"],
    )


def _variants(output: Mapping[str, Any]) -> Iterator[tuple[str, Variant]]:
    for name, variant in output["variants"].items():
        yield (
            name,
            Variant(
                output["name"], name, variant["weight"], variant["bounds"], variant["schedule"]
            ),
        )


def _route(output: Mapping[str, Any], endpoints: Mapping[str, Endpoint]) -> Route:
    return Route(
        gateway=output["gateway"],
        name=output["name"],
        method=output["method"],
        url=output["url"],
        arn=output["arn"],
        auth=output["auth"],
        endpoint=endpoints[output["endpoint"]],
        model=output["model"],
        target_variant=output["targetVariant"],
        body=output["body"],
        query=output["query"],
        input_location=output["headers"].get("x-amzn-sagemaker-inputlocation"),
    )
