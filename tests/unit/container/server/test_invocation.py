"""From a body and its headers to an answer, in every format, and what an endpoint discloses."""

import json
from dataclasses import replace

import pytest

from container.artifact import Sample
from container.errors import RequestError
from container.explain.explanations import Explanations
from container.model import Model
from container.predictions import Disclosure, Predictions
from container.server.invocation import answer, parse
from container.signature import Feature, Signature

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
LABELS = ["setosa", "versicolor", "virginica"]
CSV = "".join(",".join(map(str, row)) + "\n" for row in ROWS).encode()
BODY = json.dumps({"instances": ROWS}).encode()
ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"


class ManyClasses:
    """25 classes, whose every probability takes all digits of a float32."""

    def predict(self, rows):
        return Predictions([0] * len(rows), [[0.01234567] * 25] * len(rows))


@pytest.fixture
def many_classes():
    signature = Signature((Feature("x"),), tuple(f"class-{index:06}" for index in range(25)))
    explanations = Explanations(signature, None, None)
    return Model(ManyClasses(), signature, Sample([[1.0]], signature.labels[:1]), explanations)


def invoke(model, disclose, body, headers):
    return answer(model, disclose, parse(model, disclose, body, headers))


def predictions(answered):
    assert (answered.status, answered.media_type) == (200, b"application/json")
    return json.loads(answered.content)["predictions"]


def test_rows_in_json_are_predicted_in_json(model):
    answered = predictions(invoke(model, Disclosure.ALL, BODY, {}))
    assert [prediction["label"] for prediction in answered] == LABELS
    assert [list(prediction) for prediction in answered] == [["label", "probabilities"]] * 3


def test_rows_in_csv_are_predicted_in_csv(model):
    answered = invoke(model, Disclosure.ALL, CSV, {b"content-type": b"text/csv"})
    assert answered.media_type == b"text/csv"
    assert [line.split(b",")[0].decode() for line in answered.content.splitlines()] == LABELS


def test_rows_in_json_lines_are_predicted_in_json_lines(model):
    record = dict(zip(model.signature.names, ROWS[2], strict=True))
    body = "\n".join(map(json.dumps, [ROWS[0], ROWS[1], record])).encode()
    answered = invoke(model, Disclosure.ALL, body, {b"content-type": b"application/jsonlines"})
    assert answered.media_type == b"application/jsonlines"
    assert [json.loads(line)["label"] for line in answered.content.splitlines()] == LABELS


def test_a_number_outside_of_what_training_saw_is_named_in_the_answer(model):
    features = tuple(Feature(name, range=(0.0, 7.0)) for name in model.signature.names)
    model = replace(model, signature=Signature(features, model.signature.labels))
    body = b'{"instances": [[5, 3, 1, 0.2], [7.5, 3, 1, -1]]}'
    plain, flagged = predictions(invoke(model, Disclosure.ALL, body, {}))
    assert "outOfRange" not in plain
    assert flagged["outOfRange"] == ["sepal_length_cm", "petal_width_cm"]


@pytest.mark.parametrize(
    ("disclose", "keys"),
    [
        (Disclosure.ALL, ["label", "probabilities"]),
        (Disclosure.ROUNDED, ["label", "probabilities"]),
        (Disclosure.LABEL, ["label"]),
    ],
)
def test_an_answer_holds_what_the_endpoint_discloses(model, disclose, keys):
    answered = predictions(invoke(model, disclose, BODY, {}))
    assert [list(prediction) for prediction in answered] == [keys] * 3


def test_rounded_probabilities_have_two_decimals(model):
    body = b'{"instances": [[5.9, 3.2, 4.8, 1.8]]}'
    (exact,) = predictions(invoke(model, Disclosure.ALL, body, {}))
    (rounded,) = predictions(invoke(model, Disclosure.ROUNDED, body, {}))
    expected = {label: round(value, 2) for label, value in exact["probabilities"].items()}
    assert rounded["probabilities"] == expected


REFUSED = [
    ({b"content-type": b"image/png"}, 415, "Content-Type: "),
    ({b"accept": b"image/png"}, 406, "Accept: "),
    ({ATTRIBUTES: b"include=everything"}, 400, "X-Amzn-SageMaker-Custom-Attributes: include: "),
    ({ATTRIBUTES: b"include=set", b"accept": b"text/csv"}, 406, "Accept: text/csv has no room"),
]


@pytest.mark.parametrize(("headers", "status", "start"), REFUSED)
def test_what_the_headers_ask_for_in_vain_is_refused(model, headers, status, start):
    with pytest.raises(RequestError) as refused:
        invoke(model, Disclosure.ALL, BODY, headers)
    assert refused.value.status == status
    assert refused.value.message.startswith(start)


def test_an_answer_beyond_sagemakers_limit_is_refused_and_fits_with_fewer_rows(many_classes):
    in_csv, in_json = (
        {b"content-type": b"text/csv"},
        {
            b"content-type": b"text/csv",
            b"accept": b"application/json",
        },
    )
    assert invoke(many_classes, Disclosure.ALL, b"1\n" * 10_000, in_csv).status == 200
    with pytest.raises(RequestError) as refused:
        invoke(many_classes, Disclosure.ALL, b"1\n" * 10_000, in_json)
    assert refused.value.status == 413
    assert refused.value.message == (
        "The answer to 10000 rows has 6930017 bytes. At most 6291456 are allowed. Send fewer rows."
    )
    assert invoke(many_classes, Disclosure.ALL, b"1\n" * 8_000, in_json).status == 200
