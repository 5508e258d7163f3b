"""What the List operations of SageMaker have in common: filters, order, pages.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpointConfigs.html
"""

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local.control.records import Record
from local.control.sagemaker.members import invalid

DEFAULT_PAGE = 10

_SORTED_BY = {"CreationTime": "CreationTime", "Status": "EndpointStatus"}


def listed(
    request: Record, summaries: Iterable[Record], *, result: str, name: str, arn: str, order: str
) -> Record:
    """A page of the summaries that the request's filters leave.

    result: member of the answer. name, arn: members of a summary; no other has the same ARN.
    order: where the request has no SortOrder. A page goes on after the last item of the one
    before, so that what is deleted or made between two pages shifts nothing.
    """
    member = _SORTED_BY.get(request.get("SortBy", "CreationTime"), name)
    found = {
        (_rank(summary[member]), summary[arn]): summary
        for summary in summaries
        if _wanted(request, summary, name)
    }
    descending = request.get("SortOrder", order) == "Descending"
    places = sorted(found, reverse=descending)
    if token := request.get("NextToken"):
        last = _decoded(token)
        places = [place for place in places if (place < last if descending else place > last)]
    page = places[: request.get("MaxResults", DEFAULT_PAGE)]
    answer: Record = {result: [found[place] for place in page]}
    if len(page) < len(places):
        answer["NextToken"] = base64.b64encode(json.dumps(page[-1]).encode()).decode()
    return answer


def _wanted(request: Record, summary: Record, name: str) -> bool:
    text: str = request.get("NameContains", "")
    return (
        text.lower() in summary[name].lower()
        and request.get("StatusEquals") in (None, summary.get("EndpointStatus"))
        and all(
            _within(request, summary[member], member)
            for member in ("CreationTime", "LastModifiedTime")
            if member in summary
        )
    )


def _within(request: Record, moment: datetime, member: str) -> bool:
    after, before = request.get(f"{member}After"), request.get(f"{member}Before")
    return (after is None or moment >= after) and (before is None or moment < before)


def _rank(value: Any) -> str:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def _decoded(token: str) -> tuple[str, str]:
    try:
        rank, key = json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise invalid(f"NextToken {token!r} is not one of this service's.") from error
    return str(rank), str(key)
