"""Which keys of the direct gateway go together, and with the endpoints behind it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from components.config.endpoint import Endpoint
from components.config.gateway import Auth, Direct, Route
from components.config.report import Clash
from components.config.strict import keys_of

MAX_RESOURCES = 300
"""Of a REST API, unless AWS has raised an account's quota.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

PAGE_FILES = 20
"""What the page may come to have: each of its files is a resource."""


def direct_clashes(
    direct: Direct,
    names: Collection[str],
    endpoints: Mapping[str, Endpoint],
    faulty: Collection[str] = (),
) -> Iterator[Clash]:
    """What in the direct gateway does not go together, each at the key that has to change.

    names: of all endpoints. endpoints: those without a mistake; routes to others are not judged.
    faulty: keys that are mistakes by themselves, and therefore left out of `direct`, wholly or in
    part.
    """
    if not {"auth", "plans"} & {*faulty}:
        yield from _plans(direct)
    yield from _keys(direct)
    yield from _model_paths(direct, endpoints)
    yield from _resources(direct, endpoints)
    for path, route in direct.routes.items():
        yield from _repeated(("routes", path, "query"), route.query or ())
        if route.endpoint not in names:
            yield _unknown_endpoint(path, names)
        elif route.endpoint in endpoints:
            yield from _route(path, route, endpoints[route.endpoint])


def _plans(direct: Direct) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"""
    if direct.auth is Auth.API_KEY and not direct.plans:
        yield Clash(
            ("plans",),
            "one plan or more with auth apiKey, since without a key no request is answered",
            "Add one, or write auth: iam",
        )
    if direct.auth is Auth.IAM and direct.plans:
        yield Clash(
            ("plans",),
            "none with auth iam, since plans count by API key and nobody sends one",
            "Remove them, or write auth: apiKey",
        )


def _keys(direct: Direct) -> Iterator[Clash]:
    seen: set[str] = set()
    for name, plan in direct.plans.items():
        for place, key in enumerate(plan.keys):
            if key in seen:
                yield Clash(
                    ("plans", name, "keys", place),
                    "a name that no other key has, in any plan",
                    "Rename it or remove it",
                )
            seen.add(key)


def _model_paths(direct: Direct, endpoints: Mapping[str, Endpoint]) -> Iterator[Clash]:
    """A route to several models becomes one for each, at a path that must be free."""
    for path, route in direct.routes.items():
        endpoint = endpoints.get(route.endpoint)
        for model in endpoint.model_names if endpoint else ():
            if (taken := f"{path}/{model}") in direct.routes:
                yield Clash(
                    ("routes", taken),
                    f"no route of its own, since {path} has one there for {route.endpoint}'s "
                    f"model {model}",
                    "Rename one of them",
                    seen="a second route",
                )


def _resources(direct: Direct, endpoints: Mapping[str, Endpoint]) -> Iterator[Clash]:
    """API Gateway has a resource for the root and for each part of a path that begins as no other.

    https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html
    """
    paths: list[str] = [direct.page.path] if direct.page else []
    for path, route in direct.routes.items():
        endpoint = endpoints.get(route.endpoint)
        models = endpoint.model_names if endpoint else ()
        paths += [path, *(f"{path}/{model}" for model in models)]
    count = 1 + len({start for path in paths for start in _starts(path)})
    count += PAGE_FILES if direct.page else 0
    if count > MAX_RESOURCES:
        yield Clash(
            ("routes",),
            f"routes of up to {MAX_RESOURCES} resources, which is API Gateway's quota: one for the "
            "root, for each part of a path, for each model behind a route, and "
            f"{PAGE_FILES} for the files of a page",
            "Remove routes or models, or give some of them a stack of their own",
            seen=f"{count} resources",
        )


def _starts(path: str) -> Iterator[str]:
    """`/v1/iris` starts as /v1 and as itself."""
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(2, len(parts) + 1))


def _repeated(path: tuple[str, ...], names: Sequence[str]) -> Iterator[Clash]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Clash((*path, place), "each feature once", "Rename it or remove it")


def _unknown_endpoint(path: str, names: Collection[str]) -> Clash:
    # A name that is a mistake itself is not worth repeating here.
    known = sorted(name for name in names if name.isascii() and name.isprintable())
    return Clash(
        ("routes", path, "endpoint"),
        f"an endpoint of this stack: {', '.join(known) or 'none'}",
        "Name one of them, or add the endpoint",
    )


def _route(path: str, route: Route, endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html"""
    if endpoint.asynchronous:
        reasons = {
            "query": "its input is an object in S3",
            "cache": "its answer is only where the result will be",
            "targetVariant": "AWS chooses the variant",
        }
        for key, reason in reasons.items():
            if getattr(route, keys_of(Route)[key]):
                yield Clash(
                    ("routes", path, key),
                    f"nothing on a route to an asynchronous endpoint, since {reason}",
                    "Remove it",
                )
        return
    if endpoint.model_names and route.query:
        yield Clash(
            ("routes", path, "query"),
            "nothing on a route to several models, each of which has features of its own",
            "Remove it",
        )
    if route.target_variant and len(endpoint.variants) == 1:
        yield Clash(
            ("routes", path, "targetVariant"),
            f"false with one variant, since {route.endpoint} has nothing to choose from",
            "Remove it",
        )
