import json

import pytest

from gateway_policies.report.positions import DigestError, Position, positions
from tests.unit.policies.report.recorded import DIGEST, ENDPOINT, STAGE

AWS = "urn:pulumi:local::ml-gateway::pulumi:providers:aws::aws"


def digest(*frames: str) -> str:
    first, *rest = frames
    state = {"sourcePosition": first, "stackTrace": [{"sourcePosition": one} for one in rest]}
    return json.dumps({"steps": [{"urn": "u", "newState": state}]})


def test_a_recorded_preview_says_which_line_makes_what():
    found = positions(DIGEST.read_text())
    assert found[ENDPOINT] == Position("components/model_endpoint.py", 197)
    assert found[STAGE] == Position("components/api/api_stage.py", 107)


def test_what_a_library_makes_is_of_the_line_that_calls_the_library():
    assert positions(DIGEST.read_text())[AWS] == Position("__main__.py", 98)


@pytest.mark.parametrize(
    ("frames", "found"),
    [
        (["project:///a%20b.py#3,7"], {"u": Position("a%20b.py", 3)}),
        (["project:///.venv/lib/site-packages/x.py#1"], {}),
        (["project:///node_modules/x/index.js#1"], {}),
        (["project:///../lib.py#1", "project:///a.py#2"], {"u": Position("a.py", 2)}),
        (["project:///a.py#0", "file:///b.py#1"], {}),
    ],
)
def test_only_lines_of_the_project_count(frames, found):
    assert positions(digest(*frames)) == found


def test_lines_of_the_engine_above_the_json_are_passed_over():
    above = "Downloading plugin aws-7.51.0: 10 MiB\n"
    assert positions(above + digest("project:///a.py#3")) == {"u": Position("a.py", 3)}


def test_what_is_deleted_is_made_nowhere():
    assert positions('{"steps": [{"urn": "u"}]}') == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Previewing update", "it is no JSON (Expecting value: line 1 column 1 (char 0))"),
        ('{"steps": [1]}', "a step is 1, and not an object"),
        ("{}", "steps is missing"),
        ('{"steps": {}}', "steps is {}, and not a list"),
        ('{"steps": [{}]}', "urn is null, and not a text"),
    ],
)
def test_a_file_of_another_kind_is_refused(text, wrong):
    with pytest.raises(DigestError) as error:
        positions(text)
    assert str(error.value) == (
        f"not what pulumi preview --json prints: {wrong}. Run the preview again."
    )
