"""Cognito: who counts as a user."""

import pytest

from gateway_policies.resource import UNKNOWN
from gateway_policies.users import no_guests, password_policy, user_mfa
from tests.unit.policies.verdicts import judged

NOT_KNOWN = "not known at preview, so not checked before the update"
STRONG = {
    "minimumLength": 12,
    "requireLowercase": True,
    "requireUppercase": True,
    "requireNumbers": True,
    "requireSymbols": True,
}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"minimumLength": 8}, []),
        ({"minimumLength": 7}, ["violation passwordPolicy.minimumLength: 7"]),
        ({"minimumLength": None}, ["violation passwordPolicy.minimumLength: missing"]),
        ({"minimumLength": UNKNOWN}, [f"unknown passwordPolicy.minimumLength: {NOT_KNOWN}"]),
        (
            {"requireSymbols": None, "requireNumbers": False},
            [
                "violation passwordPolicy.requireNumbers: false",
                "violation passwordPolicy.requireSymbols: missing, which means false",
            ],
        ),
    ],
)
def test_passwords_are_long_and_mixed(fields, found):
    assert judged(password_policy, passwordPolicy=STRONG | fields) == found


def test_the_policy_of_aws_is_strong():
    assert judged(password_policy) == []


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("ON", []),
        ("OPTIONAL", ['violation mfaConfiguration: "OPTIONAL"']),
        (None, ['violation mfaConfiguration: missing, which means "OFF"']),
        (UNKNOWN, [f"unknown mfaConfiguration: {NOT_KNOWN}"]),
    ],
)
def test_a_second_factor_is_asked_for(mode, found):
    assert judged(user_mfa, mfaConfiguration=mode) == found


@pytest.mark.parametrize(
    ("guests", "found"),
    [
        (False, []),
        (None, []),
        (True, ["violation allowUnauthenticatedIdentities: true"]),
        (UNKNOWN, [f"unknown allowUnauthenticatedIdentities: {NOT_KNOWN}"]),
    ],
)
def test_there_are_no_guests(guests, found):
    assert judged(no_guests, allowUnauthenticatedIdentities=guests) == found
