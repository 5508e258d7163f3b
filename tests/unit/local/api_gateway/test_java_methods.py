import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway import java_methods
from local.api_gateway.java_methods import Scope, call, element, member
from local.api_gateway.java_text import Entry


@pytest.mark.parametrize(
    ("target", "name", "arguments", "result"),
    [
        ("abc", "length", [], 3),
        ("", "isEmpty", [], True),
        ("abc", "contains", ["b"], True),
        ("abc", "startsWith", ["ab"], True),
        ("abc", "endsWith", ["bc"], True),
        ("abca", "indexOf", ["x"], -1),
        ("abca", "lastIndexOf", ["a"], 3),
        ("abca", "indexOf", ["a", 1], 3),
        ("abc", "substring", [1], "bc"),
        ("abc", "substring", [1, 2], "b"),
        ("abc", "concat", ["d"], "abcd"),
        ("a.b", "replace", [".", "-"], "a-b"),
        ("a1b22", "replaceAll", [r"(\d+)", r"<$1>"], "a<1>b<22>"),
        ("aa", "replaceFirst", ["a", r"\$"], "$a"),
        ("abc", "matches", ["ab"], False),
        ("a,b,,", "split", [","], ["a", "b"]),
        ("ab", "split", [""], ["a", "b"]),
        ("", "split", [","], [""]),
        (",", "split", [","], []),
        ("abc", "equals", ["abc"], True),
        ("1", "equals", [1], False),
        ("ABC", "equalsIgnoreCase", ["abc"], True),
        ("aBc", "toUpperCase", [], "ABC"),
        ("aBc", "toLowerCase", [], "abc"),
        ("\t a \n", "trim", [], "a"),
        ([1, 2], "size", [], 2),
        ([1, 2], "get", [1], 2),
        ([1, 2], "contains", [2], True),
        ([1, 2], "indexOf", [3], -1),
        ([], "isEmpty", [], True),
        ({"a": 1}, "get", ["a"], 1),
        ({"a": 1}, "containsKey", ["b"], False),
        ({"a": 1}, "containsValue", [1], True),
        ({"a": 1}, "keySet", [], ["a"]),
        ({"a": 1}, "values", [], [1]),
        ({"a": 1}, "entrySet", [], [Entry("a", 1)]),
        (Entry("a", 1), "getKey", [], "a"),
        (Entry("a", 1), "getValue", [], 1),
        (1.5, "toString", [], "1.5"),
    ],
)
def test_a_java_method_gives_what_java_gives(target, name, arguments, result):
    assert call(target, name, arguments) == result


def test_methods_that_change_a_collection_answer_as_java_does():
    items, mapping = ["a", 7], {"a": 1}
    assert call(items, "add", ["b"]) is True
    assert call(items, "addAll", [["c"]]) is True
    assert call(items, "set", [0, "z"]) == "a"
    assert call(items, "remove", [1]) == 7
    assert call(items, "remove", ["c"]) is True
    assert call(items, "remove", ["c"]) is False
    assert items == ["z", "b"]
    assert call(mapping, "put", ["a", 2]) == 1
    assert call(mapping, "put", ["b", 3]) is None
    assert call(mapping, "remove", ["a"]) == 2
    call(mapping, "putAll", [{"c": 4}])
    assert mapping == {"b": 3, "c": 4}


@pytest.mark.parametrize(
    ("target", "name", "arguments", "message"),
    [
        ("abc", "substring", [2, 1], "substring(2, 1) is outside a text of length 3"),
        ("abc", "substring", [-1], "substring(-1, 3) is outside a text of length 3"),
        ([1], "get", [-1], "place -1 is outside a list of 1"),
        ([1], "set", [1, 0], "place 1 is outside a list of 1"),
        ([1], "remove", [1], "place 1 is outside a list of 1"),
    ],
)
def test_a_place_outside_is_an_error_and_never_counts_from_the_end(
    target, name, arguments, message
):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(target, name, arguments)


def test_a_method_of_another_java_type_gives_null():
    assert call("abc", "size", []) is None
    assert call(None, "size", []) is None


@given(st.sampled_from(["abc", [1], {"a": 1}, 1, True, Entry("a", 1)]), st.data())
def test_no_python_attribute_is_within_reach(target, data):
    known = java_methods.KNOWN_METHODS
    name = data.draw(st.sampled_from([n for n in dir(target) if n not in known]))
    assert member(target, name) in (None, "a", 1)
    with pytest.raises(ValueError, match=f"^{name}\\(\\) is not supported. Known: add, addAll, "):
        call(target, name, [])


def test_a_variable_of_the_service_has_exactly_its_members():
    scope = Scope("thing", {"body": "b"}, {"twice": lambda x: x * 2})
    assert (member(scope, "body"), member(scope, "twice")) == ("b", None)
    assert call(scope, "twice", [2]) == 4
    assert str(scope) == "$thing"
    with pytest.raises(ValueError, match=r"^\$thing has no methods\(\)\. Known: twice$"):
        call(scope, "methods", [])


@pytest.mark.parametrize(
    ("target", "key", "result"),
    [
        (["a"], 0, "a"),
        (["a"], 1, None),
        (["a"], -1, None),
        (["a"], True, None),
        (range(5), 4, 4),
        ({"a": 1}, "a", 1),
        ("abc", 0, None),
        (None, 0, None),
    ],
)
def test_an_index_reaches_lists_and_maps_only(target, key, result):
    assert element(target, key) == result
