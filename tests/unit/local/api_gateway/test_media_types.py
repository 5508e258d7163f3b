import pytest

from local.api_gateway.media_types import is_binary, media_type


@pytest.mark.parametrize(
    ("header", "type_"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("Text/CSV; charset=utf-8", "text/csv"),
        (" application/jsonlines ", "application/jsonlines"),
    ],
)
def test_a_media_type_is_without_its_parameters(header, type_):
    assert media_type(header) == type_


@pytest.mark.parametrize(
    ("types", "header", "binary"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("Image/PNG",), "image/png; q=1", True),
        (("image/png",), "image/jpeg", False),
        (("image/*",), "image/jpeg", True),
        (("*/*",), None, True),
        (("image/webp",), "image/webp,text/html;q=0.8", True),
        (("text/html",), "image/webp,text/html;q=0.8", False),
    ],
)
def test_of_several_types_the_first_says_whether_it_is_binary(types, header, binary):
    assert is_binary(types, header) is binary
