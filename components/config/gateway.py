"""The block `direct`: routes, authentication, plans, CORS, WAF."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from components.config.strict import Strict
from components.config.units import PER_FIVE_MINUTES, SECONDS, PerDay, PerSecond
from components.config.values import (
    Name,
    Origin,
    ParameterName,
    Path,
    choice,
    config_fault,
    text,
    whole,
)

MIN_WAF_RATE = 10
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""


class Auth(StrEnum):
    """Who may call."""

    API_KEY = "apiKey"
    """Holders of an API key of a usage plan."""
    IAM = "iam"
    """Principals of AWS accounts that IAM allows; requests are signed."""


class Throttle(Strict):
    """Limits on the rate of requests."""

    rate: PerSecond
    """Requests per second, steadily: `50/s`."""
    burst: Annotated[int, whole(1, 5000)]
    """Requests at once, at the most."""


class Route(Strict):
    """A path: POST with rows in the body, or GET with one row in the query."""

    endpoint: Annotated[
        str,
        text(r".+", allowed="the name of an endpoint of this stack", fix="Name one"),
    ]
    """The endpoint that answers, by its name in `endpoints`. One with several models has a route
    for each, at this path and the model's name: `/all/iris`."""
    query: Annotated[list[ParameterName], Field(min_length=1, max_length=100)] | None = None
    """Makes it a GET route: the model's features, in the model's order, as query parameters."""
    cache: Annotated[int, SECONDS.within("a time of up to 1h", highest=3600)] | None = None
    """How long an answer is kept, at most 1h; for a GET route only, whose key has every feature."""
    target_variant: bool = False
    """Whether clients may choose the variant by the header X-Amzn-SageMaker-Target-Variant."""
    throttle: Throttle | None = None
    """Limits of this route for all clients together."""

    @field_validator("cache")
    @classmethod
    def _has_a_key(cls, value: int | None, info: ValidationInfo) -> int | None:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"""
        if value is not None and info.data.get("query", ()) is None:
            raise config_fault(
                "none on a route without query, since a cache's key never has the body: one "
                "client would get another's prediction",
                "Remove it, or name the features in query",
            )
        return value


class Plan(Strict):
    """A usage plan, one tier of clients: what the holders of its keys may use."""

    throttle: Throttle
    """Rate limits for each key."""
    quota: PerDay
    """Requests per day for each key: `100000/day`."""
    keys: Annotated[list[Name], Field(min_length=1)]
    """API keys of this plan, one for each client."""


class Cors(Strict):
    """A web page of another origin that may call the API."""

    origin: Origin
    """The page's origin: `https://console.example.com`."""
    max_age: Annotated[int, SECONDS.within("a time of up to 24h", highest=86_400)] = 600
    """How long a browser may remember the answer to its preflight: `10m`, at most 24h."""


class Waf(Strict):
    """A web ACL in front of the API: AWS's managed rules and a limit for each address."""

    rate: Annotated[
        int,
        PER_FIVE_MINUTES.within(f"{MIN_WAF_RATE}/5min or more, AWS's least", lowest=MIN_WAF_RATE),
    ]
    """Requests of one address in five minutes: `2000/5min`."""


class Page(Strict):
    """A web page on which people try the routes; anybody may have it, its calls need a key."""

    path: Path
    """Its folder in the API: with `/try` it is at /try/index.html."""


class Direct(Strict):
    """The direct gateway: API Gateway straight onto SageMaker, no code between."""

    routes: Annotated[dict[Path, Route], Field(min_length=1)]
    """What answers, by path; versions stand side by side as /v1/iris and /v2/iris."""
    auth: Annotated[Auth, choice(Auth)] = Auth.API_KEY
    """Who may call: `apiKey` or `iam`."""
    plans: dict[Name, Plan] = {}
    """Usage plans by name, for `apiKey`: without a key no request is answered."""
    throttle: Throttle = Throttle.model_construct(rate=1000, burst=2000)
    """Limits of each route that has none of its own, for all its clients together; 1000/s and 2000
    at once unless given."""
    cors: Cors | None = None
    """A web page that may call; none unless given."""
    page: Page | None = None
    """A web page to try the routes on; none unless given."""
    waf: Waf | None = None
    """A web ACL; none unless given."""
    tracing: bool = True
    """Whether requests are traced by X-Ray."""
