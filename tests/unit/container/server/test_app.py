"""The container contract through Flask's test client."""

import copy
import io
import json
import logging

import numpy as np
import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, NoMoreData

from container.artifact import SAMPLE_FILE
from container.manifest import write_manifest
from container.model import Model
from container.server.app import create_app
from container.signature import Feature, Signature

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
LABELS = ["setosa", "versicolor", "virginica"]
CSV = "".join(",".join(map(str, row)) + "\n" for row in ROWS)


AS_GUNICORN = {"wsgi.input_terminated": True}


class ManyClasses(Model):
    """25 classes with names of 12 characters, whose every probability takes all its digits."""

    def __init__(self) -> None:
        self.signature = Signature(
            (Feature("x"),), tuple(f"class-{index:06}" for index in range(25))
        )

    def predict(self, rows):
        return np.full((len(rows), 25), 0.01234567, dtype=np.float32)


class BrokenModel(Model):
    """A model whose every prediction fails."""

    def predict(self, rows):
        raise RuntimeError("secret detail")


@pytest.fixture
def client(model) -> FlaskClient:
    return create_app(model).test_client()


@pytest.fixture
def broken(model) -> FlaskClient:
    return create_app(BrokenModel(None, model.signature, model.sample)).test_client()


def test_ping_answers_an_empty_200_once_the_sample_is_predicted(client):
    response = client.get("/ping")
    assert (response.status_code, response.data) == (200, b"")


def test_ping_answers_503_for_a_model_that_is_wrong_on_its_own_sample(artifact_copy, caplog):
    sample = artifact_copy / SAMPLE_FILE
    sample.write_text(sample.read_text().replace('["setosa"', '["virginica"'))
    write_manifest(artifact_copy)
    app = create_app(Model.load(artifact_copy))
    response = app.test_client().get("/ping")
    assert (response.status_code, response.data) == (503, b"")
    assert caplog.messages == [
        "the model is wrong on its own sample: sample row 0: predicted setosa, expected virginica"
    ]


def test_ping_answers_503_for_a_model_that_fails(broken, caplog):
    response = broken.get("/ping")
    assert (response.status_code, response.data) == (503, b"")
    assert caplog.messages == ["the model failed on its own sample"]


