import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.control.apigateway.paging import page
from local.control.service import AwsError


@given(st.integers(0, 30), st.integers(1, 12))
def test_pages_give_every_item_once(count, limit):
    items = [{"id": str(number)} for number in range(count)]
    seen, request = [], {"limit": limit}
    while True:
        found = page(items, request)
        seen += found["items"]
        if "position" not in found:
            break
        request["position"] = found["position"]
    assert seen == items


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"limit": 0}, "limit: 0. Allowed: 1 to 500."),
        ({"limit": 501}, "limit: 501. Allowed: 1 to 500."),
        ({"position": "here"}, "Invalid position parameter 'here'"),
    ],
)
def test_what_is_no_page_is_refused(request_, message):
    with pytest.raises(AwsError) as refusal:
        page([], request_)
    assert str(refusal.value) == message


def test_botocores_paginator_goes_through_all(gateway):
    for number in range(27):
        gateway.create_rest_api(name=str(number))
    pages = list(gateway.get_paginator("get_rest_apis").paginate())
    assert [len(found["items"]) for found in pages] == [25, 2]
