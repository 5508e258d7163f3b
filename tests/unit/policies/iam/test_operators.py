import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.document import Condition
from gateway_policies.iam.operators import holds

ROLE = "arn:aws:iam::111122223333:role/serving"


def passes(operator: str, wanted: object, *values: str, **context: str) -> bool:
    texts = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    request = {"a:key": values} | {name.replace("__", ":"): [v] for name, v in context.items()}
    return holds(Condition(operator, "A:Key", texts), request)


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "x", "x", True),
        ("stringequals", "x", "X", False),
        ("StringEquals", "x*", "xy", False),
        ("StringEquals", ["y", "x"], "x", True),
        ("StringEqualsIgnoreCase", "x", "X", True),
        ("StringNotEquals", ["x", "y"], "z", True),
        ("StringNotEquals", ["x", "y"], "y", False),
        ("StringLike", "x?y*", "x1y", True),
        ("StringLike", "X?Y*", "x1y", False),
        ("StringNotLike", "x*", "y", True),
        ("ArnLike", "arn:aws:iam::*:role/*", ROLE, True),
        ("ArnEquals", "arn:aws:iam::*:role/*", ROLE, True),
        ("ArnLike", "arn:*", ROLE, False),
        ("ArnLike", "*", ROLE, False),
        ("ArnNotLike", "arn:aws:iam::*:user/*", ROLE, True),
        ("Bool", "true", "True", True),
        ("Bool", "true", "false", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericGreaterThanEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "11", True),
        ("NumericEquals", "ten", "10", False),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", True),
        ("DateLessThanEquals", "1767225600", "2026-01-01T00:00:00Z", True),
        ("DateLessThan", "2026-01-01", "tomorrow", False),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
        ("NotIpAddress", "10.0.0.0/8", "11.1.2.3", True),
        ("BinaryEquals", "QUI=", "QUI=", True),
        ("StringMatches", "x", "x", False),
    ],
)
def test_a_value_passes_or_does_not(operator, wanted, value, expected):
    assert passes(operator, wanted, value) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("NotIpAddress", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAllValues:StringEquals", True),
    ],
)
def test_what_is_absent(operator, expected):
    assert passes(operator, "x") is expected


@pytest.mark.parametrize(
    ("wanted", "absent", "present"), [("true", True, False), ("false", False, True)]
)
def test_null_asks_whether_a_key_is_there(wanted, absent, present):
    assert passes("Null", wanted) is absent
    assert passes("Null", wanted, "x") is present


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ["x", "y"], True),
        ("ForAllValues:StringEquals", ["x", "z"], False),
        ("ForAnyValue:StringEquals", ["z", "y"], True),
        ("ForAnyValue:StringEquals", ["z"], False),
        ("ForAllValues:StringLike", ["xa", "xb"], False),
    ],
)
def test_several_values(operator, values, expected):
    assert passes(operator, ["x", "y"], *values) is expected


def test_a_variable_is_the_requests_value():
    assert passes("StringLike", "home/${aws:username}/*", "home/ann/a", aws__username="ann")
    assert not passes("StringLike", "home/${aws:username}/*", "home/bob/a", aws__username="ann")
    assert not passes("StringLike", "home/${aws:username}/*", "home//a")
    assert passes("StringEquals", "${aws:username, 'nobody'}", "nobody")


def test_no_value_of_a_request_is_a_pattern():
    assert not passes("StringLike", "home/${aws:username}/*", "home/bob/a", aws__username="*")
    assert passes("StringLike", "a${*}b", "a*b")
    assert not passes("StringLike", "a${*}b", "axb")


@given(
    st.text(),
    st.text(),
    st.sampled_from(
        [
            "StringEquals",
            "NumericEquals",
            "IpAddress",
            "DateEquals",
            "BinaryEquals",
            "ArnLike",
            "Bool",
        ]
    ),
)
def test_any_text_is_an_answer(wanted, value, operator):
    assert passes(operator, wanted, value) in (True, False)