@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
@pytest.mark.parametrize(
    "content_type", [None, "application/json", "application/json; charset=utf-8"]
)
def test_rows_in_json_are_predicted_in_json(client, accept, content_type):
    response = client.post(
        "/invocations",
        data=json.dumps({"instances": ROWS}),
        content_type=content_type,
        headers=accept,
    )
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    predictions = response.json["predictions"]
    assert [prediction["label"] for prediction in predictions] == LABELS
    for prediction in predictions:
        assert list(prediction["probabilities"]) == LABELS
        assert sum(prediction["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_rows_in_csv_are_predicted_in_csv(client):
    response = client.post("/invocations", data=CSV, content_type="text/csv")
    assert response.mimetype == "text/csv"
    lines = [line.split(",") for line in response.text.splitlines()]
    assert [line[0] for line in lines] == LABELS
    assert np.array(lines)[:, 1:].astype(float).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_rows_in_json_lines_are_predicted_in_json_lines(client, model):
    record = dict(zip(model.signature.names, ROWS[2], strict=True))
    lines = map(json.dumps, [ROWS[0], ROWS[1], record])
    response = client.post(
        "/invocations", data="\n".join(lines), content_type="application/jsonlines"
    )
    assert response.mimetype == "application/jsonlines"
    assert [json.loads(line)["label"] for line in response.text.splitlines()] == LABELS


def test_the_answer_follows_accept_before_the_content_type(client):
    response = client.post(
        "/invocations", data=CSV, content_type="text/csv", headers={"Accept": "application/json"}
    )
    assert [prediction["label"] for prediction in response.json["predictions"]] == LABELS


def test_a_number_outside_of_what_training_saw_is_named_in_the_answer(model):
    features = tuple(Feature(name, range=(0.0, 7.0)) for name in model.signature.names)
    model = copy.copy(model)
    model.signature = Signature(features, model.signature.labels)
    response = (
        create_app(model)
        .test_client()
        .post("/invocations", data=b'{"instances": [[5, 3, 1, 0.2], [7.5, 3, 1, -1]]}')
    )
    plain, flagged = response.json["predictions"]
    assert "outOfRange" not in plain
    assert flagged["outOfRange"] == ["sepal_length_cm", "petal_width_cm"]


REFUSED = [
    ({"data": b"{"}, 400, "InvalidJson"),
    ({"data": b"{}"}, 400, "InvalidRequest"),
    ({"data": b'{"instances": [[1, 2]]}'}, 400, "InvalidRow"),
    ({"data": b'{"instances": [[1, 2, 3, "4"]]}'}, 400, "InvalidCell"),
    ({"data": b"1", "content_type": "image/png"}, 415, "UnsupportedMediaType"),
    ({"data": b"1", "headers": {"Accept": "image/png"}}, 406, "NotAcceptable"),
    (
        {
            "data": CSV,
            "content_type": "text/csv",
            "headers": {"X-Amzn-SageMaker-Custom-Attributes": "include=set"},
        },
        406,
        "NotAcceptable",
    ),
    ({"data": b" " * 6_291_457}, 413, "PayloadTooLarge"),
]


@pytest.mark.parametrize(("request_parts", "status", "code"), REFUSED)
def test_a_refusal_has_its_status_and_the_one_error_shape(client, request_parts, status, code):
    response = client.post("/invocations", **request_parts)
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert response.data.startswith(f'{{"error":{{"code":"{code}","message":"'.encode())
    assert response.data.endswith(b"}}")


def test_a_body_of_exactly_sagemakers_limit_is_read(client):
    body = json.dumps({"instances": ROWS}).encode().ljust(6_291_456)
    assert client.post("/invocations", data=body).status_code == 200


def test_an_answer_beyond_sagemakers_limit_is_refused_and_fits_with_fewer_rows():
    client = create_app(ManyClasses()).test_client()
    response = client.post("/invocations", data="1\n" * 10_000, content_type="text/csv")
    assert response.status_code == 200
    assert len(response.data) <= 6_291_456
    accept = {"Accept": "application/json"}
    response = client.post(
        "/invocations", data="1\n" * 10_000, content_type="text/csv", headers=accept
    )
    assert response.status_code == 413
    assert response.text == (
        '{"error":{"code":"PayloadTooLarge","message":"The answer to 10000 rows has 6930017 bytes. '
        'At most 6291456 are allowed. Send fewer rows."}}'
    )
    response = client.post(
        "/invocations", data="1\n" * 8_000, content_type="text/csv", headers=accept
    )
    assert response.status_code == 200


def test_a_body_shorter_than_its_content_length_is_never_predicted(client):
    body = CSV.removesuffix("5\n").encode()
    response = client.post(
        "/invocations",
        input_stream=io.BytesIO(body),
        content_type="text/csv",
        environ_overrides=AS_GUNICORN | {"CONTENT_LENGTH": str(len(CSV))},
    )
    assert response.status_code == 400
    assert response.text == (
        '{"error":{"code":"InvalidRequest","message":'
        f'"The body ended after {len(body)} of {len(CSV)} bytes. Send all of it, in one go."}}}}'
    )


class CutOff(io.BytesIO):
    """A body as gunicorn gives it whose client is gone, or sends no chunks."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, size=-1):
        raise self.error

    def readinto(self, buffer):
        raise self.error


@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": "6291457"}])
@pytest.mark.parametrize(
    "error", [InvalidChunkSize(b"ZZ"), ChunkMissingTerminator(b""), NoMoreData(b"")]
)
def test_a_body_that_cannot_be_read_is_the_clients_fault(client, caplog, error, length):
    response = client.post(
        "/invocations",
        input_stream=CutOff(error),
        environ_overrides=AS_GUNICORN | length,
    )
    if length:
        assert response.status_code == 413
    else:
        assert (response.status_code, response.data) == (
            400,
            b'{"error":{"code":"InvalidRequest","message":'
            b'"The request is not well-formed HTTP or was cut off. Send it whole."}}',
        )
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
        (
            "GET",
            "/invocations",
            405,
            b'{"error":{"code":"MethodNotAllowed",'
            b'"message":"No such method here. Send POST /invocations or GET /ping."}}',
        ),
    ],
)
def test_other_paths_and_methods_get_the_same_error_shape(client, method, path, status, body):
    response = client.open(path, method=method)
    assert (response.status_code, response.data) == (status, body)


def test_a_405_names_the_methods_allowed(client):
    assert set(client.get("/invocations").allow) == {"OPTIONS", "POST"}


def test_a_failure_is_a_fixed_text_and_its_detail_goes_to_the_log(broken, caplog):
    response = broken.post("/invocations", data=json.dumps({"instances": ROWS}))
    assert response.status_code == 500
    assert response.data == (
        b'{"error":{"code":"Internal","message":"The server failed to answer. Try again later."}}'
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "secret detail" in str(record.exc_info)
