import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    unknown_checking_proxy,
)

from gateway_policies.resource import UNKNOWN, Block, Resource, Stack, plain, plain_properties

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON))
def test_proxies_become_the_plain_values_they_wrap(values):
    assert plain_properties(unknown_checking_proxy(values)) == values


def test_unknown_values_become_unknown_wherever_they_stand():
    proxy = unknown_checking_proxy(
        {
            "name": UNKNOWN_STRING_VALUE,
            "list": ["a", UNKNOWN_STRING_VALUE],
            "deep": [{"block": UNKNOWN_OBJECT_VALUE, "known": 1.0}],
            "array": UNKNOWN_ARRAY_VALUE,
        }
    )
    assert plain_properties(proxy) == {
        "name": UNKNOWN,
        "list": ["a", UNKNOWN],
        "deep": [{"block": UNKNOWN, "known": 1}],
        "array": UNKNOWN,
    }


def test_whole_numbers_become_integers_and_others_stay():
    numbers = plain([1.0, 0.5, float("inf")])
    assert numbers == [1, 0.5, float("inf")]
    assert isinstance(numbers, list)
    assert [type(number) for number in numbers] == [int, float, float]


def test_a_key_that_is_missing_is_none():
    block = Block("", {})
    assert block.get("key") is None
    assert block.text("key") is None
    assert block.block("key") is None
    assert block.blocks("key") == []


def test_a_block_names_its_path():
    config = Block("", {"variants": [{"scaling": {"max": 3}}]})
    (variant,) = config.blocks("variants")
    scaling = variant.block("scaling")
    assert scaling is not None
    assert scaling.at("max") == "variants[0].scaling.max"
    assert scaling.number("max") == 3


def test_an_unknown_block_answers_unknown_for_every_key():
    block = Block("variant", UNKNOWN)
    assert block.get("a") is UNKNOWN
    assert block.text("a") is UNKNOWN
    assert block.number("a") is UNKNOWN
    assert block.block("a") == Block("variant.a", UNKNOWN)
    assert block.blocks("a") == [Block("variant.a[*]", UNKNOWN)]


def test_an_unknown_list_is_one_unknown_block():
    assert Block("", {"a": UNKNOWN}).blocks("a") == [Block("a[*]", UNKNOWN)]


def test_an_unknown_element_of_a_list_is_an_unknown_block():
    assert Block("", {"a": [{}, UNKNOWN]}).blocks("a") == [
        Block("a[0]", {}),
        Block("a[1]", UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("values", "getter", "message"),
    [
        ({"a": 1}, "text", "b.a is of type int, expected str"),
        ({"a": "1"}, "number", "b.a is of type str, expected int"),
        ({"a": 0.5}, "number", "b.a is of type float, expected int"),
        ({"a": True}, "number", "b.a is of type bool, expected int"),
        ({"a": []}, "block", "b.a is of type list, expected dict"),
        ({"a": {}}, "blocks", "b.a is of type dict, expected list"),
        ({"a": [None]}, "blocks", "b.a[0] is of type NoneType, expected dict"),
    ],
)
def test_a_value_of_another_type_is_refused_by_path(values, getter, message):
    with pytest.raises(TypeError) as error:
        getattr(Block("b", values), getter)("a")
    assert str(error.value) == message


def test_a_stack_finds_its_resources_by_type():
    role, key = (Resource("", {}, token, f"urn:{token}") for token in ("role", "key"))
    assert Stack([role, key]).of_type("key") == [key]
    assert Stack([role, key]).of_types(["key", "role", "other"]) == [key, role]


def test_what_the_provider_fills_in_is_not_what_the_program_says():
    """At preview both are unknown, but only what the program says is fed by something."""
    values = {
        "name": "a",
        "computed": UNKNOWN,
        "fed": UNKNOWN,
        "block": {"set": 1, "computed": UNKNOWN, "deep": {"computed": UNKNOWN}},
        "fed_block": {"set": UNKNOWN},
        "list": [UNKNOWN, {"computed": UNKNOWN}],
    }
    fed = {"fed": ["urn"], "fed_block": ["urn"], "block": []}
    assert Resource("", values, "type", "urn", fed).stated().values == {
        "name": "a",
        "computed": None,
        "fed": UNKNOWN,
        "block": {"set": 1, "deep": {}},
        "fed_block": {"set": UNKNOWN},
        "list": [UNKNOWN, {}],
    }
    assert Resource("", UNKNOWN, "type", "urn").stated().values is UNKNOWN
