"""A server of several models, as an ASGI server would call it."""

import json

import pytest

from container.server.models import Models

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
BODY = json.dumps({"instances": ROWS}).encode()


@pytest.fixture
def models():
    return Models(1024**3)


@pytest.fixture
def several(call, models):
    return call(models)


def load(client, name, folder):
    return client.post("/models", json.dumps({"model_name": name, "url": str(folder)}).encode())


@pytest.fixture
def loaded(several, artifact):
    """A server that has one model."""
    answer = load(several, "a1", artifact)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    return several


BAD = b'{"instances": [[1, 2]]}'


@pytest.mark.parametrize("body", [BODY, BAD])
@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/jsonlines"])
def test_a_model_answers_among_others_as_it_does_alone(loaded, client, body, accept):
    alone = client.post("/invocations", body, accept=accept)
    assert loaded.post("/models/a1/invoke", body, accept=accept) == alone
    assert alone.status == (200 if body is BODY else 400)


def test_a_large_request_is_answered_too(loaded, client):
    body = json.dumps({"instances": ROWS * 2_000}).encode()
    parts = [body[:50_000], body[50_000:]]
    headers = {"content_length": str(len(body))}
    there = client.request("POST", "/invocations", parts, headers)
    assert loaded.request("POST", "/models/a1/invoke", parts, headers) == there
    assert there.status == 200


def test_a_server_of_several_is_healthy_without_any(several):
    answer = several.get("/ping")
    assert (answer.status, answer.content) == (200, b"")


def test_what_was_unloaded_answers_no_more(loaded):
    assert loaded.get("/models/a1").status == 200
    assert loaded.request("DELETE", "/models/a1", [b""]).status == 200
    for answer in (
        loaded.post("/models/a1/invoke", BODY),
        loaded.get("/models/a1"),
        loaded.request("DELETE", "/models/a1", [b""]),
    ):
        assert answer.status == 404
        assert answer.content == (
            b'{"error":{"code":"NotFound","message":"Model \\"a1\\" is not loaded."}}'
        )


def test_statuses_are_those_of_the_contract(loaded, artifact, call):
    again = load(loaded, "a1", artifact)
    assert (again.status, json.loads(again.content)["error"]["code"]) == (409, "ModelLoaded")
    more = load(call(Models(1)), "a2", artifact)
    assert (more.status, json.loads(more.content)["error"]["code"]) == (507, "InsufficientMemory")


def test_a_token_in_the_query_says_where_a_list_goes_on(loaded, artifact):
    listed = {"models": [{"modelName": "a1", "modelUrl": str(artifact)}]}
    assert json.loads(loaded.get("/models?next_page_token=a0").content) == listed
    assert json.loads(loaded.get("/models?next_page_token=a1").content) == {"models": []}


@pytest.mark.parametrize("path", ["/models", "/models/a1", "/models/a1/invoke"])
def test_another_method_is_405(loaded, path):
    assert loaded.request("PATCH", path, [b""]).status == 405


def test_there_is_no_one_model_to_invoke(loaded):
    assert loaded.post("/invocations", BODY).status == 404


def test_a_server_of_one_has_no_models_to_manage(client):
    assert client.get("/models").status == 404
    assert client.post("/models", b"{}").status == 404
    assert client.post("/models/a1/invoke", BODY).status == 404
