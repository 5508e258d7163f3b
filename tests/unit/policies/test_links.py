"""Parts of a stack that belong to others."""

import pytest

from gateway_policies.links import Links
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import made

BOOK = "aws:x:Book"
PAGE = "aws:x:Page"


def pages(book, *found):
    linked = Links([book, made(BOOK, "urn:other")], found, "book", own="name")
    of = linked.of(book)
    return of if of is UNKNOWN else [page.urn for page in of]


@pytest.mark.parametrize(
    ("book", "page", "linked"),
    [
        ({"name": "a"}, ({}, {"book": "a"}), ["page"]),
        ({"name": "a"}, ({}, {"book": "b"}), []),
        ({"name": "a"}, ({}, {}), []),
        ({"name": UNKNOWN}, ({"book": ["urn:book"]}, {"book": UNKNOWN}), ["page"]),
        ({"name": "a"}, ({"book": ["urn:book"]}, {"book": "arn:a"}), ["page"]),
        ({"name": "a"}, ({"book": ["urn:other"]}, {"book": UNKNOWN}), []),
        ({"name": "a"}, ({}, {"book": UNKNOWN}), UNKNOWN),
        ({"name": "a"}, ({"book": ["urn:stranger"]}, {"book": UNKNOWN}), UNKNOWN),
    ],
)
def test_a_part_is_found_by_name_or_by_what_feeds_it(book, page, linked):
    fed, fields = page
    assert pages(made(BOOK, "urn:book", **book), made(PAGE, "page", fed, **fields)) == linked


def test_both_may_be_named_by_a_third():
    book = made(BOOK, "urn:book", {"name": ["urn:random"]}, name=UNKNOWN)
    page = made(PAGE, "page", {"book": ["urn:random"]}, book=UNKNOWN)
    assert pages(book, page) == ["page"]


def test_a_part_found_twice_is_one():
    page = made(PAGE, "page", {"book": ["urn:book"]}, book="a")
    assert pages(made(BOOK, "urn:book", name="a"), page) == ["page"]


def test_one_that_is_found_is_enough_whatever_others_are():
    loose = made(PAGE, "loose", book=UNKNOWN)
    assert pages(made(BOOK, "urn:book", name="a"), loose, made(PAGE, "page", book="a")) == ["page"]
