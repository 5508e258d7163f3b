"""Which formats a request and its answer are in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from container.errors import MAX_BODY_BYTES, RequestError
from container.formats.media_types import Format, answer_format, negotiate, request_format

ALLOWED = "application/json, text/csv, application/jsonlines or application/x-npy"
TEXTS = "application/json, text/csv or application/jsonlines"


def accept(header: str) -> MIMEAccept:
    return parse_accept_header(header, MIMEAccept)


@pytest.mark.parametrize(
    ("media_type", "charset", "expected"),
    [
        ("application/json", None, Format.JSON),
        ("application/json", "UTF-8", Format.JSON),
        ("text/csv", "utf-8", Format.CSV),
        ("application/jsonlines", None, Format.JSON_LINES),
        ("application/x-npy", None, Format.NPY),
        ("", None, Format.JSON),
    ],
)
def test_a_request_is_read_as_its_content_type_says(media_type, charset, expected):
    assert request_format(media_type, charset) is expected


def test_an_unknown_media_type_is_refused_with_those_that_are_known():
    with pytest.raises(RequestError) as error:
        request_format("image/png", None)
    assert error.value.status == 415
    assert error.value.message == (f'Content-Type: "image/png" is not supported. Send {ALLOWED}.')


def test_another_charset_is_refused_rather_than_misread():
    with pytest.raises(RequestError) as error:
        request_format("text/csv", "utf-16")
    assert error.value.status == 415
    assert error.value.message == ('Content-Type: charset "utf-16" is not supported. Send UTF-8.')


@pytest.mark.parametrize("requested", Format)
@pytest.mark.parametrize("header", ["", "*/*", ALLOWED.replace(" or ", ", "), "*/*;q=0.1"])
def test_between_equals_the_answer_follows_the_request(header, requested):
    assert answer_format(accept(header), requested) is requested


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/csv", Format.CSV),
        ("TEXT/CSV; charset=utf-8", Format.CSV),
        ("text/*", Format.CSV),
        ("application/jsonlines", Format.JSON_LINES),
        ("application/json;q=0.5, text/csv;q=0.9", Format.CSV),
        ("text/csv;q=0, application/jsonlines;q=0, application/x-npy;q=0, */*", Format.JSON),
        ("text/html, application/json;q=0.1", Format.JSON),
    ],
)
@pytest.mark.parametrize("requested", Format)
def test_the_answer_is_what_the_client_accepts_most(header, expected, requested):
    assert answer_format(accept(header), requested) is expected


@pytest.mark.parametrize("header", ["text/html", "*/*;q=0"])
def test_an_accept_that_allows_no_answer_is_refused(header):
    with pytest.raises(RequestError) as error:
        answer_format(accept(header), Format.JSON)
    assert error.value.status == 406
    assert error.value.message == (
        f'Accept: "{header.partition(";")[0]}" allows no answer. Accept {TEXTS}.'
    )


@pytest.mark.parametrize(
    ("content_type", "accept_header", "expected"),
    [
        (None, None, (Format.JSON, Format.JSON)),
        ("Text/CSV; charset=UTF-8", None, (Format.CSV, Format.CSV)),
        ("application/x-npy", "*/*", (Format.NPY, Format.NPY)),
        ("text/csv", "application/x-npy, text/csv;q=0.9", (Format.CSV, Format.CSV)),
        ("application/x-npy", "text/csv;q=0.9, application/x-npy", (Format.NPY, Format.NPY)),
        ("text/csv", "application/*", (Format.CSV, Format.JSON)),
    ],
)
def test_both_formats_are_told_by_the_headers(content_type, accept_header, expected):
    assert negotiate(content_type, accept_header) == expected


def test_another_charset_in_the_header_is_refused():
    with pytest.raises(RequestError) as error:
        negotiate('text/csv; charset="utf-16"', None)
    assert error.value.status == 415


HEADERS = (
    st.none()
    | st.text(st.characters(codec="latin-1"))
    | st.text(st.sampled_from("*/textcsv,;q=0.19 \"'charset"))
)


@given(HEADERS, HEADERS)
def test_any_headers_are_two_formats_or_a_small_refusal(content_type, accept_header):
    try:
        requested, answer = negotiate(content_type, accept_header)
    except RequestError as error:
        refused = error
    else:
        assert requested in Format
        assert answer in Format
        return
    assert refused.status in {406, 415}
    assert len(refused.to_json()) < MAX_BODY_BYTES
