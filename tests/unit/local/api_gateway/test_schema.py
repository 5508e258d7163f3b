import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.json_reader import DocumentError, Node
from local.api_gateway.schema import check_models, parse_model

NO_SCHEMAS = Node("components.schemas", {})


def faults(schema, value, schemas=NO_SCHEMAS):
    return parse_model(Node("schema", schema), schemas)(value)


@pytest.mark.parametrize(
    ("schema", "value", "fault"),
    [
        (
            {"type": "number"}, "a",
            "instance type (string) does not match any allowed primitive type "
            '(allowed: ["integer","number"])',
        ),
        (
            {"type": ["object", "null"]}, True,
            "instance type (boolean) does not match any allowed primitive type "
            '(allowed: ["null","object"])',
        ),
        (
            {"type": "integer"}, 1.0,
            "instance type (number) does not match any allowed primitive type "
            '(allowed: ["integer"])',
        ),
        (
            {"required": ["b", "a", "c"]}, {"c": 1},
            'object has missing required properties (["a","b"])',
        ),
        (
            {"properties": {"a": {}}, "additionalProperties": False}, {"z": 1, "a": 1, "y": 2},
            'object instance has properties which are not allowed by the schema: ["y","z"]',
        ),
        (
            {"enum": ["cat", 1, None]}, "dog",
            'instance value ("dog") not found in enum (possible values: ["cat",1,null])',
        ),
        ({"enum": [1]}, True, "instance value (true) not found in enum (possible values: [1])"),
        (
            {"minimum": 25.5}, 25,
            "numeric instance is lower than the required minimum (minimum: 25.5, found: 25)",
        ),
        (
            {"maximum": 500}, 500.5,
            "numeric instance is greater than the required maximum (maximum: 500, found: 500.5)",
        ),
        (
            {"minLength": 3}, "ab",
            'string "ab" is too short (length: 2, required minimum: 3)',
        ),
        (
            {"maxLength": 1}, "ab",
            'string "ab" is too long (length: 2, maximum allowed: 1)',
        ),
        (
            {"pattern": "^[a-z]+$"}, "A",
            'ECMA 262 regex "^[a-z]+$" does not match input string "A"',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_as_aws_says_it(schema, value, fault):
    assert faults(schema, value) == [fault]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, None),
        ({"type": "number"}, 1),
        ({"required": ["a"]}, "not an object"),
        ({"minimum": 1, "maxLength": 0, "pattern": "x"}, True),
        ({"minimum": 1}, 1),
        ({"enum": [{"a": [1]}]}, {"a": [1]}),
        ({"additionalProperties": {"type": "string"}}, {"any": "text"}),
        ({"items": {"type": "string"}}, {"0": 1}),
    ],
)
def test_a_keyword_concerns_values_of_its_own_type(schema, value):
    assert faults(schema, value) == []


def test_a_list_may_have_any_length_as_on_aws_after_an_import():
    assert faults({"type": "array", "minItems": 1, "maxItems": 1}, []) == []
    assert faults({"type": "array", "minItems": 1, "maxItems": 1}, [1, 2]) == []


def test_what_is_inside_is_looked_at_once_the_value_itself_is_right():
    schema = {
        "type": "object",
        "required": ["rows"],
        "properties": {"rows": {"type": "array", "items": {"type": "array"}}},
    }
    assert faults(schema, {}) == ['object has missing required properties (["rows"])']
    wrong = 'instance type ({}) does not match any allowed primitive type (allowed: ["array"])'
    assert faults(schema, {"rows": [1, [], "x"]}) == [
        wrong.format("integer"),
        wrong.format("string"),
    ]


def test_a_reference_is_the_schema_that_it_names():
    schemas = Node("s", {"Rows": {"$ref": "#/components/schemas/List"}, "List": {"type": "array"}})
    schema = {"properties": {"rows": {"$ref": "#/components/schemas/Rows"}}}
    assert faults(schema, {"rows": []}, schemas) == []
    assert len(faults(schema, {"rows": 1}, schemas)) == 1


@pytest.mark.parametrize(
    ("schemas", "message"),
    [
        (
            {"An_A": {}},
            "s.An_A: {} is not supported. Supported: model names of letters and digits, not An_A.",
        ),
        (
            {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}},
            's.A.properties.b["$ref"]: "#/components/schemas/B" is not supported. '
            "Supported: #/components/schemas/A.",
        ),
        (
            {"A": {"items": {"$ref": "#/components/schemas/A"}}},
            's.A.items["$ref"]: "#/components/schemas/A" is not supported. '
            "Supported: references that do not lead back to where they stand.",
        ),
        (
            {"A": {"format": "date"}},
            's.A.format: "date" is not supported. Supported: the keys type, required, enum, '
            "minimum, maximum, minLength, maxLength, pattern, properties, additionalProperties, "
            "items, title, description, minItems, maxItems.",
        ),
        (
            {"A": {"pattern": "["}},
            's.A.pattern: "[" is not supported. Supported: a regular expression '
            "(unterminated character set at position 0).",
        ),
        (
            {"A": {"minimum": "1"}},
            's.A.minimum: "1" is not supported. Supported: a number.',
        ),
    ],
)
def test_what_cannot_be_a_model_is_refused_by_name(schemas, message):
    with pytest.raises(DocumentError) as refusal:
        check_models(Node("s", schemas))
    assert str(refusal.value) == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_a_value_fits_the_schema_that_describes_just_it(value):
    def described(value):
        if isinstance(value, dict):
            return {
                "type": "object",
                "required": list(value),
                "properties": {name: described(item) for name, item in value.items()},
                "additionalProperties": False,
            }
        return {"enum": [value]}

    assert faults(described(value), json.loads(json.dumps(value))) == []
    if isinstance(value, dict):
        assert len(faults(described(value), {**value, f"{max(value, default='')}x": 1})) == 1
