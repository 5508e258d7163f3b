import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    Severity,
    StackValidationArgs,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from gateway_policies.cost.rules import instance_types
from gateway_policies.pack import policies
from gateway_policies.rule import (
    Control,
    Family,
    Limit,
    Report,
    rule,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.rules import REPORTS, RULES
from gateway_policies.sagemaker import ENDPOINT, ENDPOINT_CONFIGURATION
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET, variant_bounded

PACK = Path(__file__).parents[3] / "policies"
POLICY = "aws:iam/policy:Policy"
URN = "urn:pulumi:dev::shop::aws:iam/policy:Policy::invoke"
BROAD = json.dumps({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}})
LOCAL_STORAGE = {"instanceType": "ml.g5.xlarge", "initialInstanceCount": 2}
Reported = tuple[str, str | None]
AnalyzedResource = tuple[str, str, dict[str, Any], dict[str, list[str]]]
OPTIONS = PolicyResourceOptions(False, [], None, [], None, [])  # type: ignore[arg-type]
CONTROL = Control(
    id="broken",
    title="Nothing breaks",
    family=Family.IAM,
    severity=Severity.LOW,
    fix="Repair it.",
    url="https://example.com/",
)


@rule(CONTROL, types=[POLICY])
def broken(resource):
    """A rule with a bug, which shows after its first finding."""
    yield violation("policy", seen="a", allowed="b")
    yield unknown("policy", allowed="b")
    raise KeyError("oops")


@stack_rule(CONTROL, limits={"most": Limit(3, "Most")})
def broken_stack(stack, limits):
    """A rule with a bug."""
    yield from [][limits["most"]]


def validate(policy: Any, token: str, values: dict[str, Any]) -> list[Reported]:
    messages: list[Reported] = []
    props = unknown_checking_proxy(values)
    args = ResourceValidationArgs(token, props, URN, "invoke", OPTIONS, None)
    policy.validate(args, lambda text, urn=None: messages.append((text.split(". ")[0], urn)))
    return messages


def validate_stack(
    policy: Any, resources: list[PolicyResource], config: dict[str, Any] | None = None
) -> list[Reported]:
    messages: list[Reported] = []
    args = StackValidationArgs(resources, config)
    policy.validate(args, lambda text, urn=None: messages.append((text.split(". ")[0], urn)))
    return messages


def endpoint_stack(**target: object) -> list[PolicyResource]:
    def resource(
        token: str,
        urn: str,
        values: dict[str, Any],
        dependencies: dict[str, list[PolicyResource]],
    ) -> PolicyResource:
        props = unknown_checking_proxy(values)
        return PolicyResource(token, props, urn, "", OPTIONS, None, None, [], dependencies)

    config = resource(
        ENDPOINT_CONFIGURATION,
        "urn:config",
        {"name": "iris", "productionVariants": [{"variantName": "forest"}]},
        {},
    )
    endpoint = resource(
        ENDPOINT,
        "urn:iris",
        {"name": UNKNOWN_STRING_VALUE, "endpointConfigName": UNKNOWN_STRING_VALUE},
        {"endpointConfigName": [config]},
    )
    scaling = resource(
        SCALABLE_TARGET,
        "urn:target",
        {
            "resourceId": UNKNOWN_STRING_VALUE,
            "scalableDimension": INSTANCE_COUNT,
            "minCapacity": 1.0,
            "maxCapacity": 4.0,
        }
        | target,
        {"resourceId": [endpoint]},
    )
    return [config, endpoint, scaling]


def named(name: str) -> Any:
    return next(policy for policy in policies(RULES) if policy.name == name)


def test_each_rule_is_a_policy_and_those_that_speak_for_all_stand_around_them():
    first, *found = policies(RULES)
    assert first.name == "exceptions"
    assert [policy.name for policy in found[:-3]] == [rule.control.id for rule in RULES]
    assert [(policy.name, policy.enforcement_level) for policy in found[-3:]] == [
        ("resource-advisories", EnforcementLevel.ADVISORY),
        ("stack-advisories", EnforcementLevel.ADVISORY),
        ("exceptions-in-force", EnforcementLevel.MANDATORY),
    ]


