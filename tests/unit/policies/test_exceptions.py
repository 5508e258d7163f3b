from datetime import date

import pytest

from gateway_policies.exceptions import Exceptions
from gateway_policies.rule import violation

TODAY = date(2026, 11, 27)
URN = "urn:pulumi:prod::shop::aws:sqs/queuePolicy:QueuePolicy::orders"
ACCEPTED = {
    "rule": "iam-cross-account",
    "urn": "*::orders",
    "path": "policy.Statement[0].*",
    "reason": "the shop's own account",
    "owner": "shop@example.com",
    "expires": "2027-01-31",
}
FOUND = violation("policy.Statement[0].Principal", seen="a", allowed="b")
RULES = ["iam-cross-account", "iam-admin"]


def exceptions(**changed: str) -> Exceptions:
    found = Exceptions(TODAY)
    found.configure({"accepted": [ACCEPTED | changed]})
    return found


def test_what_was_accepted_is_found_and_then_needed():
    found = exceptions()
    accepted = found.accepting("iam-cross-account", URN, FOUND)
    assert accepted
    assert accepted.owner == "shop@example.com"
    assert list(found.faults(RULES)) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"rule": "iam-admin"}, "nothing needs it"),
        ({"urn": "*::invoices"}, "nothing needs it"),
        ({"path": "policy.Statement[1].*"}, "nothing needs it"),
        ({"rule": "iam-everything"}, "no rule has this id"),
        ({"expires": "2026-11-26"}, "expired on 2026-11-26"),
        ({"expires": "2027-02-26"}, "expires on 2027-02-26. Allowed: up to 2027-02-25"),
        ({"expires": "soon"}, "expires is 'soon'. Allowed: a date, as 2027-02-25"),
    ],
)
def test_anything_else_is_not_accepted_and_is_a_fault(changed, fault):
    found = exceptions(**changed)
    assert found.accepting("iam-cross-account", URN, FOUND) is None
    [said] = found.faults(RULES)
    assert fault in said


@pytest.mark.parametrize("expires", ["2026-11-27", "2027-02-25"])
def test_the_first_and_the_last_day_are_days(expires):
    assert exceptions(expires=expires).accepting("iam-cross-account", URN, FOUND)


def test_without_a_configuration_nothing_is_accepted():
    found = Exceptions(TODAY)
    for config in ({}, {"accepted": None}):
        found.configure(config)
        assert found.accepting("iam-cross-account", URN, FOUND) is None
        assert list(found.faults(RULES)) == []
