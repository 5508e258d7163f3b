import json

import pytest
from grpc import RpcError

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"


def keeping(count):
    selection = {
        "tagStatus": "untagged",
        "countType": "imageCountMoreThan",
        "countNumber": count,
    }
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


@pytest.fixture
def repository(provider, unique):
    inputs = {
        "name": f"r-{unique}",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "tags": {"team": "a"},
    }
    return provider.make(REPOSITORY, inputs)


def test_a_repository_lives_and_its_settings_change_in_place(repository, aws):
    [found] = aws.call("ecr", "DescribeRepositories", {"repositoryNames": [repository.id]})[
        "repositories"
    ]
    assert found["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": KEY}
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository.is_clean()
    repository.change(imageTagMutability=None, imageScanningConfiguration={"scanOnPush": False})
    assert repository.is_clean()
    repository.change(tags={"cost": "1"})
    assert repository.is_clean()
    assert repository.goes()


def test_tags_that_someone_made_mutable_show_as_drift(repository, aws):
    request = {"repositoryName": repository.id, "imageTagMutability": "MUTABLE"}
    aws.call("ecr", "PutImageTagMutability", request)
    inputs, _ = repository.refresh()
    assert inputs["imageTagMutability"] == "MUTABLE"


def test_a_repository_with_images_goes_only_by_force(provider, repository, aws):
    manifest = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}
    image = {"repositoryName": repository.id, "imageManifest": json.dumps(manifest)}
    aws.call("ecr", "PutImage", image)
    with pytest.raises(RpcError, match="RepositoryNotEmptyException"):
        repository.goes()
    repository.change(forceDelete=True)
    assert repository.goes()


def test_a_lifecycle_policy_lives_and_goes(provider, repository):
    made = provider.make(LIFECYCLE, {"repository": repository.id, "policy": keeping(10)})
    assert made.is_clean()
    assert made.goes()
