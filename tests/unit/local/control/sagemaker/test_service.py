ARN = "arn:aws:sagemaker:eu-central-1:123456789012"


def test_tags_are_added_read_and_removed(configure, sagemaker):
    configure("first")
    arn = f"{ARN}:endpoint-config/first"
    added = sagemaker.add_tags(
        ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "1"}]
    )
    assert added["Tags"] == [{"Key": "cost", "Value": "1"}, {"Key": "team", "Value": "a"}]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["cost", "other"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_what_is_not_there_has_no_tags(sagemaker, refusal):
    arn = f"{ARN}:model/m"
    for call, more in (
        (sagemaker.list_tags, {}),
        (sagemaker.add_tags, {"Tags": []}),
        (sagemaker.delete_tags, {"TagKeys": ["a"]}),
    ):
        assert refusal(call, ResourceArn=arn, **more) == (
            "ValidationException",
            f'Could not find resource "{arn}".',
        )


def test_an_operation_that_is_not_had_is_named(sagemaker, refusal):
    assert refusal(sagemaker.list_training_jobs) == (
        "ValidationException",
        "the local cloud does not have sagemaker ListTrainingJobs",
    )
