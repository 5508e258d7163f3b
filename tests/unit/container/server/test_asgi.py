"""The container contract, as an ASGI server would call it."""

import asyncio
import json
import logging
import threading
from dataclasses import replace

import pytest

from container.artifact import SAMPLE_FILE
from container.manifest import write_manifest
from container.model import Model
from container.predictions import Disclosure
from container.server.asgi import (
    MAX_EXPLAINING,
    MAX_LARGE,
    MAX_WAITING_ROWS,
    QUICK_ROWS,
    Application,
)
from container.server.body import LARGE_BYTES
from tests.unit.container.server.conftest import scope

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
LABELS = ["setosa", "versicolor", "virginica"]
CSV = "".join(",".join(map(str, row)) + "\n" for row in ROWS).encode()
BODY = json.dumps({"instances": ROWS}).encode()


class Broken:
    """Its every prediction fails."""

    def predict(self, rows):
        raise RuntimeError("secret detail")


@pytest.fixture
def broken(call, model):
    return call(replace(model, predictor=Broken()))


def test_ping_answers_an_empty_200_once_the_sample_is_predicted(client):
    response = client.get("/ping")
    assert (response.status, response.content) == (200, b"")


def test_ping_answers_503_for_a_model_that_is_wrong_on_its_own_sample(call, artifact_copy, caplog):
    sample = artifact_copy / SAMPLE_FILE
    sample.write_text(sample.read_text().replace('["setosa"', '["virginica"'))
    write_manifest(artifact_copy)
    response = call(Model.load(artifact_copy)).get("/ping")
    assert (response.status, response.content) == (503, b"")
    assert caplog.messages == [
        "the model is wrong on its own sample: sample row 0: predicted setosa, expected virginica"
    ]


def test_ping_answers_503_for_a_model_that_fails(broken, caplog):
    response = broken.get("/ping")
    assert (response.status, response.content) == (503, b"")
    assert caplog.messages == ["the model failed on its own sample"]


def test_rows_are_predicted(client):
    response = client.post("/invocations", BODY)
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    predictions = json.loads(response.content)["predictions"]
    assert [prediction["label"] for prediction in predictions] == LABELS


def test_the_content_length_is_that_of_the_content(client):
    response = client.post("/invocations", BODY)
    assert response.headers["content-length"] == str(len(response.content))


def test_the_answer_follows_accept_before_the_content_type(client):
    response = client.post("/invocations", CSV, content_type="text/csv", accept="application/json")
    predictions = json.loads(response.content)["predictions"]
    assert [prediction["label"] for prediction in predictions] == LABELS


REFUSED = [
    (b"{", {}, 400, "InvalidJson"),
    (b"{}", {}, 400, "InvalidRequest"),
    (b'{"instances": [[1, 2]]}', {}, 400, "InvalidRow"),
    (b'{"instances": [[1, 2, 3, "4"]]}', {}, 400, "InvalidCell"),
    (b'{"instances": [[1, 2, 3, 1e39]]}', {}, 400, "InvalidCell"),
    (b"1", {"content_type": "image/png"}, 415, "UnsupportedMediaType"),
    (b"1", {"accept": "image/png"}, 406, "NotAcceptable"),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), REFUSED)
def test_a_refusal_has_its_status_and_the_one_error_shape(client, body, headers, status, code):
    response = client.post("/invocations", body, **headers)
    assert response.status == status
    assert response.headers["content-type"] == "application/json"
    assert response.content.startswith(f'{{"error":{{"code":"{code}","message":"'.encode())
    assert response.content.endswith(b"}}")


@pytest.mark.parametrize("size", [1, 40, 100_000])
def test_a_body_that_arrives_in_parts_is_answered_as_one_that_does_not(client, size):
    body = BODY.ljust(250_000) if size > 100 else BODY
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    headers = {"content_length": str(len(body))}
    in_parts = client.request("POST", "/invocations", parts, headers)
    assert in_parts.status == 200
    assert in_parts == client.post("/invocations", BODY)


