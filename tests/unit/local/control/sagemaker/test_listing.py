from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.control.sagemaker.listing import listed
from local.control.service import AwsError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def summary(name, minutes=0, status="InService"):
    moment = NOON + timedelta(minutes=minutes)
    return {
        "EndpointName": name,
        "EndpointArn": f"arn:{name.lower()}",
        "EndpointStatus": status,
        "CreationTime": moment,
        "LastModifiedTime": moment,
    }


SUMMARIES = [summary("b", 1), summary("A", 2, "Updating"), summary("c", 0)]


def page(request, summaries=SUMMARIES):
    return listed(
        request,
        summaries,
        result="Endpoints",
        name="EndpointName",
        arn="EndpointArn",
        order="Descending",
    )


def names(request, summaries=SUMMARIES):
    return [found["EndpointName"] for found in page(request, summaries)["Endpoints"]]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, ["A", "b", "c"]),
        ({"SortOrder": "Ascending"}, ["c", "b", "A"]),
        ({"SortBy": "Name", "SortOrder": "Ascending"}, ["A", "b", "c"]),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, ["b", "c", "A"]),
        ({"NameContains": "a"}, ["A"]),
        ({"StatusEquals": "InService"}, ["b", "c"]),
        ({"CreationTimeAfter": NOON + timedelta(minutes=1)}, ["A", "b"]),
        ({"CreationTimeBefore": NOON + timedelta(minutes=1)}, ["c"]),
        ({"LastModifiedTimeAfter": NOON + timedelta(minutes=2)}, ["A"]),
    ],
)
def test_filters_and_order(request_, expected):
    assert names(request_) == expected


def test_ten_come_on_a_page_unless_the_request_says_otherwise():
    many = [summary(f"e{number:02}", number) for number in range(11)]
    assert len(page({}, many)["Endpoints"]) == 10
    assert "NextToken" not in page({"MaxResults": 11}, many)


def test_the_next_page_misses_nothing_when_an_item_of_the_last_one_is_deleted():
    many = [summary(name) for name in "abcd"]
    first = page({"MaxResults": 2, "SortOrder": "Ascending"}, many)
    rest = {"NextToken": first["NextToken"], "SortOrder": "Ascending"}
    assert names(rest, [summary(name) for name in "bcd"]) == ["c", "d"]


def test_a_token_of_somebody_else_is_refused():
    with pytest.raises(AwsError, match="^NextToken 'x' is not one of this service's.$"):
        page({"NextToken": "x"})


@given(
    moments=st.lists(st.integers(0, 5), max_size=12),
    size=st.integers(1, 4),
    order=st.sampled_from(["Ascending", "Descending"]),
    by=st.sampled_from(["Name", "CreationTime", "Status"]),
)
def test_pages_together_are_the_whole_list(moments, size, order, by):
    many = [summary(f"e{number}", moment) for number, moment in enumerate(moments)]
    request = {"SortOrder": order, "SortBy": by}
    whole = names({**request, "MaxResults": 100}, many)
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = page({**request, "MaxResults": size, **token}, many)
        found += [item["EndpointName"] for item in answer["Endpoints"]]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert found == whole
    assert sorted(found) == sorted(item["EndpointName"] for item in many)
