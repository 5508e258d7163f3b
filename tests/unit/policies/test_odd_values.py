"""No value, of whatever type, ends a rule in an exception."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_policies.alarms import COMPOSITE_ALARM, METRIC_ALARM
from gateway_policies.bucket_access import ACCESS_BLOCK, ACCOUNT_BLOCK, ACLS
from gateway_policies.buckets import BUCKETS, ENCRYPTIONS, VERSIONINGS
from gateway_policies.cost.rules import instance_types, monthly_budget
from gateway_policies.encryption import endpoint_volume_cmk
from gateway_policies.resource import UNKNOWN, Stack
from gateway_policies.rule import Family, ResourceRule, StackRule
from gateway_policies.rules import RULES
from gateway_policies.sagemaker import ENDPOINT, MODEL
from gateway_policies.scale_in import SCALING_POLICY
from gateway_policies.scaling import SCALABLE_TARGET, variant_bounded
from gateway_policies.scaling_steps import SCHEDULED_ACTION, scheduled_bounds, variant_burstable
from gateway_policies.stages import METHOD_SETTINGS, STAGE
from gateway_policies.web_acl import ASSOCIATIONS
from tests.unit.policies.verdicts import made

KEYS = (
    *("name", "bucket", "restApi", "stageName", "methodPath", "settings", "body", "rules", "rule"),
    *("resourceId", "scalableDimension", "minCapacity", "maxCapacity", "policy", "acl", "grants"),
    *("stepScalingPolicyConfiguration", "stepAdjustments", "scalingAdjustment", "adjustmentType"),
    *("targetTrackingScalingPolicyConfiguration", "disableScaleIn", "cooldown", "suspendedState"),
    *("scalableTargetAction", "alarmActions", "actionsEnabled", "metricQueries", "expression"),
    *("id", "returnData", "alarmRule", "deploymentConfig", "autoRollbackConfiguration", "alarms"),
    *(
        "environment",
        "variables",
        "PASSWORD",
        "principal",
        "sourceArn",
        "runtime",
        "defaultActions",
    ),
    *("redirect", "protocol", "statement", "rateBasedStatement", "action", "ruleJson", "uri"),
    *("resourceArn", "endpointConfiguration", "types", "httpMethod", "authorization", "containers"),
    *(
        "image",
        "versioning",
        "enabled",
        "serverSideEncryptionConfiguration",
        "vpcConfig",
        "subnets",
    ),
    *("customerMasterKeySpec", "keyUsage", "kmsMasterKeyId", "configuration", "dataCaptureConfig"),
)
SCALARS = st.sampled_from(
    [
        None,
        UNKNOWN,
        True,
        False,
        0,
        -1,
        3,
        1.5,
        "",
        "*",
        "NONE",
        "HTTP",
        "[{}]",
        "{",
        "ALARM(a)",
        b"x",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
TOKENS = sorted(
    {
        *(token for rule in RULES if isinstance(rule, ResourceRule) for token in rule.types or ()),
        *(ENDPOINT, MODEL, STAGE, METHOD_SETTINGS, METRIC_ALARM, COMPOSITE_ALARM),
        *(SCALABLE_TARGET, SCALING_POLICY, SCHEDULED_ACTION, ACCESS_BLOCK, ACCOUNT_BLOCK),
        *(*BUCKETS, *ENCRYPTIONS, *VERSIONINGS, *ACLS, *ASSOCIATIONS),
    }
)
"""Types that any of the rules looks at."""

TYPED = (
    *(endpoint_volume_cmk, variant_bounded, scheduled_bounds, variant_burstable),
    *(monthly_budget, instance_types),
)
"""They say so by a TypeError if an endpoint is not what the provider's schema allows."""
JUDGED = [rule for rule in RULES if rule.control.family is not Family.IAM and rule not in TYPED]


@st.composite
def stacks(draw):
    """Resources that may feed each other."""
    tokens = draw(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=6))
    urns = st.sampled_from([f"urn:{index}" for index in range(len(tokens))])
    feeding = st.dictionaries(st.sampled_from(KEYS), st.lists(urns, max_size=2), max_size=3)
    return [
        made(token, f"urn:{index}", draw(feeding), **draw(PROPERTIES))
        for index, token in enumerate(tokens)
    ]


@settings(max_examples=200)
@given(resources=stacks())
def test_any_value_has_a_verdict(resources):
    for rule in JUDGED:
        if isinstance(rule, StackRule):
            limits = {name: limit.default for name, limit in rule.limits.items()}
            found = list(rule.check(Stack(resources), limits))
        else:
            found = [
                one
                for resource in resources
                for token in rule.types or ()
                for one in rule.check(replace(resource, type=token))
            ]
        assert all(one.message(rule.control) for one in found)
