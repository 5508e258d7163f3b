"""Models, each named by what it says."""

import pytest

from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_set import ModelSet
from components.config.endpoint import Endpoint
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.hosted_model import HostedModel, images, is_isolated
from components.endpoint.vpc_access import vpc_access
from tests.unit.components.conftest import (
    CONTEXT,
    IMAGE,
    KEY_ARN,
    REGISTERED,
    packed,
    private_network,
)

MODEL = "aws:sagemaker/model:Model"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
POLICY = "aws:iam/rolePolicy:RolePolicy"
NAME = "ml-gateway-prod-iris"
ARTIFACT = {"artifact": "build/iris"}
INSTANCES = ARTIFACT | {"instances": {"type": "ml.m5.large", "min": 1, "max": 2}}
SERVERLESS = ARTIFACT | {"serverless": {"memory": "2GB", "concurrency": 20}}
VPC = {
    "network": {
        "isolation": False,
        "vpc": {
            "subnets": ["subnet-0000000a", "subnet-0000000b"],
            "securityGroups": ["sg-0000000c"],
        },
    }
}


def settings(variant=INSTANCES, **blocks):
    return Endpoint.model_validate({"variants": {"forest": variant}} | blocks)


@pytest.fixture
def host(deploy):
    def run(source=None, endpoint=None, image=IMAGE, network=lambda: None):
        source, endpoint = source or packed("f"), endpoint or settings()

        def program():
            store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
            role = ExecutionRole(
                "iris-execution",
                {
                    "context": CONTEXT,
                    "endpoint_name": NAME,
                    "settings": endpoint,
                    "sources": {"forest": source},
                    "images": {"forest": image},
                    "artifact_bucket": store.bucket_name,
                    "data": None,
                    "vpc": None,
                    "key_arn": KEY_ARN,
                },
            )
            return HostedModel(
                "iris-forest",
                {
                    "context": CONTEXT,
                    "folder": f"{NAME}/forest",
                    "settings": endpoint,
                    "source": source,
                    "image": image,
                    "store": store,
                    "role": role,
                    "vpc": vpc_access(endpoint, network()),
                },
            ).name

        return deploy(program)

    return run


def test_a_model_runs_isolated_from_a_pinned_image_and_a_pinned_artifact(host):
    model = host().one(MODEL)
    bucket = "ml-gateway-prod-models-123456789012-eu-central-1"
    assert model.inputs == {
        "executionRoleArn": f"arn:aws:iam::123456789012:role/{NAME}-execution",
        "enableNetworkIsolation": True,
        "primaryContainer": {
            "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{IMAGE}",
            "modelDataUrl": f"s3://{bucket}/{NAME}/forest/{'f' * 64}/model.tar.gz",
        },
    }


def test_it_waits_for_its_artifact_and_for_its_roles_policies(host):
    stack = host()
    assert f"{OBJECT}::{stack.one(OBJECT).name}" in stack.one(MODEL).depends_on
    policies = {f"{policy.type}::{policy.name}" for policy in stack.all(POLICY)}
    assert len(policies) == 2
    assert policies <= set(stack.one(MODEL).depends_on)


def test_another_image_or_artifact_makes_another_model_beside_the_old_one(host):
    stacks = [host(), host(source=packed("e")), host(image="other@sha256:0")]
    names = {stack.one(MODEL).name for stack in stacks}
    assert len(names) == 3
    assert all(name.startswith("iris-forest-") for name in names)
    for stack in stacks:
        assert stack.one(MODEL).retained
        assert stack.one(OBJECT).name == f"{stack.one(MODEL).name}-artifact"


@pytest.mark.parametrize("source", [packed("f"), ModelSet({"iris": packed("f")}), REGISTERED])
def test_what_an_endpoint_discloses_is_told_to_its_containers(host, source):
    inputs = host(source=source, endpoint=settings(disclose="label")).one(MODEL).inputs
    container = inputs.get("primaryContainer") or inputs["containers"][0]
    assert container["environment"] == {"DISCLOSE": "label"}


def test_an_endpoint_that_discloses_all_tells_nothing_and_is_the_model_that_it_was(host):
    stack, same = host(), host(endpoint=settings(disclose="all"))
    assert same.one(MODEL).name == stack.one(MODEL).name
    assert "environment" not in stack.one(MODEL).inputs["primaryContainer"]


def test_several_models_are_one_container_that_reads_below_their_prefix(host):
    models = ModelSet({"iris": packed("f"), "wine": packed("e")})
    stack = host(source=models)
    container = stack.one(MODEL).inputs["primaryContainer"]
    assert container["mode"] == "MultiModel"
    assert container["modelDataUrl"].endswith(f"/{NAME}/forest/{models.sha256}/")
    objects = {f"{OBJECT}::{found.name}" for found in stack.all(OBJECT)}
    assert len(objects) == 2
    assert objects <= set(stack.one(MODEL).depends_on)


def test_another_model_of_the_set_makes_another_one_and_leaves_the_old_files(host):
    before = host(source=ModelSet({"iris": packed("f"), "wine": packed("e")}))
    after = host(source=ModelSet({"iris": packed("f"), "wine": packed("d")}))
    assert before.one(MODEL).name != after.one(MODEL).name
    keys = [{found.inputs["key"] for found in stack.all(OBJECT)} for stack in (before, after)]
    assert keys[0].isdisjoint(keys[1])


def test_a_model_package_brings_its_own_image_and_artifact(host):
    stack = host(source=REGISTERED)
    assert stack.one(MODEL).inputs["containers"] == [{"modelPackageName": REGISTERED.arn}]
    assert "primaryContainer" not in stack.one(MODEL).inputs
    assert stack.all(OBJECT) == []


def test_a_model_that_must_call_out_does_so_in_the_given_network(host):
    inputs = host(endpoint=settings(**VPC)).one(MODEL).inputs
    assert inputs["enableNetworkIsolation"] is False
    assert inputs["vpcConfig"] == {
        "subnets": ["subnet-0000000a", "subnet-0000000b"],
        "securityGroupIds": ["sg-0000000c"],
    }


def test_in_the_stacks_own_network_a_model_has_its_ids_and_is_named_without_them(host):
    """Ids are not known at preview: in the name, the addresses and zones stand for them."""
    model = host(network=private_network).one(MODEL)
    assert model.inputs["enableNetworkIsolation"] is True
    assert model.inputs["vpcConfig"] == {
        "subnets": ["id:network-a", "id:network-b"],
        "securityGroupIds": ["id:network-containers"],
    }
    names = {model.name, host().one(MODEL).name, host(endpoint=settings(**VPC)).one(MODEL).name}
    assert len(names) == 3


@pytest.mark.parametrize(("variant", "isolated"), [(INSTANCES, True), (SERVERLESS, False)])
def test_isolation_is_left_out_where_aws_does_not_offer_it(variant, isolated):
    assert is_isolated(settings(variant)) is isolated


def test_a_variant_may_have_another_image_than_the_stacks():
    other = f"other@sha256:{'1' * 64}"
    shadow = {"instances": {"type": "ml.m5.large", "count": 1}, "sample": "50%", "name": "next"}
    endpoint = settings(INSTANCES | {"image": other}, shadow=ARTIFACT | shadow)
    assert images(endpoint, IMAGE) == {"forest": other, "next": IMAGE}
