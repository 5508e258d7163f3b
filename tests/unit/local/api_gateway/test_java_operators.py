import pytest

from local.api_gateway.java_operators import BINARY_OPERATORS, is_true


@pytest.mark.parametrize("value", ["", 0, 0.0, [], {}, True, "false"])
def test_all_but_null_and_false_is_true(value):
    assert is_true(value)


@pytest.mark.parametrize("value", [None, False])
def test_null_and_false_are_false(value):
    assert not is_true(value)


@pytest.mark.parametrize(
    ("left", "operator", "right", "result"),
    [
        (1, "==", 1.0, True),
        (1, "==", "1", True),
        (True, "==", 1, False),
        ("a", "!=", "b", True),
        (None, "==", None, True),
        (None, "eq", "", False),
        (2, ">", 1, True),
        ("2", ">", 1, False),
        (None, "<=", 1, False),
        ("a", "+", 1, "a1"),
        (True, "+", 1, None),
        (7, "/", 2, 3),
        (-7, "/", 2, -3),
        (7, "/", -2, -3),
        (7.0, "/", 2, 3.5),
        (-7, "%", 2, -1),
        (7.5, "%", 2, 1.5),
        (1, "/", 0, None),
        (1, "%", 0, None),
        (1.0, "%", 0, None),
        ("a", "-", 1, None),
        (False, "or", "", True),
        (True, "&&", None, False),
    ],
)
def test_an_operator_computes_as_velocity_on_java_does(left, operator, right, result):
    assert BINARY_OPERATORS[operator](left, right) == result
    assert type(BINARY_OPERATORS[operator](left, right)) is type(result)
