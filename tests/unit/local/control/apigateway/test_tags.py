import pytest


@pytest.fixture
def arns(gateway, api, stage):
    """One resource of each type, by its ARN."""
    key = gateway.create_api_key(name="k", tags={"made": "so"})["id"]
    plan = gateway.create_usage_plan(name="p")["id"]
    paths = (
        f"restapis/{api}",
        f"restapis/{api}/stages/v1",
        f"apikeys/{key}",
        f"usageplans/{plan}",
    )
    return [f"arn:aws:apigateway:eu-central-1::/{path}" for path in paths]


def test_resources_of_every_type_are_tagged(gateway, arns):
    for arn in arns:
        gateway.tag_resource(resourceArn=arn, tags={"team": "a", "cost": "1"})
        gateway.tag_resource(resourceArn=arn, tags={"team": "b"})
        gateway.untag_resource(resourceArn=arn, tagKeys=["cost", "made"])
        assert gateway.get_tags(resourceArn=arn)["tags"] == {"team": "b"}


def test_tags_given_at_creation_are_there(gateway, arns):
    assert gateway.get_tags(resourceArn=arns[2])["tags"] == {"made": "so"}


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        ("restapis/nothing", ("NotFoundException", "Could not find REST API 'nothing'.")),
        (
            "restapis",
            ("BadRequestException", "Invalid resource ARN 'arn:aws:apigateway:x::/restapis'"),
        ),
        (
            "vpclinks/a",
            ("BadRequestException", "Invalid resource ARN 'arn:aws:apigateway:x::/vpclinks/a'"),
        ),
    ],
)
def test_what_is_not_there_has_no_tags(gateway, refusal, arn, error):
    assert refusal(gateway.get_tags, resourceArn=f"arn:aws:apigateway:x::/{arn}") == error
