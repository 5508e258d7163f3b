import pytest

from local.api_gateway.json_path import MISSING, find

DOCUMENT = {"a": [{"b": 1}, {"b": None}], "x-y": {"a,b": 2}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("$.a[0].b", 1),
        ("$.a[1].b", None),
        ("$.x-y", {"a,b": 2}),
        ("$['x-y']['a,b']", 2),
        ("$.nope", MISSING),
        ("$.a[9]", MISSING),
        ("$.a[*].b", [1, None]),
        ("$..b", [1, None]),
        ("$.a[0:1].b", [1]),
        ("$.a[?(@.b==1)]", [{"b": 1}]),
        ("$.nope[*]", []),
    ],
)
def test_a_path_gives_its_value_or_all_its_matches(path, value):
    assert find(path, DOCUMENT) == value


def test_nothing_has_nothing_at_any_path():
    assert find("$.a[*]", MISSING) is MISSING


def test_a_path_that_does_not_parse_is_refused():
    with pytest.raises(ValueError, match=r"^JSONPath '\$\.\[' does not parse: "):
        find("$.[", {})
