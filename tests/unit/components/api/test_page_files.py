"""What the web page consists of."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from components.api.page_files import FOLDER, WebFile, public_document, web_files
from components.artifacts.model_card import TrainingMetrics
from components.config.gateway import Auth
from components.endpoint.served_model import ServedModel
from components.openapi.api import Api
from components.openapi.document import build_document
from tests.unit.components.openapi.conftest import API, CORS, SIGNED

FEATURES: list[dict[str, Any]] = [
    {"name": "length", "range": [1.0, 2.0]},
    {"name": "soil", "categories": ["clay"]},
]


NOTHING: dict[str, list[str]] = {"forest": [], "boosting": []}
UNKNOWN = ServedModel(None, None, NOTHING)

METRICS: TrainingMetrics = {
    "rows": 150,
    "accuracy": {"value": 0.95, "interval": [0.9, 0.97]},
    "logLoss": {"value": 0.13, "interval": [0.06, 0.2]},
}
KNOWN = ServedModel(
    {"instances": [[1.5, "clay"], [1.7, "clay"]]},
    FEATURES,
    {"forest": ["intervals", "set"], "boosting": ["set"]},
    {"forest": 0.9},
    {"forest": METRICS},
)


def files(path="/try", api: Api = API, iris=KNOWN):
    models = {r.name: iris if r.endpoint_name == "p-iris" else UNKNOWN for r in api.routes}
    made = web_files(path, api, build_document(api), models)
    return {file.name: file for file in made}


def routes(**how):
    return json.loads(files(**how)["routes.json"].content)


def test_all_of_the_folder_is_there_with_its_type():
    types = {name: file.content_type for name, file in files().items()}
    own = {file.name for file in FOLDER.iterdir()}
    assert set(types) == own | {"openapi.json", "routes.json"}
    assert types["index.html"] == "text/html; charset=utf-8"
    assert types["page.js"] == "text/javascript; charset=utf-8"
    assert types["style.css"] == "text/css; charset=utf-8"
    assert types["icon.svg"] == "image/svg+xml; charset=utf-8"
    assert types["routes.json"] == "application/json; charset=utf-8"


def test_another_content_is_another_object():
    one, other = WebFile("page.js", "1"), WebFile("page.js", "2")
    assert re.fullmatch(r"[0-9a-f]{64}/page\.js", one.key)
    assert one.key != other.key
    assert WebFile("page.js", "1").key == one.key


def test_a_route_says_how_to_call_it_and_what_its_model_is():
    found = routes()
    assert (found["auth"], found["region"]) == ("apiKey", "eu-central-1")
    assert found["routes"][1] == {
        "name": "v2_iris",
        "method": "POST",
        "path": "/v2/iris",
        "url": "../v2/iris",
        "asynchronous": False,
        "query": [],
        "variants": ["forest", "boosting"],
        "features": FEATURES,
        "sample": [1.5, "clay"],
        "include": {"": ["set"], "forest": ["intervals", "set"], "boosting": ["set"]},
        "coverage": {"forest": 0.9},
        "metrics": {"forest": METRICS},
    }


def test_variants_are_named_only_where_a_client_may_choose():
    assert [route["variants"] for route in routes()["routes"]][:2] == [[], ["forest", "boosting"]]


def test_a_query_has_room_for_a_row_alone():
    one = routes()["routes"][2]
    assert (one["query"], one["include"]) == (["length", "width"], {})


def test_a_model_that_nobody_knows_has_the_features_of_the_query_or_none():
    found = routes(iris=UNKNOWN)["routes"]
    assert [(route["features"], route["sample"]) for route in found] == [
        (None, None),
        (None, None),
        ([{"name": "length"}, {"name": "width"}], None),
        (None, None),
    ]


@pytest.mark.parametrize(("path", "url"), [("/try", "../iris"), ("/a/b/c", "../../../iris")])
def test_urls_lead_from_the_page_to_the_stage(path, url):
    assert routes(path=path)["routes"][0]["url"] == url


@pytest.mark.parametrize("api", [API, SIGNED, replace(SIGNED, cors=CORS)])
def test_nothing_of_the_account_is_in_what_anybody_may_have(api):
    text = "".join(file.content for file in files(api=api).values())
    assert "arn:" not in text
    assert "123456789012" not in text
    assert "p-iris" not in text
    assert "x-amazon" not in text


def test_the_document_is_the_apis_without_what_is_for_api_gateway():
    document = build_document(replace(API, cors=CORS))
    public = public_document(document, "..")
    assert public["servers"] == [{"url": ".."}]
    assert set(public) == {"openapi", "info", "paths", "components", "servers"}
    assert {method for item in public["paths"].values() for method in item} == {"post", "get"}
    operation, original = (d["paths"]["/iris"]["post"] for d in (public, document))
    assert operation == {k: v for k, v in original.items() if not k.startswith("x-amazon")}
    assert "x-amazon-apigateway-integration" in original


def test_who_may_call_is_said():
    assert routes(api=replace(API, auth=Auth.IAM))["auth"] == "iam"