def test_a_body_of_exactly_sagemakers_limit_is_read(client):
    body = BODY.ljust(6_291_456)
    response = client.request("POST", "/invocations", [body[:1_000], body[1_000:]])
    assert response.status == 200


@pytest.mark.parametrize(
    ("path", "size", "message"),
    [
        (
            "/invocations",
            1_000_000,
            b"The body is larger than 6291456 bytes. Send the rows in several requests.",
        ),
        (
            "/elsewhere",
            10_000,
            b"The body is larger than 65536 bytes. Only one with rows to predict may be.",
        ),
    ],
)
def test_a_body_over_the_limit_is_refused(client, path, size, message):
    response = client.request("POST", path, [b" " * size] * 7)
    assert response.status == 413
    assert response.content == b'{"error":{"code":"PayloadTooLarge","message":"%b"}}' % message


@pytest.mark.parametrize("length", [{}, {"content_length": "100"}, {"content_length": "100000"}])
def test_a_client_that_is_gone_before_its_body_was_whole_gets_no_prediction(broken, caplog, length):
    assert broken.request("POST", "/invocations", [], length) is None
    assert caplog.records == []


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        (
            "GET",
            "/",
            404,
            b'{"error":{"code":"NotFound",'
            b'"message":"No such path. Send POST /invocations or GET /ping."}}',
        ),
        ("GET", "/invocations", 405, b""),
        ("POST", "/ping", 405, b""),
    ],
)
def test_other_paths_and_methods_get_the_same_error_shape(client, method, path, status, body):
    response = client.request(method, path, [b""])
    assert response.status == status
    if body:
        assert response.content == body
    else:
        assert response.content.startswith(b'{"error":{"code":"MethodNotAllowed",')


def test_a_path_that_is_nearly_one_is_no_redirect(client):
    assert client.get("//ping").status == 404
    assert client.post("//invocations", BODY).status == 404


def test_health_may_be_asked_for_without_an_answer_to_read(client):
    answer = client.request("HEAD", "/ping", [b""])
    assert (answer.status, answer.content) == (200, b"")


def test_what_flask_answers_is_sent_in_one_go(model):
    application = Application(model, Disclosure.ALL)
    seen = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        seen.append(message["type"])

    async def others():
        while True:
            seen.append("another")
            await asyncio.sleep(0)

    async def both():
        running = asyncio.create_task(others())
        await application(scope("GET", "/elsewhere", {}), receive, send)
        running.cancel()

    asyncio.run(both())
    start = seen.index("http.response.start")
    assert "another" in seen[:start]
    assert "another" not in seen[start:]


def test_a_405_names_the_methods_allowed(client):
    assert "POST" in client.get("/invocations").headers["allow"]
    assert "GET" in client.post("/ping").headers["allow"]


