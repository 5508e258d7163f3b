"""Which keys of the direct gateway go together, and with the endpoints behind it."""

import pytest

from components.api.page_files import CONTENT_TYPES, FOLDER, OPENAPI, ROUTES
from components.config.gateway_rules import PAGE_FILES
from tests.unit.components.config.conftest import (
    ASYNC,
    INSTANCES,
    MINIMAL,
    MISSING,
    changed,
    load,
    mistakes,
    on_instances,
)

STANDARD = MINIMAL["direct"]["plans"]["standard"]
IRIS = "direct.routes./iris"
FEATURES = ["sepal_length", "petal_length"]
QUEUED = (("endpoints.iris.async", ASYNC), ("endpoints.iris.scaling", {"backlog": 5}))
TWO = ("endpoints.iris.variants.boosting", on_instances())
NO_PLAN = (
    "Allowed: one plan or more with auth apiKey, since without a key no request is answered. "
    "Add one, or write auth: iam."
)
ON_ASYNC = "nothing on a route to an asynchronous endpoint, since"

SEVERAL = (
    "endpoints.iris.variants",
    {"all": {"models": {"iris": "build/iris", "wine": "build/wine"}, "instances": INSTANCES}},
)

GOOD = [
    [SEVERAL, ("direct.routes./iris/rose", {"endpoint": "iris"})],
    [("direct.auth", "iam"), ("direct.plans", MISSING)],
    [("direct.auth", "iam"), ("direct.plans", {})],
    [(f"{IRIS}.query", FEATURES), (f"{IRIS}.cache", "5m")],
    [TWO, (f"{IRIS}.targetVariant", True)],
    [*QUEUED],
    [*QUEUED, (f"{IRIS}.targetVariant", False)],
    [("direct.routes./v2/iris", {"endpoint": "iris"})],
]


@pytest.mark.parametrize("changes", GOOD)
def test_what_goes_together_is_taken(changes):
    assert load(changed(*changes)).direct.routes


CLASHES = [
    ([("direct.plans", MISSING)], f"direct.plans: missing. {NO_PLAN}"),
    ([("direct.plans", {})], f"direct.plans: {{}}. {NO_PLAN}"),
    ([("direct.auth", "iam")],
     "direct.plans: an object. Allowed: none with auth iam, since plans count by API key and "
     "nobody sends one. Remove them, or write auth: apiKey."),
    ([("direct.plans.gold", STANDARD)],
     'direct.plans.gold.keys[0]: "data-science". Allowed: a name that no other key has, in any '
     "plan. Rename it or remove it."),
    ([("direct.plans.standard.keys", ["a", "b", "a"])],
     'direct.plans.standard.keys[2]: "a". Allowed: a name that no other key has, in any plan. '
     "Rename it or remove it."),
    ([(f"{IRIS}.endpoint", "irs")],
     'direct.routes./iris.endpoint: "irs". Allowed: an endpoint of this stack: iris. '
     "Name one of them, or add the endpoint."),
    ([(f"{IRIS}.query", ["a", "b", "a"])],
     'direct.routes./iris.query[2]: "a". Allowed: each feature once. Rename it or remove it.'),
    ([(f"{IRIS}.targetVariant", True)],
     "direct.routes./iris.targetVariant: true. Allowed: false with one variant, since iris has "
     "nothing to choose from. Remove it."),
    ([SEVERAL, (f"{IRIS}.query", FEATURES)],
     "direct.routes./iris.query: a list. Allowed: nothing on a route to several models, each of "
     "which has features of its own. Remove it."),
    ([SEVERAL, ("direct.routes./iris/wine", {"endpoint": "iris"})],
     "direct.routes./iris/wine: a second route. Allowed: no route of its own, since /iris has one "
     "there for iris's model wine. Rename one of them."),
    ([*QUEUED, (f"{IRIS}.query", FEATURES)],
     f"direct.routes./iris.query: a list. Allowed: {ON_ASYNC} its input is an object in S3. "
     "Remove it."),
    ([*QUEUED, (f"{IRIS}.targetVariant", True)],
     f"direct.routes./iris.targetVariant: true. Allowed: {ON_ASYNC} AWS chooses the variant. "
     "Remove it."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "line"), CLASHES)
def test_what_does_not_go_together_is_refused_with_the_reason(changes, line):
    assert mistakes(changed(*changes)) == [line]


def test_a_cached_route_to_an_asynchronous_endpoint_is_refused_at_both_keys():
    config = changed(*QUEUED, (f"{IRIS}.query", FEATURES), (f"{IRIS}.cache", "5m"))
    assert [line.partition(": ")[0] for line in mistakes(config)] == [
        "direct.routes./iris.query",
        "direct.routes./iris.cache",
    ]


def with_models(count, *paths):
    """Routes to one endpoint with so many models."""
    models = {f"m{number}": "build/iris" for number in range(count)}
    return changed(
        ("endpoints.iris.variants", {"all": {"models": models, "instances": INSTANCES}}),
        ("direct.routes", {path: {"endpoint": "iris"} for path in paths}),
    )


@pytest.mark.parametrize("paths", [("/iris", "/a/b", "/c/d"), ("/iris", "/a/b", "/a/c/d")])
def test_an_api_may_have_300_resources(paths):
    assert load(with_models(98, *paths)).direct.routes


TOO_MANY = (
    "Allowed: routes of up to 300 resources, which is API Gateway's quota: one for the root, for "
    "each part of a path, for each model behind a route, and 20 for the files of a page. Remove "
    "routes or models, or give some of them a stack of their own."
)


def test_one_more_than_300_resources_is_refused():
    config = with_models(98, "/iris", "/a/b", "/c/d/e")
    assert mistakes(config) == [f"direct.routes: 301 resources. {TOO_MANY}"]


def test_a_page_has_resources_too():
    routes = with_models(98, "/iris", "/a", "/b")
    assert load(routes).direct.routes
    config = changed(("direct.page", {"path": "/try"}), base=routes)
    assert mistakes(config) == [f"direct.routes: 319 resources. {TOO_MANY}"]


def test_the_page_has_no_more_files_than_are_counted():
    own = [file for file in FOLDER.iterdir() if file.suffix in CONTENT_TYPES]
    assert len([*own, OPENAPI, ROUTES]) <= PAGE_FILES
