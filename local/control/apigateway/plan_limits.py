"""Limits of usage plans: patches of those by method, and what they say to the data plane.

https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html
"""

from botocore.model import Shape

from local.api_gateway.quota import MAX_OFFSET, Period, Quota
from local.api_gateway.throttle import Limit
from local.api_gateway.usage import UsagePlan
from local.control.apigateway.patch import Operation, invalid, patched, steps
from local.control.records import Record
from local.control.service import AwsError


def patch_stages(plan: Record, operation: Operation, shape: Shape) -> None:
    """Applies an operation on apiStages. shape: the plan's.

    Stages join and leave by their name, which is the value; limits of their methods have paths, in
    which slashes may be escaped or not. Raises AwsError.
    """
    path = steps(operation)
    stages = plan.setdefault("apiStages", [])
    name = operation.get("value", "") if len(path) == 1 else path[1]
    api_id, _, stage_name = name.partition(":")
    named = [s for s in stages if (s["apiId"], s["stage"]) == (api_id, stage_name)]
    match operation["op"], path[2:3]:
        case "add", []:
            if not named:
                stages.append({"apiId": api_id, "stage": stage_name})
        case "remove", [] if named:
            stages.remove(named[0])
        case "replace" | "remove", ["throttle"] if named:
            method = f"/{'/'.join(path[3:-1]).strip('/')}".replace("/", "~1")
            inner = {**operation, "path": f"/throttle/{method}/{path[-1]}"}
            patched(named[0], [inner], shape.members["apiStages"].member)
        case _ if named:
            raise invalid(f"{operation['op']} of {operation['path']}: not on the local cloud")
        case _:
            raise AwsError("NotFoundException", f"API Stage not found: {name}")


def read_plan(plan: Record, stage: Record) -> UsagePlan:
    """What a plan allows on one of its stages. Raises AwsError."""
    limits = {method: read_limit(limit) for method, limit in stage.get("throttle", {}).items()}
    return UsagePlan(
        id=plan["id"],
        throttle=read_limit(plan.get("throttle")),
        method_throttles={method: limit for method, limit in limits.items() if limit},
        quota=read_quota(plan.get("quota")),
    )


def read_limit(throttle: Record | None) -> Limit | None:
    """A throttle. Raises AwsError for one that says less than rate and burst."""
    if not throttle:
        return None
    if {"rateLimit", "burstLimit"} - throttle.keys():
        raise invalid(
            f"Invalid throttle {throttle}: the local cloud needs rateLimit and burstLimit"
        )
    return Limit(throttle["rateLimit"], throttle["burstLimit"])


def read_quota(quota: Record | None) -> Quota | None:
    """A quota. Raises AwsError for one that AWS would refuse."""
    if not quota:
        return None
    if "limit" not in quota or quota.get("period") not in tuple(Period):
        raise invalid(f"Invalid quota {quota}: it has a limit, and a period of DAY, WEEK or MONTH")
    period, offset = Period(quota["period"]), quota.get("offset", 0)
    if not 0 <= offset <= MAX_OFFSET[period]:
        raise invalid(f"Invalid quota offset {offset}: for {period} 0 to {MAX_OFFSET[period]}")
    return Quota(quota["limit"], period, offset)
