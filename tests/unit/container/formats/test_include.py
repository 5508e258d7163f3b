"""Which extras a header asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import RequestError
from container.formats.include import attribute_extras
from container.predictions import Extra
from tests.unit.container.formats.samples import refusal


@pytest.mark.parametrize(
    ("attributes", "extras"),
    [
        (None, set()),
        ("", set()),
        ("trace=1", set()),
        ("trace", set()),
        ("included=x", set()),
        ("include=set", {"set"}),
        ("include=contributions,set", {"contributions", "set"}),
        ("trace=include=x; include = set , intervals ;a", {"set", "intervals"}),
        ("include=set;include=intervals", {"set", "intervals"}),
    ],
)
def test_extras_are_asked_for_among_other_attributes(attributes, extras):
    assert attribute_extras(attributes) == extras


@pytest.mark.parametrize(
    ("attributes", "unknown"),
    [("include", ""), ("include=", ""), ("include=set,", ""), ("include=Set", "Set")],
)
def test_an_unknown_extra_is_refused_by_name(attributes, unknown):
    assert refusal(attribute_extras, attributes) == {
        "code": "InvalidRequest",
        "message": f'X-Amzn-SageMaker-Custom-Attributes: include: "{unknown}" is unknown. '
        "Allowed: contributions, set, intervals.",
    }


@given(st.text(st.characters(codec="latin-1")) | st.text(st.sampled_from("include=set;, ")))
def test_any_text_is_extras_or_a_refusal(attributes):
    try:
        extras = attribute_extras(attributes)
    except RequestError as error:
        refused = error
    else:
        assert extras <= set(Extra)
        return
    assert refused.status == 400
