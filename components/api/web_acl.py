"""WebAcl: what AWS WAF lets through to a REST API's stage."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.gateway import Cors, Waf
from components.context import Context
from components.openapi.cors import answer_headers
from components.openapi.errors import TOO_MANY_REQUESTS, error_body

RATE_WINDOW_SECONDS = 300
RATE_LIMITED = "rate-limited"

SECRET_HEADERS = ("authorization", "x-amz-security-token", "x-api-key")
"""Kept out of logs and samples, as is the query, which holds features."""

LONG_REQUESTS = ("SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING")
"""Of the common rules: they block bodies over 8 KB and queries over 2 KB, as a batch of rows and
a row of many features have them. API Gateway and the container bound both, so here they count.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""

MANAGED_RULE_GROUPS = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesCommonRuleSet": LONG_REQUESTS,
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}
"""AWS's rule groups, each with the rules that count instead of blocking."""


class WebAclArgs(TypedDict):
    """A web ACL and what it stands before."""

    context: Context
    """The stack."""
    stage_arn: pulumi.Input[str]
    """Stage of a REST API."""
    settings: Waf
    """The limit for each address."""
    cors: Cors | None
    """A web page that may read the refusal of too many requests."""
    key_arn: pulumi.Input[str]
    """KMS key of the log."""
    log_retention_days: int
    """How long the log is kept."""


class WebAcl(pulumi.ComponentResource):
    """AWS's managed rules and a rate limit for each address, logged without credentials.

    What the managed rules block is answered by the API's WAF_FILTERED response.
    """

    def __init__(
        self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:WebAcl", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        prefix = f"{args['context'].prefix}-{name}"
        acl = aws.wafv2.WebAcl(
            name,
            name=prefix,
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[
                _rate_rule(prefix, args["settings"].rate, args["cors"]),
                *(
                    _managed_rule(prefix, priority, group, counted)
                    for priority, (group, counted) in enumerate(MANAGED_RULE_GROUPS.items(), 1)
                ),
            ],
            custom_response_bodies=[
                {
                    "key": RATE_LIMITED,
                    "content": error_body(*TOO_MANY_REQUESTS),
                    "content_type": "APPLICATION_JSON",
                }
            ],
            # For the sampled requests; the log's own redaction does not reach them.
            data_protection_config={
                "data_protections": [
                    {
                        "action": "SUBSTITUTION",
                        "field": {
                            "field_type": "SINGLE_HEADER",
                            "field_keys": list(SECRET_HEADERS),
                        },
                    },
                    {"action": "SUBSTITUTION", "field": {"field_type": "QUERY_STRING"}},
                ]
            },
            visibility_config=_visibility(prefix),
            opts=child,
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-association",
            resource_arn=args["stage_arn"],
            web_acl_arn=acl.arn,
            opts=child,
        )
        log = aws.cloudwatch.LogGroup(
            f"{name}-log",
            # WAF takes no log group whose name begins otherwise:
            # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
            name=f"aws-waf-logs-{prefix}",
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[log.arn],
            redacted_fields=[_redacted_header(name) for name in SECRET_HEADERS]
            + [{"query_string": {}}],
            opts=child,
        )
        self.register_outputs({})


def _rate_rule(prefix: str, limit: int, cors: Cors | None) -> aws.wafv2.WebAclRuleArgsDict:
    """WAF's own response goes before the API's, so it has the headers of all the others.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    origin = {name: value.strip("'") for name, value in answer_headers(cors).items()}
    headers = {"Retry-After": str(RATE_WINDOW_SECONDS)} | origin
    return {
        "name": "rate",
        "priority": 0,
        "statement": {
            "rate_based_statement": {
                "aggregate_key_type": "IP",
                "limit": limit,
                "evaluation_window_sec": RATE_WINDOW_SECONDS,
            }
        },
        "action": {
            "block": {
                "custom_response": {
                    "response_code": 429,
                    "custom_response_body_key": RATE_LIMITED,
                    "response_headers": [
                        {"name": name, "value": value} for name, value in headers.items()
                    ],
                }
            }
        },
        "visibility_config": _visibility(f"{prefix}-rate"),
    }


def _managed_rule(
    prefix: str, priority: int, group: str, counted: tuple[str, ...]
) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": group,
        "priority": priority,
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group,
                "rule_action_overrides": [
                    {"name": rule, "action_to_use": {"count": {}}} for rule in counted
                ],
            }
        },
        "override_action": {"none": {}},
        "visibility_config": _visibility(f"{prefix}-{group}"),
    }


def _redacted_header(
    name: str,
) -> aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgsDict:
    return {"single_header": {"name": name}}


def _visibility(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": True,
    }
