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
        deny("s3:GetObject", Condition=mfa("StringNotEquals", "true")),
        deny("s3:GetObject", Condition=mfa("ForAllValues:Bool", "false")),
        deny("s3:GetObject", Condition=mfa("BoolIfExists", ["true", "false"])),
        deny("s3:GetObject", Condition={"Null": {"aws:MultiFactorAuthAge": "true"}}),
        allow("s3:GetObject", Condition=mfa("ForAnyValue:Bool", "true")),
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
        allow("s3:GetObject", Condition=mfa("StringNotEquals", "true")),
        allow("s3:GetObject", Condition=mfa("StringNotEquals", "false")),
        allow("s3:GetObject", Condition=mfa("ForAllValues:Bool", "true")),
        deny("s3:GetObject", Condition=mfa("Null", "false")),
        deny("s3:GetObject", Condition=mfa("Null", "true")),
        deny("s3:GetObject", Condition=mfa("StringNotEquals", "false")),
    ],
)
def test_a_condition_that_lets_in_an_access_key_alone_is_a_violation(content):
    [found] = judged(iam_mfa_condition, content)
    assert found.startswith(f"policy.Statement[0].Condition: {content['Effect']} where {{")


RECENT = {"aws:MultiFactorAuthAge": "3600"}


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (allow("*", Condition=mfa("Null", "false") | mfa("Bool", "true")), True),
        (allow("*", Condition=mfa("BoolIfExists", "true") | {"NumericLessThan": RECENT}), True),
        (allow("*", Condition=mfa("BoolIfExists", "true") | {"StringLike": {"aws:x": "y"}}), False),
        (deny("*", Condition=mfa("BoolIfExists", "false") | mfa("Null", "false")), False),
        (deny("*", Condition=mfa("BoolIfExists", "false") | {"NumericLessThan": RECENT}), False),
        (deny("*", Condition=mfa("BoolIfExists", "false") | {"StringLike": {"aws:x": "y"}}), True),
    ],
)
def test_several_conditions_on_a_second_factor_are_read_together(content, passes):
    assert (judged(iam_mfa_condition, content) == []) is passes


def test_the_conditions_are_shown_as_they_are_written():
    both = mfa("BoolIfExists", "false") | {"Bool": {"aws:multifactorauthpresent": ["false"]}}
    other = {"StringLike": {"aws:x": "y"}}
    assert judged(iam_mfa_condition, deny("*", Condition=both | other)) == [
        'policy.Statement[0].Condition: Deny where {"BoolIfExists": {"aws:MultiFactorAuthPresent": '
        '["false"]}, "Bool": {"aws:multifactorauthpresent": ["false"]}}'
    ]
