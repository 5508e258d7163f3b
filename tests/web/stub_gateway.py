"""An API as the page sees one: its files with their headers, and a model that a formula stands for.

The page's own data are made as for a stack; the model answers as container/ does.
"""

import json
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from components.api.page_files import WebFile, web_files
from components.artifacts.model_card import TrainingMetrics
from components.config.gateway import Auth
from components.endpoint.served_model import ServedModel
from components.openapi.api import Api, Route
from components.openapi.document import build_document
from components.openapi.page import HEADERS

STAGE = "/live"
FOLDER = "/try"
KEY = "a-key-of-the-tests"

FEATURES: list[dict[str, Any]] = [
    {"name": "sepal_length_cm", "range": [4.300000190734863, 7.900000095367432]},
    {"name": "sepal_width_cm", "range": [2.0, 4.400000095367432]},
    {"name": "petal_length_cm", "range": [1.0, 6.900000095367432]},
    {"name": "petal_width_cm", "range": [0.10000000149011612, 2.5]},
]
SOIL = {"name": "soil (upper layer)", "categories": ["clay", "loam", "sand"]}
LABELS = ["setosa", "versicolor", "virginica"]
ROW = [5.1, 3.5, 1.4, 0.2]
EVERYTHING = ["contributions", "set", "intervals"]
SOME = ["contributions", "set"]


def metrics(accuracy: list[float], log_loss: list[float]) -> TrainingMetrics:
    """As a card has them. Each: value, and ends of its interval."""
    return {
        "rows": 150,
        "accuracy": {"value": accuracy[0], "interval": accuracy[1:]},
        "logLoss": {"value": log_loss[0], "interval": log_loss[1:]},
    }


NOTHING: dict[str, list[str]] = {"forest": [], "boosting": []}
COVERAGE = {"forest": 0.9, "boosting": 0.9}
METRICS = {
    "forest": metrics([0.9467, 0.8983, 0.9727], [0.1268, 0.0599, 0.2047]),
    "boosting": metrics([0.94, 0.8899, 0.9681], [0.4205, 0.169, 0.7268]),
}
"""What `make up` trains."""
MODELS = {
    "iris": ServedModel(
        {"instances": [ROW]},
        FEATURES,
        {"forest": EVERYTHING, "boosting": EVERYTHING},
        COVERAGE,
        METRICS,
    ),
    "mixed": ServedModel(
        {"instances": [ROW]}, FEATURES, {"forest": EVERYTHING, "boosting": SOME}, COVERAGE, METRICS
    ),
    "soil": ServedModel({"instances": [[*ROW, "loam"]]}, [*FEATURES, SOIL], NOTHING),
    "alone": ServedModel({"instances": [ROW]}, FEATURES, {"forest": EVERYTHING}),
    "foreign": ServedModel(None, None, NOTHING),
}
"""Behind the routes, by the names of their endpoints."""
ROUTES = [
    Route("/iris", "iris", target_variant=True),
    Route("/soil", "soil"),
    Route("/iris/one", "iris", query=tuple(f["name"] for f in FEATURES)),
    Route("/foreign", "foreign"),
    Route("/batch", "iris", asynchronous=True),
]
API = Api("tests", "eu-central-1", "123456789012", "arn:role", Auth.API_KEY, ROUTES)
MIXED = replace(API, routes=[Route("/iris", "mixed", target_variant=True)])
"""Each variant with extras of its own kind, as a forest and a boosting have them."""
SIGNED = replace(API, auth=Auth.IAM)


@dataclass
class Stub:
    """What a test sees of the server, and what it may have it do."""

    url: str = ""
    """Of the page."""
    api: Api = API
    failures: list[tuple[int, dict[str, Any] | None, dict[str, str]]] = field(default_factory=list)
    """Status, error and headers of the next answers, instead of predictions."""
    held: threading.Event | None = None
    """What every prediction waits for, where there is something."""

    def files(self) -> dict[str, WebFile]:
        """The page's files by their paths."""
        models = {route.name: MODELS[route.endpoint_name] for route in self.api.routes}
        made = web_files(FOLDER, self.api, build_document(self.api), models)
        return {f"{STAGE}{FOLDER}/{file.name}": file for file in made}


