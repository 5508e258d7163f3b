"""The files of the web page: those of web/, and two that say what this stack's API offers.

Whoever opens the page gets all of them without a key: they hold no key, ARN or address of data.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.endpoint.served_model import ServedModel
from components.openapi.api import Api, Json, Route

FOLDER = Path(__file__).parents[2] / "web"
INDEX = "index.html"
ROUTES = "routes.json"
OPENAPI = "openapi.json"

CONTENT_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""Text, all of it: API Gateway passes on bytes only where an API declares binary types."""


@dataclass(frozen=True)
class WebFile:
    """A file as it is uploaded."""

    name: str
    content: str

    @property
    def content_type(self) -> str:
        """What browsers are told."""
        return f"{CONTENT_TYPES[Path(self.name).suffix]}; charset=utf-8"

    @property
    def key(self) -> str:
        """Of the object: another content, another object, so that a roll-back finds the old one."""
        return f"{hashlib.sha256(self.content.encode()).hexdigest()}/{self.name}"


def web_files(
    path: str, api: Api, document: Json, models: Mapping[str, ServedModel]
) -> list[WebFile]:
    """Every file of the page.

    path: its folder in the API, such as /try. document: the API's, as API Gateway gets it.
    models: the one behind each route, by the route's name.
    """
    base = "/".join([".."] * path.count("/"))
    routes = {
        "auth": api.auth.value,
        "region": api.region,
        "routes": [_route(base, route, models[route.name]) for route in api.routes],
    }
    return [
        *(
            WebFile(file.name, file.read_text())
            for file in sorted(FOLDER.iterdir())
            if file.suffix in CONTENT_TYPES
        ),
        WebFile(OPENAPI, _text(public_document(document, base))),
        WebFile(ROUTES, _text(routes)),
    ]


def public_document(document: Json, base: str) -> Json:
    """An API's document without what is for API Gateway, and without answers to browsers.

    base: URL of the stage, from where the document is.
    """
    paths = {
        path: {method: operation for method, operation in item.items() if method != "options"}
        for path, item in document["paths"].items()
    }
    public: Json = _without_extensions(document | {"servers": [{"url": base}], "paths": paths})
    return public


def _without_extensions(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_extensions(v) for k, v in value.items() if not k.startswith("x-amazon")}
    return [_without_extensions(item) for item in value] if isinstance(value, list) else value


def _route(base: str, route: Route, model: ServedModel) -> Json:
    rows = model.example["instances"] if model.example else []
    return {
        "name": route.name,
        "method": route.method,
        "path": route.path,
        "url": f"{base}{route.path}",
        "asynchronous": route.asynchronous,
        "query": list(route.query),
        "variants": list(model.include) if route.target_variant else [],
        "features": model.features or [{"name": name} for name in route.query] or None,
        "sample": rows[0] if rows else None,
        # A query has room for a row alone.
        "include": {} if route.query else _include(model),
        "coverage": dict(model.coverage),
        "metrics": dict(model.metrics),
    }


def _include(model: ServedModel) -> dict[str, list[str]]:
    """What to ask of each variant; under "" of whichever answers, which is what all can give."""
    offered = list(model.include.values())
    common = [extra for extra in offered[0] if all(extra in other for other in offered)]
    return {"": common} | {variant: list(extras) for variant, extras in model.include.items()}


def _text(document: Json) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
