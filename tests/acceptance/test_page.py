"""Anybody may have the web page, and nothing beside it."""

import json
import re
from urllib.parse import urljoin

import pytest
import urllib3

from tests.acceptance.answers import INTERNALS, assert_error

NAMED = re.compile(r"""(?:src|href)="([\w.]+)"|from "\./([\w.]+)";""")
"""What markup and modules name."""


def get(url, method="GET"):
    return urllib3.request(method, url, retries=False)


@pytest.fixture
def files(page):
    """Every file of the page, by its name, in the order in which a browser comes upon it."""
    found, waiting = {}, ["index.html", "routes.json"]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = get(urljoin(page, name))
            named = NAMED.findall(found[name].data.decode())
            waiting += [one or other for one, other in named]
    return found


def test_every_file_comes_without_a_key(files):
    assert {name: file.status for name, file in files.items() if file.status != 200} == {}
    assert {"page.js", "style.css", "icon.svg", "openapi.json", "metrics.js"} < set(files)


def test_every_file_says_what_it_is_and_what_it_may_load(files):
    kinds = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
    kinds |= {"json": "application/json", "svg": "image/svg+xml"}
    for name, file in files.items():
        assert file.headers["content-type"] == f"{kinds[name.rpartition('.')[2]]}; charset=utf-8"
        assert file.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert file.headers["x-content-type-options"] == "nosniff"
        assert file.headers["referrer-policy"] == "no-referrer"
        assert file.headers["cache-control"] == "no-cache"


def test_no_file_says_anything_internal(files):
    for file in files.values():
        assert not [word for word in INTERNALS if word in file.data.decode()]


def test_the_page_knows_the_routes(files, page, stack):
    known = {
        (route["method"], urljoin(page, route["url"]))
        for route in json.loads(files["routes.json"].data)["routes"]
    }
    assert known == {(route.method, route.url) for route in stack.routes}


def test_the_document_is_of_the_routes_alone(files, stack):
    document = json.loads(files["openapi.json"].data)
    assert set(document["paths"]) == {route.path for route in stack.routes}


@pytest.mark.parametrize(
    ("name", "method"), [("none.js", "GET"), (".", "GET"), ("index.html", "POST")]
)
def test_there_is_nothing_beside_the_files(page, name, method):
    assert_error(get(urljoin(page, name), method), 403, "UnknownRoute")
