import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider import contract
from local.provider.mapping import UnknownProperty, fold, to_request

MODEL = contract.operation("sagemaker", "CreateModel").input_shape
CONFIGURATION = contract.operation("sagemaker", "CreateEndpointConfig").input_shape
STAGE = contract.operation("apigateway", "CreateStage").input_shape
BUCKET_ENCRYPTION = contract.operation("s3", "PutBucketEncryption").input_shape


def test_properties_find_their_members_by_their_letters():
    variants = [{"variantName": "a", "initialVariantWeight": 1}]
    assert to_request(CONFIGURATION, {"productionVariants": variants}, {}) == {
        "ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": 1.0}]
    }


def test_a_name_is_the_name_of_the_type():
    assert to_request(MODEL, {"name": "iris"}, {}, "Model") == {"ModelName": "iris"}


def test_singular_and_plural_find_each_other():
    assert to_request(CONFIGURATION, {"productionVariant": []}, {}) == {"ProductionVariants": []}
    assert to_request(MODEL, {"primaryContainers": {"image": "i"}}, {}) == {
        "PrimaryContainer": {"Image": "i"}
    }


def test_a_single_value_becomes_the_list_that_the_api_takes():
    api = contract.operation("apigateway", "CreateRestApi").input_shape
    properties = {"endpointConfiguration": {"types": "REGIONAL"}}
    assert to_request(api, properties, {}) == {"endpointConfiguration": {"types": ["REGIONAL"]}}


def test_renames_go_by_the_whole_path():
    renames = {"rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID"}
    inner = BUCKET_ENCRYPTION.members["ServerSideEncryptionConfiguration"]
    properties = {
        "rules": [
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "k", "kmsMasterKeyId": "a"}}
        ]
    }
    assert to_request(inner, properties, renames) == {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "k", "KMSMasterKeyID": "a"}}
        ]
    }
    assert to_request(STAGE, {"deployment": "d"}, {"deployment": "deploymentId"}) == {
        "deploymentId": "d"
    }


def test_keys_of_maps_are_the_programs_own():
    assert to_request(STAGE, {"variables": {"a_B-c": "1", "n": 5, "on": True}}, {}) == {
        "variables": {"a_B-c": "1", "n": "5", "on": "true"}
    }


def test_absent_values_and_the_providers_own_properties_are_not_sent():
    properties = {"region": "eu-central-1", "__defaults": ["name"], "executionRoleArn": None}
    assert to_request(MODEL, properties, {}) == {}


@pytest.mark.parametrize(
    ("properties", "path", "shape"),
    [
        ({"colour": "red"}, "colour", "CreateModelInput"),
        (
            {"primaryContainer": {"imageConfig": {"colour": "red"}}},
            "primaryContainer.imageConfig.colour",
            "ImageConfig",
        ),
        ({"containers": [{}, {"colour": "red"}]}, "containers.colour", "ContainerDefinition"),
        ({"tags": {"team": "a"}}, "tags.team", "Tag"),
        ({"primaryContainer": {}, "primaryContainers": {}}, "primaryContainers", MODEL.name),
    ],
    ids=["top", "nested", "in a list", "a map where a list is due", "one member twice"],
)
def test_a_property_that_would_be_dropped_is_refused_by_its_path(properties, path, shape):
    with pytest.raises(UnknownProperty) as error:
        to_request(MODEL, properties, {})
    assert error.value.property == path
    assert str(error.value) == f"{path}: the local cloud knows no member of {shape} for it"


@given(
    st.dictionaries(
        st.sampled_from(["primaryContainer", "vpcConfig", "containers", "enableNetworkIsolation"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_a_value_of_another_type_is_left_for_the_contract_to_name(properties):
    request = to_request(MODEL, properties, {})
    assert len(request) == sum(value is not None for value in properties.values())
    contract.faults("sagemaker", "CreateModel", request)


@given(st.text())
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)
    assert fold(name.upper()) == fold(fold(name.upper()))


def test_folding_keeps_letters_and_digits():
    assert fold("KMS_Key-Id2") == fold("kmsKeyId2") == "kmskeyid2"
