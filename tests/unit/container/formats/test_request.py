"""Every format gives the same rows and takes extras by header."""

import io
import json

import numpy as np
import pytest

from container.formats.media_types import Format
from container.formats.request import parse_request
from container.predictions import Extra
from tests.unit.container.formats.samples import MIXED, PAIR, refusal

SAVED = io.BytesIO()
np.save(SAVED, np.array([[1, 2], [3, 4]], dtype=np.float32))

BODIES = [
    (Format.JSON, b'{"instances": [[1, 2], [3, 4]]}'),
    (Format.JSON, b'{"instances": [{"b": 2, "a": 1}, [3, 4]]}'),
    (Format.CSV, b"1,2\n3,4\n"),
    (Format.CSV, b"b,a\r\n2,1\r\n4,3\r\n"),
    (Format.JSON_LINES, b'[1, 2]\n{"b": 4, "a": 3}\n'),
    (Format.NPY, SAVED.getvalue()),
]


@pytest.mark.parametrize("attributes", [None, "include=set"])
@pytest.mark.parametrize(("requested", "body"), BODIES)
def test_rows_are_the_same_in_every_format(requested, body, attributes):
    extras = frozenset([Extra.SET] if attributes else [])
    assert parse_request(requested, body, PAIR, attributes) == ([[1, 2], [3, 4]], extras)


def test_extras_of_body_and_header_add_up():
    body = json.dumps({"instances": [[1, 2]], "include": ["intervals"]}).encode()
    _, include = parse_request(Format.JSON, body, PAIR, "include=set")
    assert include == {Extra.SET, Extra.INTERVALS}


def test_numbers_for_texts_are_refused_in_json_however_plain():
    refused = refusal(parse_request, Format.JSON, b'{"instances":[[1,2,3]]}', MIXED, None)
    assert (refused["code"], refused["column"]) == ("InvalidCell", 1)
