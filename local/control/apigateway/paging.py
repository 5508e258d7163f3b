"""Lists in pages, as API Gateway's Get*s operations give them.

https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
"""

from collections.abc import Iterable

from local.control.records import Record
from local.control.service import AwsError

DEFAULT_LIMIT = 25
MAX_LIMIT = 500


def page(items: Iterable[Record], request: Record) -> Record:
    """The items from the request's position on, at most its limit, and where the next page begins.

    Raises AwsError for a position that no page had, or a limit that AWS does not take.
    """
    found = list(items)
    limit, position = request.get("limit", DEFAULT_LIMIT), request.get("position", "0")
    if not 1 <= limit <= MAX_LIMIT:
        raise AwsError("BadRequestException", f"limit: {limit}. Allowed: 1 to {MAX_LIMIT}.")
    if not (position.isascii() and position.isdigit()):
        raise AwsError("BadRequestException", f"Invalid position parameter {position!r}")
    start = int(position)
    end = start + limit
    return {"items": found[start:end]} | ({"position": str(end)} if end < len(found) else {})
