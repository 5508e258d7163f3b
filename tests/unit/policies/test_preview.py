import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.json_object import JsonError
from gateway_policies.preview import digest, steps

STEPS = [{"op": "same", "urn": "urn:{stack}"}, {"op": "create", "urn": "urn:new"}]
LINES = st.lists(st.text().filter(lambda line: not line.startswith("{")), max_size=3)


@given(LINES, st.sampled_from([None, 4]))
def test_the_steps_are_read_whatever_lines_stand_above_the_json(lines, indent):
    above = "".join(f"{line.replace(chr(10), ' ')}\n" for line in lines)
    printed = json.dumps({"config": {"a": "{"}, "steps": STEPS}, indent=indent)
    assert [step.values for step in steps(digest(f"{above}{printed}\n"))] == STEPS


def test_a_brace_within_a_line_above_begins_nothing():
    above = "Downloading plugin {aws}: 7.51.0\n"
    assert len(steps(digest(above + json.dumps({"steps": STEPS}, indent=4)))) == len(STEPS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is no JSON (Expecting value: line 1 column 1 (char 0))"),
        ("Downloading plugin\n", "it is no JSON (Expecting value: line 1 column 1 (char 0))"),
        ("{}", "steps is missing"),
        ('{"steps": 3}', "steps is 3, and not a list"),
        ('{"steps": [3]}', "a step is 3, and not an object"),
        ('{"steps": []}\nerror: oops', "it is no JSON (Extra data: line 2 column 1 (char 14))"),
    ],
)
def test_what_is_no_preview_is_refused_with_what_is_wrong(text, wrong):
    with pytest.raises(JsonError) as error:
        steps(digest(text))
    assert str(error.value) == wrong
