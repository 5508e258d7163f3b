"""What API Gateway and WAF bill a REST API for.

https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/waf/pricing/
"""

from collections.abc import Iterator

from gateway_policies.cost.charge import (
    HOURS,
    Charge,
    Entry,
    Excluded,
    Traffic,
    Undecided,
    always,
    used,
)
from gateway_policies.resource import UNKNOWN, Resource, Stack
from gateway_policies.stages import STAGE, Apis

WEB_ACL = "aws:wafv2/webAcl:WebAcl"


def stage_charges(stage: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    """Requests, answers sent to the internet, the cache. Stages share the requests equally."""
    own = traffic.share(1 / len(stack.of_type(STAGE)))
    yield from request_charges(own, sent=Apis(stack).is_private(stage) is not True)
    cached, size = stage.get("cacheClusterEnabled"), stage.get("cacheClusterSize")
    if cached is UNKNOWN or (cached and size is UNKNOWN):
        yield Undecided("the cache of a stage")
    elif cached:
        yield Charge(f"REST cache {size} GB", always(HOURS))
    if stage.get("xrayTracingEnabled") in (True, UNKNOWN):
        yield Excluded("X-Ray traces")


def request_charges(traffic: Traffic, *, sent: bool = True) -> Iterator[Charge]:
    """Requests to a REST API. sent: whether the answers leave AWS."""
    yield Charge("REST requests", used(traffic.requests))
    if sent:
        yield Charge("transfer out", used(traffic.gigabytes))


def web_acl_charges(acl: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    """The list, each of its rules, and the requests, of which web ACLs get equal parts."""
    yield Charge("web ACL", always(1))
    if acl.get("rules") is UNKNOWN:
        yield Undecided("rules of a web ACL")
    else:
        yield Charge("web ACL rule", always(len(acl.blocks("rules"))))
    yield Charge("web ACL requests", used(traffic.requests / len(stack.of_type(WEB_ACL))))