def test_a_policy_carries_what_its_rule_says_of_itself():
    policy = named("endpoint-volume-cmk")
    assert policy.description == (
        "Endpoint volumes are encrypted with a customer-managed key. Volumes hold models and "
        "payloads; only a customer's own key can be audited and revoked."
    )
    assert policy.display_name == "Endpoint volumes are encrypted with a customer-managed key"
    assert policy.severity is Severity.HIGH
    assert policy.tags == ["encryption", "CKV_AWS_98"]
    assert policy.remediation_steps == "Set kmsKeyArn on the endpoint configuration."
    assert policy.url.startswith("https://docs.aws.amazon.com/sagemaker/")


def test_the_limits_of_a_stack_rule_are_its_configuration():
    assert named("variant-bounded").config_schema.properties == {
        "maxInstances": {
            "type": "integer",
            "minimum": 1,
            "default": 10,
            "description": "Most instances that one variant may have",
        }
    }


def test_names_are_configuration_too():
    assert named("instance-types").config_schema.properties == {
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["ml.c*", "ml.m*", "ml.r*", "ml.t*"],
            "description": "Instance types, where * stands for anything",
        }
    }


def test_a_policy_reads_proxies_and_leaves_other_types_alone():
    policy = named("iam-resource-wildcard")
    seen = 'policy.Statement[0].Resource: ["*"] for kms:Decrypt'
    assert validate(policy, POLICY, {"policy": BROAD}) == [(seen, None)]
    assert validate(policy, POLICY, {"policy": json.loads(BROAD)}) == [(seen, None)]
    assert validate(policy, "random:index/policy:Policy", {"policy": BROAD}) == []


def test_a_policy_does_not_raise_on_an_unknown_value():
    assert validate(named("iam-resource-wildcard"), POLICY, {"policy": UNKNOWN_STRING_VALUE}) == []
    key = {"kmsKeyArn": UNKNOWN_STRING_VALUE}
    assert validate(named("endpoint-volume-cmk"), ENDPOINT_CONFIGURATION, key) == []


def test_a_stack_policy_connects_resources_by_their_dependencies():
    policy = named("variant-bounded")
    assert validate_stack(policy, endpoint_stack()) == []
    assert validate_stack(policy, endpoint_stack(maxCapacity=11.0)) == [
        ("urn:iris variant forest maxCapacity: 11", "urn:iris")
    ]


def test_a_stack_policy_takes_its_limits_from_the_configuration():
    policy = named("variant-bounded")
    stack = endpoint_stack(maxCapacity=11.0)
    assert validate_stack(policy, stack, {"maxInstances": 11.0}) == []
    assert len(validate_stack(policy, stack, {"maxInstances": 3.0})) == 1


def test_a_violation_arrives_at_the_engine_as_mandatory(serve):
    (found,) = serve(policies(RULES)).analyze(POLICY, URN, {"policy": BROAD})
    assert (found.policy, found.level) == ("iam-resource-wildcard", "MANDATORY")
    assert found.message.startswith('policy.Statement[0].Resource: ["*"] for kms:Decrypt. ')


def test_an_unknown_document_arrives_at_the_engine_as_one_advisory(serve):
    analyzer = serve(policies(RULES))
    assert analyzer.analyze(POLICY, URN, {"policy": UNKNOWN_STRING_VALUE}) == []
    role: AnalyzedResource = ("aws:iam/role:Role", "urn::aws:iam/role:Role::r", {}, {})
    document = {"policy": UNKNOWN_STRING_VALUE}
    policy: AnalyzedResource = (POLICY, URN, document, {"policy": [role[1]]})
    (found,) = analyzer.analyze_stack(role, policy)
    assert (found.policy, found.level, found.urn) == ("stack-advisories", "ADVISORY", URN)
    assert found.message.startswith("iam-known: unknown. policy: not known at preview, by ")


def test_an_exemption_arrives_at_the_engine_as_advisory(serve):
    values = {"productionVariants": [LOCAL_STORAGE]}
    (found,) = serve(policies(RULES)).analyze(ENDPOINT_CONFIGURATION, URN, values)
    assert (found.policy, found.level) == ("resource-advisories", "ADVISORY")
    assert found.message.startswith(
        "endpoint-volume-cmk: exempt. kmsKeyArn: missing. Allowed: no key on "
    )


