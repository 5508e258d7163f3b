"""Rules for the web application firewall before an API."""

import json

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.links import Links
from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Block, Resource, Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    rule,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.stages import STAGE, Apis

ASSOCIATIONS = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafregional/webAclAssociation:WebAclAssociation",
)
_DOCS = "https://docs.aws.amazon.com"
_ALLOWED = "an association with a web ACL"


@stack_rule(
    Control(
        id="api-waf",
        title="A web ACL stands before every public stage",
        family=Family.NETWORK,
        severity=Severity.MEDIUM,
        standards=("CKV2_AWS_29", "APIGateway.4", "AwsSolutions-APIG3"),
        fix="Associate a web ACL with the stage's ARN.",
        url=f"{_DOCS}/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def api_waf(stack: Stack, _: Limits) -> Findings:
    """Known attacks and floods are cheaper to refuse there than to answer."""
    associations = Links(
        stack.of_type(STAGE), stack.of_types(ASSOCIATIONS), "resourceArn", own="arn"
    )
    by_id = {
        arn.split("::")[-1]
        for found in stack.of_types(ASSOCIATIONS)
        if isinstance(arn := found.get("resourceArn"), str)
    }
    apis = Apis(stack)
    for stage in stack.of_type(STAGE):
        # arn:aws:apigateway:eu-central-1::/restapis/ID/stages/NAME
        address = f"/restapis/{stage.get('restApi')}/stages/{stage.get('stageName')}"
        found = associations.of(stage)
        if address in by_id or (found is not UNKNOWN and found):
            continue
        private = apis.is_private(stage)
        if UNKNOWN in (found, private) and private is not True:
            seen = "none" if found is not UNKNOWN else "one whose stage is not known at preview"
            if private is UNKNOWN:
                seen = f"{seen}, before an API of which this stack does not know if it is public"
            yield unknown("webAclAssociation", seen=seen, allowed=_ALLOWED, urn=stage.urn)
        elif not private:
            yield violation("webAclAssociation", seen="none", allowed=_ALLOWED, urn=stage.urn)


@rule(
    Control(
        id="web-acl-rate",
        title="A web ACL limits the rate of one address",
        family=Family.NETWORK,
        severity=Severity.MEDIUM,
        fix="Add a rule with a rateBasedStatement and the action block.",
        url=f"{_DOCS}/waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
        level=EnforcementLevel.ADVISORY,
    ),
    types=("aws:wafv2/webAcl:WebAcl",),
)
def web_acl_rate(acl: Resource) -> Findings:
    """A flood from one address costs every other client its share."""
    allowed = "a rateBasedStatement with another action than count or allow"
    rules = list(values(acl, "rules[]"))
    if any(_limits_rate(found) for _, found in rules) or _limits_rate_as_text(acl.get("ruleJson")):
        return
    hidden = [path for path, found in rules if found is UNKNOWN or _is_group(found)]
    if acl.get("ruleJson") is UNKNOWN:
        hidden.append("ruleJson")
    if hidden:
        yield unknown(hidden[0], seen="rules that are not seen here", allowed=allowed)
    else:
        yield violation("rules", seen="no rate rule", allowed=allowed)


def _limits_rate(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    [(_, statement)] = values(Block("", found), "statement.rateBasedStatement")
    action = found.get("action")
    passes = isinstance(action, dict) and any(
        action.get(kind) is not None for kind in ("count", "allow")
    )
    return statement is not None and not passes


def _limits_rate_as_text(rules: object) -> bool:
    """Whether rules in the form of WAF's own API have one."""
    try:
        parsed = json.loads(rules) if isinstance(rules, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, list) and any(
        isinstance(found, dict)
        and "RateBasedStatement" in (found.get("Statement") or {})
        and not {"Count", "Allow"} & set(found.get("Action") or {})
        for found in parsed
    )


def _is_group(found: object) -> bool:
    """Whether a rule is a group of the customer's own, whose rules stand elsewhere."""
    if not isinstance(found, dict):
        return False
    [(_, statement)] = values(Block("", found), "statement.ruleGroupReferenceStatement")
    return statement is not None


RULES = (api_waf, web_acl_rate)
