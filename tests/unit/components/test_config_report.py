"""How a fault reads, over a model that has one of each kind."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.config_report import SHOWN_CHARACTERS, mistake
from components.values import Name


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    speed: float = Field(gt=0)
    """Metres per second."""


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    leaves: dict[Name, Leaf] = Field(default={}, max_length=2)
    """Leaves by name."""
    names: list[str] = Field(default=["a"], min_length=1)
    """Names, in order."""
    root: Leaf = Leaf(speed=1)


def lines(value):
    with pytest.raises(ValidationError) as error:
        Tree.model_validate(value)
    return [mistake(fault, Tree, "ns") for fault in error.value.errors()]


LEAF = {"speed": 1.0}
LONG = "x" * 500

FAULTS = [
    ({"leaf": 1}, "leaf: unknown key, with the value 1. Allowed: the keys leaves, names, root. "
     "Remove it, or write leaves if that is meant."),
    ({"zzz": None}, "zzz: unknown key, with the value null. "
     "Allowed: the keys leaves, names, root. Remove it."),
    ({"root": {"a": 1, **LEAF}}, "root.a: unknown key, with the value 1. "
     "Allowed: the key speed. Remove it."),
    ({"root": {}}, "root.speed: missing. Allowed: Metres per second. Add it."),
    ({"root": 5}, "root: 5. Allowed: an object with the key speed. Write an object."),
    ({"leaves": []}, "leaves: []. Allowed: an object: Leaves by name. Write an object."),
    ({"leaves": {"a": 1}}, "leaves.a: 1. Allowed: an object with the key speed. Write an object."),
    ({"leaves": {"A": LEAF}}, 'leaves: the name "A". Allowed: 1 to 20 lower-case letters, digits '
     "and single dashes between them, a letter first. Rename it."),
    ({"leaves": dict.fromkeys("abc", LEAF)}, "leaves: an object. Allowed: 2 or fewer entries. "
     "Remove some."),
    ({"names": {}}, "names: {}. Allowed: a list: Names, in order. Write a list."),
    ({"names": []}, "names: []. Allowed: 1 or more entries. Add one."),
    ({"root": {"speed": -1.0}}, "root.speed: -1.0. Allowed: Metres per second. "
     "Input should be greater than 0."),
    ({"root": [LEAF]}, "root: a list. Allowed: an object with the key speed. Write an object."),
    ({"a.b": 1}, '["a.b"]: unknown key, with the value 1. '
     "Allowed: the keys leaves, names, root. Remove it."),
    ({"zé": "\ud800"}, '["z\\u00e9"]: unknown key, with the value "\\ud800". '
     "Allowed: the keys leaves, names, root. Remove it."),
    ({"zzz": LONG}, f'zzz: unknown key, with the value "{LONG[: SHOWN_CHARACTERS - 1]}.... '
     "Allowed: the keys leaves, names, root. Remove it."),
]  # fmt: skip


@pytest.mark.parametrize(("value", "line"), FAULTS)
def test_a_fault_reads_as_key_value_allowed_and_fix(value, line):
    assert lines(value) == [f"ns:{line}"]


def test_a_place_in_a_list_stands_in_brackets():
    assert lines({"names": ["a", 5]}) == [
        "ns:names[1]: 5. Allowed: Names, in order. Input should be a valid string."
    ]


def test_a_name_that_looks_like_the_librarys_own_mark_is_named_rightly():
    assert lines({"leaves": {"[key]": 1}})[1] == (
        'ns:leaves["[key]"]: 1. Allowed: an object with the key speed. Write an object.'
    )