ACCEPTED = {
    "rule": "iam-resource-wildcard",
    "urn": URN,
    "path": "policy.Statement[0].Resource",
    "reason": "no other key is there",
    "owner": "ml@example.com",
    "expires": str(date.today() + timedelta(days=30)),
}


def test_an_accepted_finding_is_advice_and_names_who_answers_for_it(serve):
    analyzer = serve(policies(RULES))
    analyzer.configure("exceptions", level="ADVISORY", accepted=[ACCEPTED])
    (found,) = analyzer.analyze(POLICY, URN, {"policy": BROAD})
    assert (found.policy, found.level) == ("resource-advisories", "ADVISORY")
    assert found.message.startswith(
        f"iam-resource-wildcard: accepted until {ACCEPTED['expires']} by ml@example.com: "
        "no other key is there. policy.Statement[0].Resource: "
    )
    assert analyzer.analyze_stack() == []


def test_an_exception_that_nothing_needs_fails_the_stack(serve):
    analyzer = serve(policies(RULES))
    analyzer.configure("exceptions", level="ADVISORY", accepted=[ACCEPTED])
    assert analyzer.analyze(POLICY, URN, {"policy": '{"Statement": []}'}) == []
    (found,) = analyzer.analyze_stack()
    assert (found.policy, found.level) == ("exceptions-in-force", "MANDATORY")
    assert found.message.endswith("nothing needs it. Remove it.")


def test_a_disabled_rule_is_silent_in_its_advice_too(serve):
    analyzer = serve(policies(RULES))
    analyzer.configure("endpoint-volume-cmk", level="DISABLED")
    values = {"productionVariants": [LOCAL_STORAGE]}
    assert analyzer.analyze(ENDPOINT_CONFIGURATION, URN, values) == []


def test_what_a_resource_advised_is_not_said_of_another(serve):
    analyzer = serve(policies(RULES))
    values = {"productionVariants": [LOCAL_STORAGE]}
    assert len(analyzer.analyze(ENDPOINT_CONFIGURATION, URN, values)) == 1
    assert analyzer.analyze(POLICY, f"{URN}-2", {"policy": '{"Statement": []}'}) == []


def test_the_stack_arrives_at_the_rule_with_dependencies_and_configuration(serve):
    analyzer = serve(policies([variant_bounded]))
    variants = [{"variantName": "forest"}]
    resources: list[AnalyzedResource] = [
        (ENDPOINT_CONFIGURATION, "urn:c", {"name": "c", "productionVariants": variants}, {}),
        (
            ENDPOINT,
            "urn:iris",
            {"name": UNKNOWN_STRING_VALUE, "endpointConfigName": UNKNOWN_STRING_VALUE},
            {"endpointConfigName": ["urn:c"]},
        ),
        (
            SCALABLE_TARGET,
            "urn:target",
            {
                "resourceId": UNKNOWN_STRING_VALUE,
                "scalableDimension": INSTANCE_COUNT,
                "minCapacity": 1,
                "maxCapacity": 4,
            },
            {"resourceId": ["urn:iris"]},
        ),
    ]
    assert analyzer.analyze_stack(*resources) == []
    analyzer.configure("variant-bounded", maxInstances=3)
    (found,) = analyzer.analyze_stack(*resources)
    assert (found.policy, found.level, found.urn) == ("variant-bounded", "MANDATORY", "urn:iris")
    assert found.message.startswith("urn:iris variant forest maxCapacity: 4. Allowed: 1..3. ")
    (found,) = analyzer.analyze_stack(resources[1])
    assert (found.policy, found.level, found.urn) == ("stack-advisories", "ADVISORY", "urn:iris")


STAGE: AnalyzedResource = ("aws:apigateway/stage:Stage", "urn:live", {"region": "us-east-1"}, {})


