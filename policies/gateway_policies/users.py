"""Rules for Cognito: who counts as a user."""

from pulumi_policy import Severity

from gateway_policies.property_rule import (
    TRUE,
    Demand,
    Expected,
    not_one_of,
    one_of,
    property_rule,
)
from gateway_policies.rule import Control, Family

USER_POOL = "aws:cognito/userPool:UserPool"
_DOCS = "https://docs.aws.amazon.com/cognito/latest/developerguide"

LEAST_PASSWORD = 8
"""https://docs.aws.amazon.com/securityhub/latest/userguide/cognito-controls.html"""

_LONG = Expected(
    f"{LEAST_PASSWORD} or more",
    lambda value: isinstance(value, int | float) and value >= LEAST_PASSWORD,
)
password_policy = property_rule(
    Control(
        id="user-password",
        title="Passwords of users are long and mixed",
        family=Family.ACCESS,
        severity=Severity.MEDIUM,
        standards=("Cognito.3", "AwsSolutions-COG1"),
        fix="Leave passwordPolicy out, or set the property in it.",
        url=f"{_DOCS}/managing-users-passwords.html",
    ),
    "Short and simple passwords are the ones that lists of leaked passwords hold.",
    {
        USER_POOL: (
            Demand("minimumLength", _LONG, within="passwordPolicy"),
            *(
                Demand(f"require{kind}", TRUE, default=False, within="passwordPolicy")
                for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")
            ),
        )
    },
)

user_mfa = property_rule(
    Control(
        id="user-mfa",
        title="Users sign in with a second factor",
        family=Family.ACCESS,
        severity=Severity.MEDIUM,
        standards=("Cognito.5", "AwsSolutions-COG2"),
        fix="Set mfaConfiguration to ON, and enable a factor.",
        url=f"{_DOCS}/user-pool-settings-mfa.html",
    ),
    "A password alone is phished or guessed; where it is left to them, few users add a factor.",
    {USER_POOL: (Demand("mfaConfiguration", one_of("ON"), default="OFF"),)},
)

no_guests = property_rule(
    Control(
        id="user-guests",
        title="Identity pools take no guests",
        family=Family.ACCESS,
        severity=Severity.HIGH,
        standards=("Cognito.2", "AwsSolutions-COG7"),
        fix="Set allowUnauthenticatedIdentities to false.",
        url=f"{_DOCS}/identity-pools.html",
    ),
    "A guest gets AWS credentials without having shown anything.",
    {
        "aws:cognito/identityPool:IdentityPool": (
            Demand("allowUnauthenticatedIdentities", not_one_of(True, allowed="false")),
        )
    },
)

RULES = (password_policy, user_mfa, no_guests)
