"""The data sources that our stack asks for."""

from collections.abc import Callable, Mapping

from local.aws import Aws
from local.provider.wire import Properties


def _caller_identity(aws: Aws, args: Properties) -> Properties:
    identity = aws.call("sts", "GetCallerIdentity", {})
    account = identity["Account"]
    return {
        "accountId": account,
        "arn": identity["Arn"],
        "userId": identity["UserId"],
        "id": account,
    }


def _region(aws: Aws, args: Properties) -> Properties:
    return {"id": aws.region, "name": aws.region, "region": aws.region, "description": aws.region}


def _partition(aws: Aws, args: Properties) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com"}


INVOKES: Mapping[str, Callable[[Aws, Properties], Properties]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
