"""The rules of a web ACL: what AWS checks of them, and about what they cost.

https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.control.records import Record
from local.control.service import AwsError

MANAGED_GROUPS: Mapping[str, int] = {
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesWordPressRuleSet": 100,
}
"""AWS's own groups that need no configuration, with their capacity.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

_CAPACITY = {
    "AsnMatchStatement": 1,
    "ByteMatchStatement": 10,
    "GeoMatchStatement": 1,
    "LabelMatchStatement": 1,
    "RateBasedStatement": 2,
    "RegexMatchStatement": 3,
    "SizeConstraintStatement": 1,
    "SqliMatchStatement": 20,
    "XssMatchStatement": 40,
}
"""Of one statement, without text transformations.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
"""

_NESTING = frozenset({"AndStatement", "OrStatement", "NotStatement"})
_TOP_ONLY = frozenset({"ManagedRuleGroupStatement", "RateBasedStatement"})
_RATE_LIMIT = range(10, 2_000_000_001)
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""
_RATE_WINDOWS = (60, 120, 300, 600)


def check(rules: Sequence[Record]) -> None:
    """Raises AwsError for a rule that AWS would not take."""
    for member in ("Priority", "Name"):
        values = [rule[member] for rule in rules]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise invalid(f"Two rules have the same {member}.", "RULE", str(twice[0]))
    for rule in rules:
        (kind, statement), *within = _statements(rule["Statement"])
        for nested, _ in within:
            if nested in _TOP_ONLY:
                raise _unreferenced(nested)
        # An action of one's own needs statements of one's own; a group brings its actions along.
        wanted = "OverrideAction" if kind == "ManagedRuleGroupStatement" else "Action"
        if [member for member in ("Action", "OverrideAction") if member in rule] != [wanted]:
            raise _unreferenced("Statement")
        if kind == "RateBasedStatement":
            _check_rate(statement)


def capacity(rules: Sequence[Record]) -> int:
    """About what the rules cost, in web ACL capacity units.

    An approximation: AWS adds text transformations and saves on what rules have in common.
    """
    return sum(
        managed_capacity(statement["VendorName"], statement["Name"])
        if kind == "ManagedRuleGroupStatement"
        else _CAPACITY.get(kind, 0)
        for rule in rules
        for kind, statement in _statements(rule["Statement"])
    )


def managed_capacity(vendor: str, name: str) -> int:
    """The capacity of a managed rule group. Raises AwsError if there is none of that name."""
    if vendor != "AWS" or name not in MANAGED_GROUPS:
        raise AwsError(
            "WAFNonexistentItemException",
            f"There is no managed rule group {vendor} {name}. "
            f"The local cloud knows, of AWS: {', '.join(MANAGED_GROUPS)}.",
        )
    return MANAGED_GROUPS[name]


def invalid(reason: str, field: str, parameter: str) -> AwsError:
    """An error in the words in which AWS WAF says it."""
    message = f"Error reason: {reason}, field: {field}, parameter: {parameter}"
    return AwsError("WAFInvalidParameterException", message)


def _statements(statement: Record) -> Iterator[tuple[str, Record]]:
    """A statement by its kind, then those within it. Raises AwsError for one not had here."""
    if len(statement) != 1:
        raise invalid("A statement is exactly one of its kinds.", "STATEMENT", str(len(statement)))
    [(kind, content)] = statement.items()
    if kind not in _CAPACITY and kind not in _NESTING | _TOP_ONLY:
        raise invalid("The local cloud does not have this statement.", "STATEMENT", kind)
    yield kind, content
    for inner in _inner(content):
        yield from _statements(inner)


def _inner(content: Mapping[str, Any]) -> list[Record]:
    """Statements within one; those of a group or a rate rule narrow its scope down."""
    single = [
        content[member] for member in ("Statement", "ScopeDownStatement") if member in content
    ]
    return [*content.get("Statements", []), *single]


def _check_rate(statement: Record) -> None:
    if statement["Limit"] not in _RATE_LIMIT:
        reason = f"A rate limit is {_RATE_LIMIT.start} to {_RATE_LIMIT.stop - 1} requests."
        raise invalid(reason, "RATE_BASED_STATEMENT", str(statement["Limit"]))
    window = statement.get("EvaluationWindowSec", 300)
    if window not in _RATE_WINDOWS:
        reason = f"A rate is over {', '.join(map(str, _RATE_WINDOWS))} seconds."
        raise invalid(reason, "RATE_BASED_STATEMENT", str(window))


def _unreferenced(parameter: str) -> AwsError:
    """What AWS says where a statement stands in a place that is not for it."""
    return invalid("A reference in your rule statement is not valid.", "RULE", parameter)
