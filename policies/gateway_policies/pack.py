"""The rules of the pack, and how the engine gets to run them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from gateway_policies.advisories import Advisories, Message
from gateway_policies.encryption import endpoint_volume_cmk
from gateway_policies.iam import (
    attachment_rules,
    identity_rules,
    resource_rules,
    stack_rules,
    wildcard_rules,
)
from gateway_policies.resource import Resource, Stack, plain_properties
from gateway_policies.rule import Control, Findings, ResourceRule, Rule, StackRule, Verdict, why
from gateway_policies.scaling import variant_bounded

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
    identity_rules.iam_credentials_exposure,
    identity_rules.iam_data_exfiltration,
    attachment_rules.iam_full_access,
    resource_rules.iam_public_principal,
    resource_rules.iam_confused_deputy,
    stack_rules.iam_cross_account,
    stack_rules.iam_role_escalation,
    resource_rules.bucket_tls_only,
    endpoint_volume_cmk,
    variant_bounded,
)
"""Every rule of the pack. A rule that is not listed here does not run."""

STACK = "the stack"
"""What a stack rule is about, where a resource rule has a URN."""


def policies(rules: Sequence[Rule]) -> list[Policy]:
    """What a PolicyPack takes: a policy for each rule, then the two that say what rules advise."""
    advisories = Advisories()
    return [
        *(_policy(rule, advisories) for rule in rules),
        ResourceValidationPolicy(
            name="resource-advisories",
            description="What the rules over resources exempt or cannot check",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=lambda args, report: advisories.report(args.urn, report),
        ),
        StackValidationPolicy(
            name="stack-advisories",
            description="What the rules over the stack exempt or cannot check",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=lambda _, report: advisories.report(STACK, report),
        ),
    ]


def _policy(rule: Rule, advisories: Advisories) -> Policy:
    if isinstance(rule, StackRule):
        return _stack_policy(rule, advisories)
    return _resource_policy(rule, advisories)


def _resource_policy(rule: ResourceRule, advisories: Advisories) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if rule.is_for(args.resource_type):
            _run(rule.control, args.urn, lambda: rule.check(_resource(args)), advisories, report)

    return ResourceValidationPolicy(validate=validate, **_description(rule))


def _stack_policy(rule: StackRule, advisories: Advisories) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        def check() -> Findings:
            return rule.check(_stack(args), _limits(rule, args.get_config()))

        _run(rule.control, STACK, check, advisories, report)

    schema = {
        name: {
            "type": "integer",
            "minimum": 1,
            "default": limit.default,
            "description": limit.description,
        }
        for name, limit in rule.limits.items()
    }
    return StackValidationPolicy(
        validate=validate, config_schema=PolicyConfigSchema(schema), **_description(rule)
    )


def _description(rule: Rule) -> dict[str, Any]:
    control = rule.control
    return {
        "name": control.id,
        "description": f"{control.title}. {why(rule)}",
        "enforcement_level": control.level,
        "severity": control.severity,
        "display_name": control.title,
        "tags": [control.family, *control.standards],
        "remediation_steps": control.fix,
        "url": control.url,
    }


def _run(
    control: Control,
    subject: str,
    check: Callable[[], Findings],
    advisories: Advisories,
    report: ReportViolation,
) -> None:
    violations: list[Message] = []
    advice: list[Message] = []
    try:
        for finding in check():
            kind = violations if finding.verdict is Verdict.VIOLATION else advice
            kind.append((finding.message(control), finding.urn))
    except Exception as error:
        # Out of here it would end the RPC, and with it every other rule of the pack.
        cause = f"{type(error).__name__}: {error}"
        violations.append((f"rule {control.id} failed on {subject}: {cause}; report this", None))
    for text, urn in violations:
        report(text, urn)
    advisories.keep(subject, control.id, advice)


def _resource(args: ResourceValidationArgs) -> Resource:
    return Resource("", plain_properties(args.props), args.resource_type, args.urn)


def _stack(args: StackValidationArgs) -> Stack:
    return Stack([_stack_resource(resource) for resource in args.resources])


def _stack_resource(resource: PolicyResource) -> Resource:
    dependencies = {
        name: [feeding.urn for feeding in resources]
        for name, resources in resource.property_dependencies.items()
    }
    values = plain_properties(resource.props)
    return Resource("", values, resource.resource_type, resource.urn, dependencies)


def _limits(rule: StackRule, config: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(config.get(name, limit.default)) for name, limit in rule.limits.items()}
