import pytest

from local.provider import wire
from local.provider.coverage import PropertyRefused, paths, refused
from local.provider.types import RESOURCE_TYPES

LISTED = paths("""
    name settings
    variants.modelName variants.serverless.memory
""")


def test_paths_are_written_with_spaces_between_them():
    assert {"name", "settings", "variants.modelName", "variants.serverless.memory"} == LISTED


@pytest.mark.parametrize(
    "properties",
    [
        {"name": "a"},
        {"settings": {"any": {"thing": 1}}},
        {"variants": [{"modelName": "a"}, {"serverless": {"memory": 1}}]},
        {"variants": wire.UNKNOWN, "name": wire.UNKNOWN},
        {"colour": None},
    ],
    ids=["a name", "below", "in a list", "unknown", "absent"],
)
def test_what_a_listed_path_covers_is_taken(properties):
    assert list(refused(properties, LISTED)) == []


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"colour": "red"}, "colour"),
        ({"variants": [{"modelName": "a"}, {"colour": 1}]}, "variants.colour"),
        ({"variants": [{"serverless": {"memory": 1, "speed": 2}}]}, "variants.serverless.speed"),
        ({"nameless": "a"}, "nameless"),
    ],
)
def test_what_no_listed_path_covers_is_refused(properties, path):
    assert list(refused(properties, LISTED)) == [path]


def test_a_type_refuses_by_name_what_it_neither_uses_nor_keeps():
    endpoint = RESOURCE_TYPES["aws:sagemaker/endpoint:Endpoint"]
    endpoint.refuse_unknown({"name": "e", "tags": {}, "region": "r", "__defaults": []})
    with pytest.raises(PropertyRefused) as error:
        endpoint.refuse_unknown({"name": "e", "retainAllVariantProperties": True})
    assert error.value.property == "retainAllVariantProperties"
    assert str(error.value) == (
        "retainAllVariantProperties: the local cloud does not have this property of "
        "aws:sagemaker/endpoint:Endpoint"
    )
