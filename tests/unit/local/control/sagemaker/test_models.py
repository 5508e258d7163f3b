import threading

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.plan import VpcPlan

ROLE = "arn:aws:iam::123456789012:role/execution"
CONTAINER = {
    "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway:1",
    "ModelDataUrl": "s3://models/forest.tar.gz",
    "Environment": {"WORKERS": "1"},
}
MODEL = {"ModelName": "Iris-Forest", "ExecutionRoleArn": ROLE, "PrimaryContainer": CONTAINER}
ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model/iris-forest"
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


def test_a_model_reads_back_whole(sagemaker, now):
    model = {**MODEL, "EnableNetworkIsolation": True, "VpcConfig": VPC}
    tags = [{"Key": "team", "Value": "a"}]
    assert sagemaker.create_model(**model, Tags=tags)["ModelArn"] == ARN
    found = sagemaker.describe_model(ModelName="Iris-Forest")
    del found["ResponseMetadata"]
    assert found == {**model, "ModelArn": ARN, "CreationTime": now}
    assert sagemaker.list_tags(ResourceArn=ARN)["Tags"] == tags


def test_a_models_containers_are_in_its_vpc(services, sagemaker):
    sagemaker.create_model(**MODEL, VpcConfig=VPC)
    sagemaker.create_model(**MODEL | {"ModelName": "elsewhere"})
    plan = services.sagemaker._models.plan
    assert plan("Iris-Forest").vpc == VpcPlan(("subnet-1",), ("sg-1",))
    assert plan("elsewhere").vpc is None


def test_a_container_has_one_model_or_several(services, sagemaker):
    several = {**CONTAINER, "Mode": "MultiModel", "ModelDataUrl": "s3://models/all/"}
    sagemaker.create_model(**MODEL)
    sagemaker.create_model(**MODEL | {"ModelName": "all", "PrimaryContainer": several})
    plan = services.sagemaker._models.plan
    assert (plan("Iris-Forest").multi_model, plan("all").multi_model) == (False, True)
    assert plan("all").model_data_url == "s3://models/all/"


def test_a_container_may_stand_in_a_list_of_one(sagemaker):
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, Containers=[CONTAINER])
    assert sagemaker.describe_model(ModelName="m")["Containers"] == [CONTAINER]


def test_a_name_is_given_once(sagemaker, refusal):
    sagemaker.create_model(**MODEL)
    assert refusal(sagemaker.create_model, **MODEL) == (
        "ValidationException",
        f'Cannot create already existing model "{ARN}"',
    )


def test_a_deleted_model_and_its_tags_are_gone(sagemaker, refusal):
    sagemaker.create_model(**MODEL, Tags=[{"Key": "team", "Value": "a"}])
    sagemaker.delete_model(ModelName="Iris-Forest")
    for call in (sagemaker.describe_model, sagemaker.delete_model):
        assert refusal(call, ModelName="Iris-Forest") == (
            "ValidationException",
            f'Could not find model "{ARN}".',
        )
    sagemaker.create_model(**MODEL)
    assert sagemaker.list_tags(ResourceArn=ARN)["Tags"] == []


def test_models_are_listed(sagemaker, now):
    sagemaker.create_model(**MODEL)
    assert sagemaker.list_models(NameContains="forest")["Models"] == [
        {"ModelName": "Iris-Forest", "ModelArn": ARN, "CreationTime": now}
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"PrimaryContainer": None}, "needs one container of models: PrimaryContainer, or "
            "Containers with one; given: 0"),
        ({"Containers": [CONTAINER]}, "needs one container of models: PrimaryContainer, or "
            "Containers with one; given: 2"),
        ({"ExecutionRoleArn": None}, "needs ExecutionRoleArn of models"),
        ({"InferenceExecutionConfig": {"Mode": "Serial"}},
            "does not have InferenceExecutionConfig of models"),
        ({"PrimaryContainer": {"Image": "ml-gateway"}}, "needs ModelDataUrl of containers"),
        ({"PrimaryContainer": {**CONTAINER, "MultiModelConfig": {}}},
            "does not have MultiModelConfig of containers"),
        ({"PrimaryContainer": {**CONTAINER, "Mode": "MultiModel", "MultiModelConfig": {}}},
            "does not have MultiModelConfig of multi-model containers"),
        ({"PrimaryContainer": {"ModelPackageName": "p", "ModelDataUrl": "s3://a/b"}},
            "does not have ModelDataUrl of containers of a model package"),
    ],
)  # fmt: skip
def test_what_would_change_nothing_here_is_refused(sagemaker, refusal, changes, message):
    request = {k: v for k, v in {**MODEL, **changes}.items() if v is not None}
    expected = ("ValidationException", f"the local cloud {message}")
    assert refusal(sagemaker.create_model, **request) == expected


def test_two_calls_at_once_make_one_model(sagemaker):
    results = []

    def attempt():
        try:
            results.append(sagemaker.create_model(**MODEL)["ModelArn"])
        except ClientError as error:
            results.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [*["ValidationException"] * 3, ARN]
