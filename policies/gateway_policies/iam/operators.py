"""Condition operators: whether one test of a statement holds for a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import base64
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from gateway_policies.iam.arn import ARN_FIELDS
from gateway_policies.iam.document import Condition
from gateway_policies.iam.variables import Context, as_letters, filled
from gateway_policies.wildcard import matches

Test = Callable[[str, str], bool]
"""Whether a value of the request passes a value of the policy, in this order."""


def holds(condition: Condition, context: Context) -> bool:
    """Whether a request passes a test. An operator that AWS does not have passes nothing."""
    name = condition.operator.lower()
    values = [as_letters(value) for value in context.get(condition.key.lower(), ())]
    if name == "null":
        return any((wanted.lower() == "true") is (not values) for wanted in condition.values)
    quantifier, _, name = name.rpartition(":")
    if name.endswith("ifexists"):
        if not values:
            return True
        name = name.removesuffix("ifexists")
    wanted = [text for value in condition.values if (text := filled(value, context)) is not None]
    if quantifier == "forallvalues":
        return all(_passes(name, value, wanted) for value in values)
    if not values:  # what is absent is not equal to anything
        return name in _NEGATIVE and not quantifier
    return any(_passes(name, value, wanted) for value in values)


def _passes(name: str, value: str, wanted: Sequence[str]) -> bool:
    if positive := _NEGATIVE.get(name):
        return not _passes(positive, value, wanted)
    test = _TESTS.get(name)
    return test is not None and any(_tried(test, value, one) for one in wanted)


def _tried(test: Test, value: str, wanted: str) -> bool:
    try:
        return test(value, wanted)
    except ValueError:  # no number, date or address
        return False


def _arn(value: str, pattern: str) -> bool:
    """Field by field: a star does not reach over a colon of the first five."""
    parts, wanted = value.split(":", ARN_FIELDS - 1), pattern.split(":", ARN_FIELDS - 1)
    return len(parts) == len(wanted) == ARN_FIELDS and all(map(matches, wanted, parts))


def _date(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_TESTS: Mapping[str, Test] = {
    "stringequals": lambda value, wanted: value == as_letters(wanted),
    "stringequalsignorecase": lambda value, wanted: value.lower() == as_letters(wanted).lower(),
    "stringlike": lambda value, wanted: matches(wanted, value),
    "arnequals": _arn,
    "arnlike": _arn,
    "bool": lambda value, wanted: value.lower() == wanted.lower(),
    "binaryequals": lambda value, wanted: base64.b64decode(value) == base64.b64decode(wanted),
    "ipaddress": lambda value, wanted: (
        ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    ),
    "numericequals": lambda value, wanted: float(value) == float(wanted),
    "numericlessthan": lambda value, wanted: float(value) < float(wanted),
    "numericlessthanequals": lambda value, wanted: float(value) <= float(wanted),
    "numericgreaterthan": lambda value, wanted: float(value) > float(wanted),
    "numericgreaterthanequals": lambda value, wanted: float(value) >= float(wanted),
    "dateequals": lambda value, wanted: _date(value) == _date(wanted),
    "datelessthan": lambda value, wanted: _date(value) < _date(wanted),
    "datelessthanequals": lambda value, wanted: _date(value) <= _date(wanted),
    "dategreaterthan": lambda value, wanted: _date(value) > _date(wanted),
    "dategreaterthanequals": lambda value, wanted: _date(value) >= _date(wanted),
}

_NEGATIVE: Mapping[str, str] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
"""Operators that hold for a value that none of the policy's values is, and those that tell."""