def test_a_report_arrives_at_the_engine_as_an_advisory_of_its_own(serve):
    analyzer = serve(policies([], reports=REPORTS))
    (found,) = analyzer.analyze_stack(STAGE)
    assert (found.policy, found.level, found.urn) == ("monthly-cost", "ADVISORY", "")
    assert found.message.startswith("\n| USD a month ")
    assert "Expected: 5,000,000 requests a month" in found.message
    assert analyzer.analyze_stack() == []


def test_a_report_takes_its_limits_from_the_configuration(serve):
    analyzer = serve(policies([], reports=REPORTS))
    analyzer.configure("monthly-cost", level="ADVISORY", requests=300)
    (found,) = analyzer.analyze_stack(STAGE)
    assert "Expected: 300 requests a month" in found.message


def test_a_report_names_the_components_that_hold_what_costs(serve):
    analyzer = serve(policies([], reports=REPORTS))
    component: AnalyzedResource = ("shop:index:Api", "urn::shop:index:Api::front", {}, {})
    (found,) = analyzer.analyze_stack(component, STAGE, parents={"urn:live": component[1]})
    assert "| front (Api) " in found.message


def test_a_broken_report_is_advice_that_says_so(serve):
    broken_report = Report("broken", "Nothing", lambda stack, _: str(1 // len(stack.resources)))
    (found,) = serve(policies([], reports=[broken_report])).analyze_stack()
    assert (found.policy, found.level) == ("broken", "ADVISORY")
    assert found.message == (
        "report broken failed: ZeroDivisionError: integer division or modulo by zero; report this"
    )


def test_names_arrive_at_the_rule_from_the_configuration(serve):
    analyzer = serve(policies([instance_types]))
    values = {"productionVariants": [{"instanceType": "ml.m5.large"}]}
    config: AnalyzedResource = (ENDPOINT_CONFIGURATION, "urn:c", values, {})
    assert analyzer.analyze_stack(config) == []
    analyzer.configure("instance-types", allowed=["ml.c5.*"])
    (found,) = analyzer.analyze_stack(config)
    assert (found.policy, found.level, found.urn) == ("instance-types", "MANDATORY", "urn:c")
    assert "Allowed: ml.c5.*. " in found.message


def test_a_broken_rule_is_a_mandatory_violation_and_stops_no_other_rule(serve):
    analyzer = serve(policies([broken, *RULES]))
    first, failure, other, advice = analyzer.analyze(POLICY, URN, {"policy": BROAD})
    assert (first.policy, first.level) == ("broken", "MANDATORY")
    assert (failure.policy, failure.level) == ("broken", "MANDATORY")
    assert failure.message == f"rule broken failed on {URN}: KeyError: 'oops'; report this"
    assert other.policy == "iam-resource-wildcard"
    assert advice.message.startswith("broken: unknown. policy: not known at preview, ")


def test_a_broken_stack_rule_is_a_mandatory_violation(serve):
    (found,) = serve(policies([broken_stack])).analyze_stack()
    assert (found.policy, found.level) == ("broken", "MANDATORY")
    assert found.message == (
        "rule broken failed on the stack: IndexError: list index out of range; report this"
    )


def test_a_value_of_a_wrong_type_fails_the_stack_and_not_the_pack(serve):
    (found,) = serve(policies(RULES)).analyze(ENDPOINT_CONFIGURATION, URN, {"kmsKeyArn": 1})
    assert found.message == (
        f"rule endpoint-volume-cmk failed on {URN}: "
        "TypeError: kmsKeyArn is of type int, expected str; report this"
    )


@pytest.mark.parametrize("module", ["pack", "iam.places", "encryption", "scaling"])
def test_the_package_needs_nothing_of_the_rest_of_the_repository(module, tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(PACK)!r}); import gateway_policies.{module}; "
        "print([name for name in sys.modules "
        "if name.split('.')[0] in ('components', 'functions', 'container', 'local')])"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "[]\n"


def test_the_pack_starts_and_prints_its_port_and_nothing_else():
    with subprocess.Popen(
        [sys.executable, "-u", str(PACK)], stdout=subprocess.PIPE, text=True
    ) as pack:
        assert pack.stdout is not None
        first = pack.stdout.readline()
        pack.kill()
        rest = pack.stdout.read()
    assert first.strip().isdigit()
    assert rest == ""
