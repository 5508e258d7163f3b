"""How the engine gets to run the rules."""

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

from gateway_policies.advisories import RESOURCES as RESOURCE_ADVISORIES
from gateway_policies.advisories import STACK as STACK_ADVISORIES
from gateway_policies.advisories import Acceptance, Advice, Advisories, Remark
from gateway_policies.exceptions import POLICY as EXCEPTIONS
from gateway_policies.exceptions import SCHEMA, Exceptions
from gateway_policies.resource import Resource, Stack, plain_properties
from gateway_policies.rule import (
    Control,
    Finding,
    Findings,
    Limit,
    Names,
    Report,
    ResourceRule,
    Rule,
    StackRule,
    Verdict,
    why,
)

NAME = "ml-gateway"
"""Of the pack, by which its events are told from those of others."""
STACK = "the stack"
"""What a stack rule is about, where a resource rule has a URN."""


def policies(
    rules: Sequence[Rule], exceptions: Exceptions | None = None, *, reports: Sequence[Report] = ()
) -> list[Policy]:
    """What a PolicyPack takes: a policy for each rule, between those that speak for all of them."""
    judge = _Judge(exceptions or Exceptions())
    return [
        ResourceValidationPolicy(
            name=EXCEPTIONS,
            description="Findings that somebody answers for. It has them for the other policies",
            enforcement_level=EnforcementLevel.ADVISORY,
            config_schema=PolicyConfigSchema(SCHEMA),
            validate=lambda args, _: judge.exceptions.configure(args.get_config()),
        ),
        *(_policy(rule, judge) for rule in rules),
        ResourceValidationPolicy(
            name=RESOURCE_ADVISORIES,
            description="What the rules over resources exempt or cannot check",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=lambda args, report: judge.advisories.report(args.urn, report),
        ),
        StackValidationPolicy(
            name=STACK_ADVISORIES,
            description="What the rules over the stack exempt or cannot check",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=lambda _, report: judge.advisories.report(STACK, report),
        ),
        StackValidationPolicy(
            name="exceptions-in-force",
            description="Exceptions are needed, answered for, and end soon",
            enforcement_level=EnforcementLevel.MANDATORY,
            validate=lambda _, report: judge.report_exceptions(rules, report),
        ),
        *map(_report_policy, reports),
    ]


def _policy(rule: Rule, judge: "_Judge") -> Policy:
    if isinstance(rule, StackRule):
        return _stack_policy(rule, judge)
    return _resource_policy(rule, judge)


def _resource_policy(rule: ResourceRule, judge: "_Judge") -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if rule.is_for(args.resource_type):
            judge.run(rule.control, args.urn, lambda: rule.check(_resource(args)), report)

    return ResourceValidationPolicy(validate=validate, **_description(rule))


def _stack_policy(rule: StackRule, judge: "_Judge") -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        def check() -> Findings:
            return rule.check(_stack(args), _limits(rule, args.get_config()))

        judge.run(rule.control, STACK, check, report)

    return StackValidationPolicy(
        validate=validate, config_schema=_schema(rule.limits), **_description(rule)
    )


def _report_policy(told: Report) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        try:
            text = told.write(_stack(args), _limits(told, args.get_config()))
        except Exception as error:
            # As with a rule; and a report must not be what stops an update.
            text = f"report {told.id} failed: {type(error).__name__}: {error}; report this"
        if text:
            report(text, None)

    return StackValidationPolicy(
        name=told.id,
        description=told.title,
        enforcement_level=EnforcementLevel.ADVISORY,
        config_schema=_schema(told.limits),
        validate=validate,
    )


def _schema(limits: Mapping[str, Limit | Names]) -> PolicyConfigSchema:
    return PolicyConfigSchema(
        {name: {**limit.schema, "description": limit.description} for name, limit in limits.items()}
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


class _Judge:
    """Runs rules, and sorts what they find: to report, to accept, to advise."""

    def __init__(self, exceptions: Exceptions) -> None:
        self.exceptions = exceptions
        self.advisories = Advisories()

    def run(
        self,
        control: Control,
        subject: str,
        check: Callable[[], Findings],
        report: ReportViolation,
    ) -> None:
        """Reports what a rule forbids of a subject: a URN, or STACK."""
        violations: list[tuple[str, str | None]] = []
        remarks: list[Remark] = []
        try:
            for finding in check():
                if reason := self._advises(control, subject, finding):
                    advice = Advice(control.id, reason, finding.described(control))
                    remarks.append((advice, finding.urn))
                else:
                    violations.append((finding.message(control), finding.urn))
        except Exception as error:
            # Out of here it would end the RPC, and with it every other rule of the pack.
            cause = f"{type(error).__name__}: {error}"
            text = f"rule {control.id} failed on {subject}: {cause}; report this"
            violations.append((text, None))
        for text, urn in violations:
            report(text, urn)
        self.advisories.keep(subject, control.id, remarks)

    def _advises(
        self, control: Control, subject: str, finding: Finding
    ) -> Verdict | Acceptance | None:
        """Why a finding blocks nothing; None if it does."""
        if finding.verdict is not Verdict.VIOLATION:
            return finding.verdict
        found = self.exceptions.accepting(control.id, finding.urn or subject, finding)
        return Acceptance(found.expires, found.owner, found.reason) if found else None

    def report_exceptions(self, rules: Sequence[Rule], report: ReportViolation) -> None:
        """Reports exceptions that nobody needs any more, or that never should have been."""
        for fault in self.exceptions.faults([rule.control.id for rule in rules]):
            report(fault, None)


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
    parent = resource.parent.urn if resource.parent else None
    return Resource("", values, resource.resource_type, resource.urn, dependencies, parent)


def _limits(rule: StackRule | Report, config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: limit.value(config.get(name, limit.default)) for name, limit in rule.limits.items()
    }
