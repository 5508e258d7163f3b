import pytest

from gateway_policies.iam.mfa_rules import iam_mfa_condition
from tests.unit.policies.iam.conftest import allow, deny, judged


def mfa(operator: str, value: object) -> dict[str, object]:
    return {operator: {"aws:MultiFactorAuthPresent": value}}


@pytest.mark.parametrize(
    "content",
    [
        allow("s3:GetObject", Condition=mfa("Bool", "true")),
        allow("s3:GetObject", Condition=mfa("bool", True)),
        deny("s3:GetObject", Condition=mfa("BoolIfExists", "false")),
        deny("s3:GetObject", Condition=mfa("boolifexists", ["FALSE"])),
        deny("s3:GetObject", Condition={"Null": {"aws:MultiFactorAuthAge": "true"}}),
        deny("s3:GetObject", Condition=mfa("Null", "true")),
        allow("s3:GetObject"),
    ],
)
def test_a_condition_that_keeps_out_who_has_no_second_factor_passes(content):
    assert judged(iam_mfa_condition, content) == []


@pytest.mark.parametrize(
    "content",
    [
        allow("s3:GetObject", Condition=mfa("BoolIfExists", "true")),
        allow("s3:GetObject", Condition=mfa("Null", "false")),
        allow("s3:GetObject", Condition=mfa("Bool", "false")),
        allow("s3:GetObject", Condition=mfa("BoolIfExists", "false")),
        allow("s3:GetObject", Condition=mfa("Bool", ["true", "false"])),
        deny("s3:GetObject", Condition=mfa("Bool", "false")),
        deny("s3:GetObject", Condition=mfa("Bool", "true")),
        deny("s3:GetObject", Condition=mfa("BoolIfExists", "true")),
        deny("s3:GetObject", Condition={"bool": {"AWS:multifactorauthpresent": "false"}}),
    ],
)
def test_a_condition_that_lets_in_an_access_key_alone_is_a_violation(content):
    [found] = judged(iam_mfa_condition, content)
    assert found.startswith(f"policy.Statement[0].Condition: {content['Effect']} where {{")
