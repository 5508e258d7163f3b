"""How a fault reads, over a model that has one of each kind."""

from typing import Annotated, Self

import pytest
from pydantic import Field, ValidationError, model_validator

from components.config.faults import mistake_of
from components.config.report import SHOWN_CHARACTERS
from components.config.strict import Strict, exactly_one
from components.config.values import Name


class Leaf(Strict):
    speed: Annotated[float, Field(gt=0)]
    """Metres
    per second."""


class Pot(Strict):
    top_width: float | None = None
    """Metres."""
    volume: float | None = None
    """Litres."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        exactly_one(self, "topWidth", "volume")
        return self


class Tree(Strict):
    leaves: Annotated[dict[Name, Leaf], Field(max_length=2)] = {}
    """Leaves by name."""
    names: Annotated[list[str], Field(min_length=1)] = ["a"]
    """Names, in order."""
    root: Leaf = Leaf(speed=1)
    """Where it starts."""
    in_pot: Annotated[Pot | None, Field(alias="pot")] = None
    """Its pot."""
    fallen_leaves: Annotated[list[Leaf], Field(min_length=1)] | None = None
    """Leaves on the ground."""
    evergreen: bool = True
    """Whether it keeps them."""


def lines(value):
    with pytest.raises(ValidationError) as error:
        Tree.model_validate(value)
    return [mistake_of(fault, Tree).line("ns") for fault in error.value.errors()]


KEYS = "the keys leaves, names, root, pot, fallenLeaves, evergreen"
LEAF = {"speed": 1.0}
LONG = "x" * 500

FAULTS = [
    ({"leaf": 1}, f"leaf: unknown key, with the value 1. Allowed: {KEYS}. "
     "Remove it, or write leaves if that is meant."),
    ({"zzz": None}, "zzz: unknown key, with the value null. "
     f"Allowed: {KEYS}. Remove it."),
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
     "Correct it."),
    ({"root": [LEAF]}, "root: a list. Allowed: an object with the key speed. Write an object."),
    ({"a.b": 1}, '["a.b"]: unknown key, with the value 1. '
     f"Allowed: {KEYS}. Remove it."),
    ({"zé": "\ud800"}, '["z\\u00e9"]: unknown key, with the value "\\ud800". '
     f"Allowed: {KEYS}. Remove it."),
    ({"zzz": LONG}, f'zzz: unknown key, with the value "{LONG[: SHOWN_CHARACTERS - 1]}.... '
     f"Allowed: {KEYS}. Remove it."),
    ({"evergreen": "yes"}, 'evergreen: "yes". Allowed: true or false. '
     "Write true or false."),
    ({"pot": 5}, "pot: 5. Allowed: an object with the keys topWidth, volume. Write an object."),
    ({"pot": {}}, "pot: none of them. Allowed: exactly one of topWidth or volume. Add one."),
    ({"pot": {"topWidth": 1.0, "volume": 2.0}}, "pot: topWidth and volume. "
     "Allowed: exactly one of topWidth or volume. Remove the others."),
    ({"pot": {"top_width": 1.0}}, "pot.top_width: unknown key, with the value 1.0. "
     "Allowed: the keys topWidth, volume. Remove it, or write topWidth if that is meant."),
    ({"inPot": {}}, f"inPot: unknown key, with the value {{}}. Allowed: {KEYS}. "
     "Remove it, or write pot if that is meant."),
    ({"fallenLeaves": {}}, "fallenLeaves: {}. Allowed: a list: Leaves on the ground. "
     "Write a list."),
    ({"fallenLeaves": []}, "fallenLeaves: []. Allowed: 1 or more entries. Add one."),
    ({"fallenLeaves": [LEAF, {}]}, "fallenLeaves[1].speed: missing. Allowed: Metres per second. "
     "Add it."),
]  # fmt: skip


@pytest.mark.parametrize(("value", "line"), FAULTS)
def test_a_fault_reads_as_key_value_allowed_and_fix(value, line):
    assert lines(value) == [f"ns:{line}"]


def test_a_place_in_a_list_stands_in_brackets():
    assert lines({"names": ["a", 5]}) == ["ns:names[1]: 5. Allowed: Names, in order. Correct it."]


def test_a_name_that_looks_like_the_librarys_own_mark_is_named_rightly():
    assert lines({"leaves": {"[key]": 1}})[1] == (
        'ns:leaves["[key]"]: 1. Allowed: an object with the key speed. Write an object.'
    )