@contextmanager
def stub_gateway() -> Iterator[Stub]:
    """A server on a free port of the loopback."""
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stub": stub}))
    stub.url = f"http://127.0.0.1:{server.server_address[1]}{STAGE}{FOLDER}/index.html"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        if stub.held:
            stub.held.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    stub: Stub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if file := self.stub.files().get(path):
            headers = HEADERS | {"content-type": file.content_type}
            self._answer(200, file.content, headers)
        elif path == f"{STAGE}/iris/one":
            query = dict(parse_qsl(urlsplit(self.path).query))
            self._predict({"instances": [[float(query[f["name"]]) for f in FEATURES]]})
        else:
            self._answer(403, '{"message":"Missing Authentication Token"}', {})

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self._predict(json.loads(self.rfile.read(length)))

    def _predict(self, request: dict[str, Any]) -> None:
        if self.stub.held:
            self.stub.held.wait()
        if self.headers.get("x-api-key") != KEY:
            error = {"code": "InvalidApiKey", "message": "Send a valid API key."}
            return self._fail(403, error, {})
        if self.stub.failures:
            return self._fail(*self.stub.failures.pop(0))
        if self.path.endswith("/foreign"):
            return self._answer(200, '{"scores":[0.5]}', {})
        variant = self.headers.get("X-Amzn-SageMaker-Target-Variant") or "forest"
        answer = {
            "predictions": [prediction(row, request, variant) for row in request["instances"]]
        }
        self._answer(200, json.dumps(answer), {"x-Amzn-Invoked-Production-Variant": variant})
        return None

    def _fail(self, status: int, error: dict[str, Any] | None, headers: dict[str, str]) -> None:
        self._answer(status, json.dumps({"error": error}) if error else "<html>", headers)

    def _answer(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the page has aborted the request

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def prediction(row: list[Any], request: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """The answer to a row: the longer and wider the petals, the further down the list of labels."""
    shares = _shares(row, sharpness=3.0 if variant == "forest" else 1.2)
    label = max(shares, key=lambda name: shares[name])
    answer: dict[str, Any] = {"label": label, "probabilities": shares}
    include = request.get("include", [])
    if "set" in include:
        answer["set"] = [name for name, share in shares.items() if share >= 0.1]
    if "intervals" in include:
        answer["intervals"] = {
            name: [max(0, share - 0.1), min(1, share + 0.1)] for name, share in shares.items()
        }
    if "contributions" in include:
        answer["contributions"] = (
            _parts("probability", 1 / 3, shares)
            if variant == "forest"
            else _parts("logOdds", -1.1, {name: math.log(shares[name]) for name in shares})
        )
    strays = [
        feature["name"]
        for feature, value in zip(FEATURES, row, strict=False)
        if not feature["range"][0] - 1e-6 <= value <= feature["range"][1] + 1e-6
    ]
    if strays:
        answer["outOfRange"] = strays
    if len(row) > len(FEATURES) and row[-1] not in SOIL["categories"]:
        answer["neverSeen"] = [SOIL["name"]]
    return answer


def _shares(row: list[Any], sharpness: float) -> dict[str, float]:
    size = row[2] / 3 + row[3]
    weights = [math.exp(-sharpness * (size - middle) ** 2) for middle in (0.6, 2.7, 3.9)]
    return {name: weight / sum(weights) for name, weight in zip(LABELS, weights, strict=True)}


def _parts(unit: str, base: float, scores: Mapping[str, float]) -> dict[str, Any]:
    """Contributions that lead from the base to the scores."""
    parts = (0.1, -0.05, 0.55, 0.4)
    return {
        "unit": unit,
        "base": dict.fromkeys(LABELS, base),
        "features": {
            feature["name"]: {name: part * (score - base) for name, score in scores.items()}
            for feature, part in zip(FEATURES, parts, strict=True)
        },
    }