def test_a_failure_is_a_fixed_text_and_its_detail_goes_to_the_log(broken, caplog):
    response = broken.post("/invocations", BODY)
    assert response.status == 500
    assert response.content == (
        b'{"error":{"code":"Internal","message":"The server failed to answer. Try again later."}}'
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "secret detail" in str(record.exc_info)


def cut_off(environ, start_response):
    """What has begun to answer when it fails."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"part of "
    raise RuntimeError("secret detail")


def test_what_fails_behind_flask_is_answered_as_a_failure_and_not_in_part(
    call, model, monkeypatch, caplog
):
    monkeypatch.setattr("container.server.asgi.create_app", lambda models: cut_off)
    response = call(model).get("/")
    assert response.status == 500
    assert json.loads(response.content)["error"]["code"] == "Internal"
    (record,) = caplog.records
    assert "secret detail" in str(record.exc_info)


class Slow:
    """Notes which predictions were made, and what came between."""

    def __init__(self, predictor):
        self.predictor = predictor
        self.noted = []

    def predict(self, rows):
        self.noted.append(len(rows))
        return self.predictor.predict(rows)


def large(rows):
    """A request whose body comes in two parts."""
    body = json.dumps({"instances": ROWS[:1] * rows}).encode().ljust(LARGE_BYTES + 1)
    return body[:100], body[100:]


def test_large_requests_take_turns_and_let_others_through(call, model):
    slow = Slow(model.predictor)
    client = call(replace(model, predictor=slow))

    async def all_at_once():
        calls = [client.requested("POST", "/invocations", large(rows)) for rows in (7, 8, 9)]
        calls.append(later(client))
        return await asyncio.gather(*calls)

    async def later(client):
        while not slow.noted:
            await asyncio.sleep(0)
        return await client.requested("GET", "/ping", [b""])

    answers = asyncio.run(all_at_once())
    assert [answer.status for answer in answers] == [200] * 4
    assert slow.noted[0] == 7
    assert slow.noted.index(len(model.sample.rows)) < slow.noted.index(9)


def test_a_large_request_too_many_is_refused_and_may_try_again(client):
    async def all_at_once():
        calls = [
            client.requested("POST", "/invocations", large(1), {"content_length": "70000"})
            for _ in range(MAX_LARGE + 3)
        ]
        return [answer.status for answer in await asyncio.gather(*calls)]

    async def twice():
        return await all_at_once(), await all_at_once()

    first, second = asyncio.run(twice())
    assert first == second == [200] * MAX_LARGE + [503] * 3


def test_a_refusal_for_too_much_to_do_says_when_to_try_again(client):
    async def all_at_once():
        calls = [client.requested("POST", "/invocations", large(1)) for _ in range(MAX_LARGE + 1)]
        return await asyncio.gather(*calls)

    refused = asyncio.run(all_at_once())[-1]
    assert refused.headers["retry-after"] == "1"
    assert refused.content == (
        b'{"error":{"code":"Overloaded",'
        b'"message":"The server has too much to do. Try again in a second."}}'
    )


def many(rows):
    """A small body of many rows, which arrives at once."""
    return [b"6,3,5,1\n" * rows]


IN_CSV = {"content_type": "text/csv"}


def test_requests_of_many_rows_take_turns_and_let_others_through(call, model):
    slow = Slow(model.predictor)
    client = call(replace(model, predictor=slow))
    rows = QUICK_ROWS + 1

    async def all_at_once():
        calls = [client.requested("POST", "/invocations", many(rows), IN_CSV) for _ in range(5)]
        calls.append(client.requested("GET", "/ping", [b""]))
        return await asyncio.gather(*calls)

    answers = asyncio.run(all_at_once())
    assert [answer.status for answer in answers] == [200] * 6
    # What came last and is quick was answered after one of them, not after five.
    assert slow.noted.index(len(model.sample.rows)) <= 1


def test_more_rows_than_can_be_answered_soon_are_refused(client):
    rows = 10_000

    async def all_at_once():
        calls = [client.requested("POST", "/invocations", many(rows), IN_CSV) for _ in range(7)]
        return [answer.status for answer in await asyncio.gather(*calls)]

    accepted = MAX_WAITING_ROWS // rows
    assert asyncio.run(all_at_once()) == [200] * accepted + [503] * (7 - accepted)


AT_ONCE = 3


class Explaining:
    """Explanations that take until somebody has been answered."""

    def __init__(self):
        self.answered = threading.Event()

    def cost(self, rows):
        return MAX_EXPLAINING // AT_ONCE

    def of(self, include, rows, predictions):
        assert self.answered.wait(10), "nobody was answered meanwhile"
        return [{} for _ in rows]


def test_others_are_answered_while_one_request_is_explained(call, model):
    explanations = Explaining()
    client = call(replace(model, explanations=explanations))
    explained = json.dumps({"instances": ROWS, "include": ["contributions"]}).encode()

    async def others():
        statuses = [
            (await client.requested("GET", "/ping", [b""])).status,
            (await client.requested("POST", "/invocations", [BODY])).status,
            (await client.requested("POST", "/invocations", large(1))).status,
        ]
        explanations.answered.set()
        return statuses

    async def all_at_once():
        calls = [client.requested("POST", "/invocations", [explained]) for _ in range(AT_ONCE + 1)]
        return await asyncio.gather(*calls, others())

    *answers, statuses = asyncio.run(all_at_once())
    assert statuses == [200, 200, 200]
    assert [answer.status for answer in answers] == [200] * AT_ONCE + [503]
