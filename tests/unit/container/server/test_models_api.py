"""The contract of multi-model containers, without a server."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import MAX_BODY_BYTES, Code, RequestError, shown
from container.server.models import PAGE, Models
from container.server.models_api import answer


@pytest.fixture
def models():
    return Models(1024**3)


def call(models, method, name=None, body=b"", **query):
    status, content = answer(models, method, name, query, body)
    return status, json.loads(content)


def load(models, name, folder):
    body = json.dumps({"model_name": name, "url": str(folder)}).encode()
    return call(models, "POST", body=body)


def refusal(models, method, name=None, body=b""):
    with pytest.raises(RequestError) as error:
        answer(models, method, name, {}, body)
    return error.value


def test_a_model_is_loaded_shown_listed_and_unloaded_by_the_contracts_words(models, artifact):
    described = {"modelName": "a1", "modelUrl": str(artifact)}
    assert call(models, "GET") == (200, {"models": []})
    assert load(models, "a1", artifact) == (200, described)
    assert call(models, "GET", "a1") == (200, described)
    assert call(models, "GET") == (200, {"models": [described]})
    assert call(models, "DELETE", "a1") == (200, described)
    assert call(models, "GET") == (200, {"models": []})


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_model_that_is_not_loaded_is_404(models, method):
    assert refusal(models, method, "a1").status == 404


def test_a_second_load_is_409_and_one_without_room_507(artifact):
    models = Models(1)
    body = json.dumps({"model_name": "a1", "url": str(artifact)}).encode()
    assert refusal(models, "POST", body=body).status == 507
    models = Models(1024**3)
    load(models, "a1", artifact)
    assert refusal(models, "POST", body=body).status == 409


def test_a_list_that_is_too_long_for_one_answer_says_how_to_go_on(models, artifact):
    names = [f"{number:04}" for number in range(PAGE + 1)]
    for name in names:
        load(models, name, artifact)
    _, first = call(models, "GET")
    _, second = call(models, "GET", next_page_token=first["nextPageToken"])
    found = [model["modelName"] for page in (first, second) for model in page["models"]]
    assert found == names
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    ("method", "name", "allowed"),
    [
        ("DELETE", None, "GET or POST"),
        ("PUT", None, "GET or POST"),
        ("POST", "a1", "GET or DELETE"),
        ("PATCH", "a1", "GET or DELETE"),
    ],
)
def test_any_other_method_is_405(models, method, name, allowed):
    error = refusal(models, method, name)
    assert error.status == 405
    assert error.message == f"No such method here. Send {allowed}."


def test_keys_that_aws_may_add_are_no_mistake(models, artifact):
    body = {"model_name": "a1", "url": str(artifact), "gpu_id": 1}
    assert call(models, "POST", body=json.dumps(body).encode())[0] == 200


EXPECTED = 'Send {"model_name": ..., "url": ...}, two texts that are not empty.'


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", Code.INVALID_JSON, f"The body is not JSON. {EXPECTED}"),
        (b"\xff", Code.INVALID_JSON, f"The body is not JSON. {EXPECTED}"),
        (b"[" * 100_000, Code.INVALID_JSON, f"The body is not JSON. {EXPECTED}"),
        (b'{"url":"/a","url":"/b"}', Code.INVALID_JSON, 'Key "url" is repeated. Send it once.'),
        (b"[1]", Code.INVALID_REQUEST, f"The body is an array of 1. {EXPECTED}"),
        (b"{}", Code.INVALID_REQUEST, f"The body is an object. {EXPECTED}"),
        (
            b'{"model_name":"","url":"/a"}',
            Code.INVALID_REQUEST,
            f"The body is an object. {EXPECTED}",
        ),
        (
            b'{"model_name":"a","url":"/a\\u0000"}',
            Code.INVALID_REQUEST,
            f"The body is an object. {EXPECTED}",
        ),
        (
            b'{"model_name":"a","url":"/\\ud800"}',
            Code.INVALID_REQUEST,
            f"The body is an object. {EXPECTED}",
        ),
    ],
)
def test_a_body_that_says_no_model_is_refused(models, body, code, message):
    error = refusal(models, "POST", body=body)
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize("name", ["a", "7", "0af" * 85, "A.b_c-D..", "a" * 256])
def test_a_plain_name_is_taken(models, artifact, name):
    assert load(models, name, artifact)[1]["modelName"] == name


@pytest.mark.parametrize(
    "name",
    [
        "a" * 257,
        ".",
        "..",
        ".a",
        "-a",
        "_a",
        "a/b",
        "../a",
        "a b",
        "a%2fb",
        "a\n",
        "a\0",
        "\u00e9",
        "\u0661",
    ],
)
def test_a_name_that_could_be_read_otherwise_in_a_path_is_refused(models, artifact, name):
    body = json.dumps({"model_name": name, "url": str(artifact)}).encode()
    error = refusal(models, "POST", body=body)
    assert (error.code, error.message) == (
        Code.INVALID_REQUEST,
        f"model_name: {shown(name)} is no name. Send 1 to 256 ASCII letters, digits, dots, dashes "
        "and underscores, of which the first is a letter or a digit.",
    )
    assert call(models, "GET") == (200, {"models": []})


@given(
    st.one_of(
        st.binary(),
        st.dictionaries(st.sampled_from(["model_name", "url"]), st.text() | st.none()).map(
            lambda document: json.dumps(document).encode()
        ),
    )
)
def test_whatever_is_sent_is_refused_in_our_own_form(body):
    error = refusal(Models(1024**3), "POST", body=body)
    assert len(error.to_json()) <= MAX_BODY_BYTES
    assert error.status in (400, 500)
