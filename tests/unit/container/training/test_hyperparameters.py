"""Hyperparameters: texts by name, every mistake named at once."""

import json

import pytest

from container.training.hyperparameters import (
    LIMITS,
    Algorithm,
    HyperparameterError,
    Hyperparameters,
    read_hyperparameters,
)


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "hyperparameters.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_hyperparameters(path)

    return read


def test_what_is_not_set_is_the_default(read, tmp_path):
    assert read_hyperparameters(tmp_path / "none.json") == Hyperparameters(
        algorithm=Algorithm.FOREST, trees=100, seed=0
    )
    assert read({}) == Hyperparameters()
    assert read({"seed": "7"}) == Hyperparameters(seed=7)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_can_be_named(read, algorithm):
    assert read({"algorithm": algorithm, "seed": "7"}) == Hyperparameters(algorithm, seed=7)


@pytest.mark.parametrize("value", ["Forest", "", 1, None, ["forest"]])
def test_no_other_algorithm_can_be(read, value):
    with pytest.raises(HyperparameterError, match="hyperparameter algorithm: .* is not allowed"):
        read({"algorithm": value})


@pytest.mark.parametrize("name", LIMITS)
def test_both_limits_are_allowed_and_nothing_beyond_them(read, name):
    smallest, largest = LIMITS[name]
    for value in (smallest, largest):
        assert read({name: str(value)}) == Hyperparameters(Algorithm.FOREST, **{name: value})
    for value in (smallest - 1, largest + 1):
        with pytest.raises(HyperparameterError):
            read({name: str(value)})


def test_all_mistakes_are_named_together(read):
    with pytest.raises(HyperparameterError) as error:
        read({"tress": "5", "algorithm": "trees", "trees": "many", "seed": "-1"})
    assert str(error.value).splitlines() == [
        'hyperparameter "tress": unknown. Allowed: algorithm, trees, seed. Remove it, or write '
        "the one that is meant.",
        'hyperparameter algorithm: "trees" is not allowed. Allowed: forest, boosting. Set one, or '
        "leave it out for forest.",
        'hyperparameter trees: "many" is not allowed. Allowed: the text of a whole number, '
        "1..1000. Set one, or leave it out for 100.",
        'hyperparameter seed: "-1" is not allowed. Allowed: the text of a whole number, '
        "0..4294967295. Set one, or leave it out for 0.",
    ]


@pytest.mark.parametrize("value", [5, 5.0, True, None, ["5"], " 5", "5.0", "٥", "1e2", ""])
def test_only_the_text_of_a_whole_number_is_one(read, value):
    with pytest.raises(HyperparameterError):
        read({"trees": value})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON in UTF-8. Write an object of texts by name."),
        (b"\xff{}", "not JSON in UTF-8. Write an object of texts by name."),
        (b"[" * 100_000, "not JSON in UTF-8. Write an object of texts by name."),
        (b"[]", 'an array of 0 is not an object. Write {"trees": "100"}.'),
    ],
)
def test_a_file_that_is_no_object_is_refused_by_its_path(read, tmp_path, content, said):
    with pytest.raises(HyperparameterError) as error:
        read(content)
    assert str(error.value) == f"{tmp_path / 'hyperparameters.json'}: {said}"


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path):
    with pytest.raises(HyperparameterError) as error:
        read_hyperparameters(tmp_path)
    assert str(error.value) == f"{tmp_path}: not readable (Is a directory). Make it readable."
