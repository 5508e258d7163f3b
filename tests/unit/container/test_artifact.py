"""The files of an artifact besides its manifest."""

import json

import pytest

from container.artifact import ArtifactError, Sample, read_sample, read_signature
from container.signature import Feature, Signature

SIGNATURE = Signature((Feature("length"), Feature("width")), labels=("yes", "no"))
SAMPLE = Sample(rows=[[1.0, 2.0]], labels=("yes",))


def message(read, *arguments) -> str:
    with pytest.raises(ArtifactError) as error:
        read(*arguments)
    return str(error.value).replace(f"{arguments[0]}/", "")


def test_a_signature_and_a_sample_are_read_back(tmp_path):
    (tmp_path / "signature.json").write_text(SIGNATURE.to_json())
    (tmp_path / "sample.json").write_text(SAMPLE.to_json())
    assert read_signature(tmp_path) == SIGNATURE
    assert read_sample(tmp_path, SIGNATURE) == SAMPLE


def test_ranges_and_categories_are_read_back(tmp_path):
    features = (
        Feature("length", range=(4.0, 7.5)),
        Feature("colour", categories=("red", "", "\u20ac")),
        Feature("width"),
    )
    signature = Signature(features, ("yes", "no"))
    sample = Sample([[1.0, "red", 2.0], [1.0, "none of them", 2.0]], ("yes", "no"))
    (tmp_path / "signature.json").write_text(signature.to_json())
    (tmp_path / "sample.json").write_text(sample.to_json())
    assert read_signature(tmp_path) == signature
    assert read_sample(tmp_path, signature) == sample


def feature(text: str) -> str:
    return f'{{"features": [{{"name": "length", {text}}}], "classes": ["a"]}}'


ARRAY_OF_FEATURES = (
    'features is an array of 1. Expected an array of {"name": ...}, '
    'each with "range", "categories" or neither.'
)
RANGE = "Expected [low, high], two numbers of float32 with low <= high."
CATEGORIES = "Expected distinct texts, at least one."
SIGNATURES = [
    (feature('"range": [1, 2], "categories": ["x"]'), ARRAY_OF_FEATURES),
    (feature('"unit": "cm"'), ARRAY_OF_FEATURES),
    (feature('"range": null'), f'range of "length" is null. {RANGE}'),
    (feature('"range": [1]'), f'range of "length" is an array of 1. {RANGE}'),
    (feature('"range": [2, 1]'), f'range of "length" is an array of 2. {RANGE}'),
    (feature('"range": [1, "2"]'), f'range of "length" is an array of 2. {RANGE}'),
    (feature('"range": [1, NaN]'), f'range of "length" is an array of 2. {RANGE}'),
    (feature('"range": [-1e39, 1]'), f'range of "length" is an array of 2. {RANGE}'),
    (feature('"categories": []'), f'categories of "length" is an array of 0. {CATEGORIES}'),
    (feature('"categories": "ab"'), f'categories of "length" is "ab". {CATEGORIES}'),
    (feature('"categories": ["x", "x"]'), f'categories of "length" is an array of 2. {CATEGORIES}'),
    (
        feature('"categories": ["\\ud800"]'),
        f'categories of "length" is an array of 1. {CATEGORIES}',
    ),
    (
        '{"features": [{"name": "length"}], "classes": ["\\ud800"]}',
        "classes is an array of 1. Expected distinct names, at least one.",
    ),
    (
        '{"features": [{"name": "length"}], "classes": [""]}',
        "classes is an array of 1. Expected distinct names, at least one.",
    ),
    ("[1]", "holds an array of 1. Expected the keys features, classes."),
    ('{"features": []}', "holds features. Expected the keys features, classes."),
    ("{", "not JSON."),
    (
        '{"features": ["length"], "classes": ["a"]}',
        ARRAY_OF_FEATURES,
    ),
    (
        '{"features": [], "classes": ["a"]}',
        "features is an array of 0. Expected distinct names, at least one.",
    ),
    (
        '{"features": [], "features": [{"name": "length"}], "classes": ["a"]}',
        'Key "features" is repeated. Send it once.',
    ),
    (
        '{"features": [{"name": "length", "name": "width"}], "classes": ["a"]}',
        'Key "name" is repeated. Send it once.',
    ),
    (
        '{"features": [{"name": "length"}], "classes": ["a", "a"]}',
        "classes is an array of 2. Expected distinct names, at least one.",
    ),
    (
        '{"features": [{"name": "length"}], "classes": [[]]}',
        "classes is an array of 1. Expected distinct names, at least one.",
    ),
]


@pytest.mark.parametrize(("text", "expected"), SIGNATURES)
def test_a_wrong_signature_is_explained(tmp_path, text, expected):
    (tmp_path / "signature.json").write_text(text)
    assert message(read_signature, tmp_path) == (
        f"signature.json: {expected} Make the artifact again: docs/models.md."
    )


SAMPLES = [
    ([[1.0]], ["yes"], "instances[0]: 1 values. Send 2 per row."),
    ([{"length": 1, "width": 2}], ["yes"], "instances holds an object. Expected arrays alone."),
    ([[1, 2]], ["maybe"], "labels is an array of 1. Expected 1 of yes, no."),
    ([[1, 2]], [], "labels is an array of 0. Expected 1 of yes, no."),
    ([[1, 2]], [[]], "labels is an array of 1. Expected 1 of yes, no."),
]


@pytest.mark.parametrize(("instances", "labels", "expected"), SAMPLES)
def test_a_sample_that_does_not_fit_the_signature_is_explained(
    tmp_path, instances, labels, expected
):
    document = {"instances": instances, "labels": labels}
    (tmp_path / "sample.json").write_text(json.dumps(document))
    assert message(read_sample, tmp_path, SIGNATURE) == (
        f"sample.json: {expected} Make the artifact again: docs/models.md."
    )


def test_a_sample_with_a_repeated_key_is_refused(tmp_path):
    (tmp_path / "sample.json").write_text(
        '{"instances": [[1, 2]], "labels": ["no"], "labels": ["yes"]}'
    )
    assert message(read_sample, tmp_path, SIGNATURE) == (
        'sample.json: Key "labels" is repeated. Send it once. '
        "Make the artifact again: docs/models.md."
    )


def test_a_missing_file_is_explained(tmp_path):
    assert message(read_signature, tmp_path) == (
        "signature.json: not readable (No such file or directory). "
        "Make the artifact again: docs/models.md."
    )
