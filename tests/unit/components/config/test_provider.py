import pytest

from components.config.provider import provider_mistakes

ALLOWED = "Allowed: a commercial region that has SageMaker."


def test_the_region_is_all_that_is_needed_and_taken():
    assert provider_mistakes({"aws:region": "eu-central-1", "ml-gateway:image": "x"}) == []


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({}, f"aws:region: missing. {ALLOWED} Name one."),
        ({"aws:region": ""}, f'aws:region: "". {ALLOWED} Name one.'),
        (
            {"aws:region": "eu-centrl-1"},
            f'aws:region: "eu-centrl-1". {ALLOWED} Write eu-central-1 if that is meant.',
        ),
        (
            {"aws:region": "cn-north-1"},
            f'aws:region: "cn-north-1". {ALLOWED} Write eu-north-1 if that is meant.',
        ),
    ],
)
def test_a_region_that_cannot_be_used_is_named(values, mistake):
    assert provider_mistakes(values) == [mistake]


@pytest.mark.parametrize("key", ["aws:profile", "aws:allowedAccountIds", "aws:secretKey"])
def test_what_the_program_does_not_pass_on_is_refused_and_not_shown(key):
    assert provider_mistakes({"aws:region": "eu-central-1", key: "s3cret"}) == [
        f"{key}: not used. Allowed: aws:region alone. Say it by the environment, as in AWS_PROFILE."
    ]
