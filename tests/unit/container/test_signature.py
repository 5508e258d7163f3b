"""What follows from a signature."""

import math

from container.signature import Feature, Signature

SIGNATURE = Signature(
    (
        Feature("size, total", range=(1.5, 2.5)),
        Feature("colour", categories=("red", "a,[b,{", "c,")),
        Feature("weight"),
    ),
    ("yes", "no"),
)


def test_names_codes_and_bounds_are_in_the_models_order():
    assert SIGNATURE.names == ("size, total", "colour", "weight")
    assert [*SIGNATURE.codes] == [None, {"red": 0, "a,[b,{": 1, "c,": 2}, None]
    assert SIGNATURE.bounds == ((0, 1.5, 2.5), (1, 0, math.inf))


def test_a_signature_is_numeric_without_categories():
    assert not SIGNATURE.numeric
    assert Signature(SIGNATURE.features[::2], ("yes", "no")).numeric


def test_the_texts_of_a_record_bound_its_brackets_and_commas():
    assert SIGNATURE.brackets_in_texts == 2
    assert SIGNATURE.commas_in_texts == 3
