"""The block `direct` by itself."""

from typing import Any

import pytest

from components.config.gateway import Auth, Cors, Throttle, Waf
from tests.unit.components.config.conftest import changed, load, mistakes

IRIS = "direct.routes./iris"
QUERY = (f"{IRIS}.query", ["sepal_length", "petal_length"])


def test_the_gateway_asks_for_keys_and_traces_unless_told_otherwise():
    direct = load(changed()).direct
    assert direct.auth is Auth.API_KEY
    assert direct.tracing
    assert (direct.throttle.rate, direct.throttle.burst) == (1000, 2000)
    assert (direct.cors, direct.page, direct.waf) == (None, None, None)
    route = direct.routes["/iris"]
    assert (route.query, route.cache, route.target_variant, route.throttle) == (
        *(None, None, False, None),
    )


def test_routes_cors_and_waf_are_read_in_their_units():
    cors = {"origin": "https://console.example.com", "maxAge": "24h"}
    direct = load(
        changed(
            QUERY,
            (f"{IRIS}.cache", "1h"),
            (f"{IRIS}.throttle", {"rate": "9/s", "burst": 1}),
            ("direct.cors", cors),
            ("direct.page", {"path": "/try"}),
            ("direct.waf", {"rate": "10/5min"}),
        )
    ).direct
    route = direct.routes["/iris"]
    assert (route.query, route.cache) == (["sepal_length", "petal_length"], 3600)
    assert route.throttle == Throttle.model_validate({"rate": "9/s", "burst": 1})
    assert direct.cors == Cors.model_validate(cors)
    assert direct.page
    assert direct.page.path == "/try"
    assert direct.waf == Waf.model_validate({"rate": "10/5min"})


PATH = (
    "Allowed: a path of lower-case letters, digits and dashes behind each /, up to 200 characters, "
    "and neither /ping nor /sping, which API Gateway keeps for itself. Write it like /iris."
)

MISTAKES: list[tuple[list[tuple[str, Any]], str]] = [
    ([("direct.page", {"path": "try"})], f'direct.page.path: "try". {PATH}'),
    ([("direct.routes./ping", {"endpoint": "iris"})], f'direct.routes: the name "/ping". {PATH}'),
    ([("direct.routes.iris", {"endpoint": "iris"})], f'direct.routes: the name "iris". {PATH}'),
    ([(f"{IRIS}.endpoint", 5)], f"{IRIS}.endpoint: 5. Allowed: the name of an endpoint of this "
     "stack. Name one."),
    ([(f"{IRIS}.cache", "5m")], f'{IRIS}.cache: "5m". Allowed: none on a route without query, '
     "since a cache's key never has the body: one client would get another's prediction. "
     "Remove it, or name the features in query."),
    ([QUERY, (f"{IRIS}.cache", "3601s")],
     f'{IRIS}.cache: "3601s". Allowed: a time of up to 1h. Lower it.'),
    ([(f"{IRIS}.query", [])], f"{IRIS}.query: []. Allowed: 1 or more entries. Add one."),
    ([(f"{IRIS}.query", ["sepal length"])], f'{IRIS}.query[0]: "sepal length". Allowed: 1 to 64 '
     "letters, digits and underscores, a letter first. Rename it."),
    ([(f"{IRIS}.targetVariant", "yes")],
     f'{IRIS}.targetVariant: "yes". Allowed: true or false. Write true or false.'),
    ([("direct.auth", "apikey")],
     'direct.auth: "apikey". Allowed: one of apiKey, iam. Write apiKey if that is meant.'),
    ([("direct.auth", "API_KEY")],
     'direct.auth: "API_KEY". Allowed: one of apiKey, iam. Write apiKey if that is meant.'),
    ([("direct.auth", "IAM")],
     'direct.auth: "IAM". Allowed: one of apiKey, iam. Write iam if that is meant.'),
    ([("direct.auth", [])], "direct.auth: []. Allowed: one of apiKey, iam. Write one of them."),
    ([("direct.waf", {"rate": "9/5min"})],
     'direct.waf.rate: "9/5min". Allowed: 10/5min or more, AWS\'s least. Raise it.'),
    ([("direct.cors", {"origin": "*"})], 'direct.cors.origin: "*". Allowed: one origin over https, '
     "or http://localhost. Write it like https://console.example.com, without a path."),
    ([("direct.cors", {"origin": "https://a.example", "maxAge": "25h"})],
     'direct.cors.maxAge: "25h". Allowed: a time of up to 24h. Lower it.'),
    ([("direct.tracing", 1)],
     "direct.tracing: 1. Allowed: true or false. Write true or false."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "line"), MISTAKES)
def test_a_mistake_in_the_gateway_is_named(changes, line):
    assert mistakes(changed(*changes)) == [line]


def test_a_cache_is_not_judged_where_its_features_are_a_mistake():
    config = changed((f"{IRIS}.query", ["a b"]), (f"{IRIS}.cache", "5m"))
    assert [line.partition(": ")[0] for line in mistakes(config)] == [f"{IRIS}.query[0]"]
