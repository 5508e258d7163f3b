import pytest

ARN = "arn:aws:sagemaker:eu-central-1:123456789012"
CONTAINER = {
    "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:" + "0" * 64,
    "ModelDataUrl": "s3://models/iris.tar.gz",
    "Environment": {"WORKERS": "1", "LOG": "info"},
}
PACKAGE = {
    "ModelPackageGroupName": "Iris",
    "InferenceSpecification": {
        "Containers": [CONTAINER],
        "SupportedContentTypes": ["application/json"],
        "SupportedResponseMIMETypes": ["application/json"],
    },
}
MODEL = {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/execution"}


@pytest.fixture
def registry(sagemaker):
    sagemaker.create_model_package_group(ModelPackageGroupName="Iris")
    return sagemaker


def test_a_group_reads_back_and_is_listed(sagemaker, now):
    created = sagemaker.create_model_package_group(
        ModelPackageGroupName="Iris",
        ModelPackageGroupDescription="irises",
        Tags=[{"Key": "team", "Value": "a"}],
    )
    assert created["ModelPackageGroupArn"] == f"{ARN}:model-package-group/iris"
    found = sagemaker.describe_model_package_group(ModelPackageGroupName="Iris")
    assert found["ModelPackageGroupDescription"] == "irises"
    assert found["ModelPackageGroupStatus"] == "Completed"
    [listed] = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert (listed["ModelPackageGroupName"], listed["CreationTime"]) == ("Iris", now)
    tags = sagemaker.list_tags(ResourceArn=created["ModelPackageGroupArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "a"}]


def test_versions_are_numbered_and_wait_for_approval(registry):
    arns = [registry.create_model_package(**PACKAGE)["ModelPackageArn"] for _ in range(2)]
    assert arns == [f"{ARN}:model-package/iris/1", f"{ARN}:model-package/iris/2"]
    found = registry.describe_model_package(ModelPackageName=arns[1])
    assert (found["ModelPackageGroupName"], found["ModelPackageVersion"]) == ("Iris", 2)
    assert found["ModelPackageStatus"] == "Completed"
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["InferenceSpecification"] == PACKAGE["InferenceSpecification"]


def test_the_number_of_a_deleted_version_is_not_given_again(registry, refusal):
    first = registry.create_model_package(**PACKAGE)["ModelPackageArn"]
    registry.delete_model_package(ModelPackageName=first)
    assert refusal(registry.describe_model_package, ModelPackageName=first)[1] == (
        f'Could not find model package "{first}".'
    )
    second = registry.create_model_package(**PACKAGE)["ModelPackageArn"]
    assert second.endswith("/iris/2")


def test_a_version_is_approved_and_described(registry, now):
    arn = registry.create_model_package(
        **PACKAGE, CustomerMetadataProperties={"auc": "0.9", "run": "1"}
    )["ModelPackageArn"]
    registry.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"auc": "0.95"},
        CustomerMetadataPropertiesToRemove=["run"],
    )
    found = registry.describe_model_package(ModelPackageName=arn)
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == ("Approved", "good")
    assert found["CustomerMetadataProperties"] == {"auc": "0.95"}
    assert found["LastModifiedTime"] == now


def test_packages_are_listed_by_group_kind_and_approval(registry):
    for approval in ("Approved", "Rejected"):
        registry.create_model_package(**PACKAGE, ModelApprovalStatus=approval)
    specification = PACKAGE["InferenceSpecification"]
    registry.create_model_package(ModelPackageName="alone", InferenceSpecification=specification)

    def listed(**query):
        found = registry.list_model_packages(**query)["ModelPackageSummaryList"]
        return [package["ModelPackageArn"].partition("/")[2] for package in found]

    assert listed() == ["alone"]
    assert listed(ModelPackageGroupName="Iris") == ["iris/1", "iris/2"]
    assert listed(ModelPackageGroupName="Iris", ModelApprovalStatus="Approved") == ["iris/1"]
    assert listed(ModelPackageType="Both", NameContains="iris") == ["iris/1", "iris/2"]
    assert listed(ModelPackageType="Both") == ["alone", "iris/1", "iris/2"]


def test_a_model_takes_image_data_and_environment_from_an_approved_version(registry, runtime, iris):
    arn = registry.create_model_package(**PACKAGE, ModelApprovalStatus="Approved")
    container = {"ModelPackageName": arn["ModelPackageArn"], "Environment": {"LOG": "debug"}}
    registry.create_model(**MODEL, Containers=[container])
    assert registry.describe_model(ModelName="m")["Containers"] == [container]
    variant = {
        "VariantName": "forest",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    registry.create_endpoint_config(EndpointConfigName="p", ProductionVariants=[variant])
    iris.create("p")
    [variant] = runtime.fleets["iris"].variants
    assert variant.model.image == CONTAINER["Image"]
    assert variant.model.model_data_url == CONTAINER["ModelDataUrl"]
    assert variant.model.environment == {"WORKERS": "1", "LOG": "debug"}


def test_a_version_that_is_not_approved_becomes_no_model(registry, refusal):
    arn = registry.create_model_package(**PACKAGE)["ModelPackageArn"]
    request = {**MODEL, "PrimaryContainer": {"ModelPackageName": arn}}
    assert refusal(registry.create_model, **request) == (
        "ValidationException",
        f'Model package "{arn}" is PendingManualApproval. Allowed: Approved. Approve it with '
        "UpdateModelPackage.",
    )


def test_a_group_goes_when_it_is_empty(registry, refusal):
    arn = registry.create_model_package(**PACKAGE)["ModelPackageArn"]
    assert refusal(registry.delete_model_package_group, ModelPackageGroupName="Iris") == (
        "ConflictException",
        f'Model package group "{ARN}:model-package-group/iris" has 1 model packages. '
        "Allowed: none. Delete them first.",
    )
    registry.delete_model_package(ModelPackageName=arn)
    registry.delete_model_package_group(ModelPackageGroupName="Iris")
    assert refusal(registry.describe_model_package_group, ModelPackageGroupName="Iris")[1] == (
        f'Could not find model package group "{ARN}:model-package-group/iris".'
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ModelPackageName": "p"}, "Allowed is one of ModelPackageName and "
            "ModelPackageGroupName."),
        ({"ModelPackageGroupName": None}, "Allowed is one of ModelPackageName and "
            "ModelPackageGroupName."),
        ({"ModelPackageGroupName": None, "ModelPackageName": "p",
          "ModelApprovalStatus": "Approved"},
            "ModelApprovalStatus does not apply to unversioned model packages."),
        ({"ModelPackageGroupName": "other"}, "Could not find model package group "
            f'"{ARN}:model-package-group/other".'),
        ({"CertifyForMarketplace": True},
            "the local cloud does not have CertifyForMarketplace of model packages"),
        ({"InferenceSpecification": {"Containers": [CONTAINER, CONTAINER]}},
            "the local cloud needs one container of model packages; given: 2"),
    ],
)  # fmt: skip
def test_a_package_that_breaks_one_rule_is_named(registry, refusal, changes, message):
    request = {k: v for k, v in {**PACKAGE, **changes}.items() if v is not None}
    assert refusal(registry.create_model_package, **request) == ("ValidationException", message)
