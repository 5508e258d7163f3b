import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.payload import ContentHandling, becomes_binary, convert, encode

TO_BINARY, TO_TEXT = ContentHandling


@pytest.mark.parametrize(
    ("is_binary", "to_binary", "payload"),
    [
        (False, False, "YWI="),
        (False, True, b"ab"),
        (True, True, b"YWI="),
        (True, False, "WVdJPQ=="),
    ],
)
def test_what_crosses_between_text_and_binary_does_so_as_base64(is_binary, to_binary, payload):
    assert convert(b"YWI=", is_binary=is_binary, to_binary=to_binary) == payload


@given(st.binary())
def test_what_became_text_becomes_binary_again(body):
    text = convert(body, is_binary=True, to_binary=False)
    assert convert(encode(text), is_binary=False, to_binary=True) == body
    assert text == base64.b64encode(body).decode()


def test_a_text_that_is_not_base64_becomes_no_binary():
    with pytest.raises(ValueError, match="Invalid base64-encoded string"):
        convert(b"a", is_binary=False, to_binary=True)


def test_bytes_that_are_no_text_are_replaced():
    assert convert(b"\xffa", is_binary=False, to_binary=False) == "\ufffda"
    assert encode("a\ud83d") == b"a?"


@pytest.mark.parametrize(
    ("handling", "otherwise", "binary"),
    [
        (None, True, True),
        (None, False, False),
        (TO_BINARY, False, True),
        (TO_TEXT, True, False),
    ],
)
def test_what_is_said_of_a_payload_counts_before_its_type(handling, otherwise, binary):
    assert becomes_binary(handling, otherwise=otherwise) is binary
