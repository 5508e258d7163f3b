"""Every rule of the pack, in the order in which they run. One that is not here does not run."""

from collections.abc import Sequence

from gateway_policies import (
    alarms,
    analytics,
    api,
    api_methods,
    at_rest,
    availability,
    bucket_access,
    buckets,
    encryption,
    functions,
    logs,
    network,
    scale_in,
    scaling,
    scaling_steps,
    supply_chain,
    users,
    web_acl,
)
from gateway_policies.cost import rules as cost
from gateway_policies.cost.monthly_cost import monthly_cost
from gateway_policies.iam import (
    attachment_rules,
    exposure_rules,
    identity_rules,
    mfa_rules,
    resource_rules,
    stack_rules,
    wildcard_rules,
)
from gateway_policies.reach import rules as reach
from gateway_policies.rule import Report, Rule

RULES: Sequence[Rule] = (
    identity_rules.iam_document,
    identity_rules.iam_admin,
    identity_rules.iam_service_wildcard,
    identity_rules.iam_not_action,
    identity_rules.iam_not_resource,
    resource_rules.iam_not_principal,
    wildcard_rules.iam_resource_wildcard,
    wildcard_rules.iam_resource_exposure,
    identity_rules.iam_privilege_escalation,
    identity_rules.iam_pass_role,
    identity_rules.iam_assume_role_wildcard,
    exposure_rules.iam_credentials_exposure,
    exposure_rules.iam_data_exfiltration,
    mfa_rules.iam_mfa_condition,
    attachment_rules.iam_full_access,
    resource_rules.iam_public_principal,
    resource_rules.iam_trust_account,
    resource_rules.iam_confused_deputy,
    stack_rules.iam_known,
    stack_rules.iam_cross_account,
    stack_rules.iam_role_escalation,
    *reach.RULES,
    resource_rules.bucket_tls_only,
    *encryption.RULES,
    *at_rest.RULES,
    *analytics.RULES,
    *scaling.RULES,
    *scale_in.RULES,
    *scaling_steps.RULES,
    *availability.RULES,
    *api.RULES,
    *api_methods.RULES,
    *web_acl.RULES,
    *network.RULES,
    *functions.RULES,
    *users.RULES,
    *buckets.RULES,
    *bucket_access.RULES,
    *logs.RULES,
    *alarms.RULES,
    *supply_chain.RULES,
    *cost.RULES,
)

REPORTS: Sequence[Report] = (monthly_cost,)
"""What the pack tells of a stack beside its verdicts."""
