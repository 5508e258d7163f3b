"""Tags of API Gateway's resources, which are members of their records.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging.html
"""

import re
from collections.abc import Mapping

from local.control.records import Record, Records
from local.control.service import AwsError, Handler

_ARN = re.compile(r"arn:[a-z-]+:apigateway:[a-z0-9-]+::/(?P<path>.+)")


class Tagging:
    """The tag operations. records: by what an ARN's path is made of, as "restapis/stages"."""

    def __init__(self, records: Mapping[str, Records]) -> None:
        self._records = records

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {"TagResource": self._tag, "UntagResource": self._untag, "GetTags": self._get}

    def _tag(self, request: Record) -> None:
        records, key = self._resource(request)
        records.update(key, {"tags": records.get(key).get("tags", {}) | request["tags"]})

    def _untag(self, request: Record) -> None:
        records, key = self._resource(request)
        tags = records.get(key).get("tags", {})
        kept = {name: value for name, value in tags.items() if name not in request["tagKeys"]}
        records.update(key, {"tags": kept})

    def _get(self, request: Record) -> Record:
        records, key = self._resource(request)
        return {"tags": records.get(key).get("tags", {})}

    def _resource(self, request: Record) -> tuple[Records, list[str]]:
        """Records and key of an ARN, as of .../restapis/{id}/stages/{name}."""
        arn = request["resourceArn"]
        path = match["path"].split("/") if (match := _ARN.fullmatch(arn)) else []
        records = self._records.get("/".join(path[::2]))
        if records is None or len(path) % 2:
            raise AwsError("BadRequestException", f"Invalid resource ARN {arn!r}")
        return records, path[1::2]
