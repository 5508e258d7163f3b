import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider import contract
from local.provider.errors import ProviderError
from local.provider.mapping import Translation, UnknownProperty, fold

MODEL = contract.operation("sagemaker", "CreateModel").input_shape
CONFIGURATION = contract.operation("sagemaker", "CreateEndpointConfig").input_shape
STAGE = contract.operation("apigateway", "CreateStage").input_shape
PLAN = contract.operation("apigateway", "CreateUsagePlan").input_shape
API = contract.operation("apigateway", "CreateRestApi").input_shape
ALARM = contract.operation("cloudwatch", "PutMetricAlarm").input_shape
BUCKET_ENCRYPTION = contract.operation("s3", "PutBucketEncryption").input_shape


def request(shape, properties, **names):
    return Translation(**names).request(shape, properties)


def test_properties_find_their_members_by_their_letters():
    variants = [{"variantName": "a", "initialVariantWeight": 1}]
    assert request(CONFIGURATION, {"productionVariants": variants}) == {
        "ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": 1.0}]
    }


def test_a_name_is_the_name_of_the_type():
    assert request(MODEL, {"name": "iris"}, noun="Model") == {"ModelName": "iris"}


def test_singular_and_plural_find_each_other():
    assert request(CONFIGURATION, {"productionVariant": []}) == {"ProductionVariants": []}
    assert request(MODEL, {"primaryContainers": {"image": "i"}}) == {
        "PrimaryContainer": {"Image": "i"}
    }


def test_a_single_value_becomes_the_list_that_the_api_takes():
    properties = {"endpointConfiguration": {"types": "REGIONAL"}}
    assert request(API, properties) == {"endpointConfiguration": {"types": ["REGIONAL"]}}


def test_a_list_of_one_block_becomes_the_structure_that_the_api_takes():
    variant = {"routingConfigs": [{"routingStrategy": "RANDOM"}]}
    assert request(CONFIGURATION, {"productionVariants": [variant]}) == {
        "ProductionVariants": [{"RoutingConfig": {"RoutingStrategy": "RANDOM"}}]
    }


def test_a_map_becomes_the_pairs_that_the_api_takes():
    dimensions = {"EndpointName": "iris", "Number": 1, "Flag": True}
    assert request(ALARM, {"dimensions": dimensions}) == {
        "Dimensions": [
            {"Name": "EndpointName", "Value": "iris"},
            {"Name": "Flag", "Value": "true"},
            {"Name": "Number", "Value": "1"},
        ]
    }
    assert request(ALARM, {"dimensions": {}}) == {"Dimensions": []}


def test_a_pair_that_is_written_as_one_stays_a_pair():
    pair = {"name": "EndpointName", "value": "iris"}
    for dimensions in (pair, [pair]):
        assert request(ALARM, {"dimensions": dimensions}) == {
            "Dimensions": [{"Name": "EndpointName", "Value": "iris"}]
        }


def test_a_list_becomes_the_map_that_the_api_takes():
    stages = [{"apiId": "a", "throttles": [{"path": "/iris/POST", "rateLimit": 5}]}]
    names = {
        "renames": {"apiStages.throttles": "throttle"},
        "keyed_by": {"apiStages.throttles": "path"},
    }
    assert request(PLAN, {"apiStages": stages}, **names) == {
        "apiStages": [{"apiId": "a", "throttle": {"/iris/POST": {"rateLimit": 5.0}}}]
    }


def test_two_items_of_one_key_are_refused_since_one_would_go():
    throttles = [{"path": "/iris/POST", "rateLimit": 5}, {"path": "/iris/POST", "rateLimit": 6}]
    names = {
        "renames": {"apiStages.throttles": "throttle"},
        "keyed_by": {"apiStages.throttles": "path"},
    }
    with pytest.raises(ProviderError) as error:
        request(PLAN, {"apiStages": [{"apiId": "a", "throttles": throttles}]}, **names)
    assert str(error.value) == (
        "apiStages.throttles.path: '/iris/POST' is given twice. Leave one out."
    )


def test_renames_go_by_the_whole_path_and_into_structures():
    renames = {
        "rules": "ServerSideEncryptionConfiguration.Rules",
        "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID",
    }
    default = {"sseAlgorithm": "k", "kmsMasterKeyId": "a"}
    properties = {"rules": [{"applyServerSideEncryptionByDefault": default}], "bucket": "b"}
    sent = {"SSEAlgorithm": "k", "KMSMasterKeyID": "a"}
    assert request(BUCKET_ENCRYPTION, properties, renames=renames) == {
        "Bucket": "b",
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": sent}]
        },
    }
    assert request(STAGE, {"deployment": "d"}, renames={"deployment": "deploymentId"}) == {
        "deploymentId": "d"
    }


def test_what_the_real_provider_sends_by_itself_is_sent():
    names = {
        "renames": {"metricQueries": "Metrics"},
        "defaults": {"metricQueries.returnData": False},
    }
    queries = [{"id": "a", "returnData": True}, {"id": "b"}]
    assert request(ALARM, {"metricQueries": queries}, **names) == {
        "Metrics": [{"Id": "a", "ReturnData": True}, {"Id": "b", "ReturnData": False}]
    }


def test_keys_of_maps_are_the_programs_own():
    assert request(STAGE, {"variables": {"a_B-c": "1", "n": 5, "on": True}}) == {
        "variables": {"a_B-c": "1", "n": "5", "on": "true"}
    }


def test_numbers_may_be_written_as_text():
    assert request(API, {"minimumCompressionSize": "1024"}) == {"minimumCompressionSize": 1024}
    assert request(ALARM, {"threshold": "0.5"}) == {"Threshold": 0.5}
    assert request(API, {"minimumCompressionSize": "much"}) == {"minimumCompressionSize": "much"}


def test_absent_values_and_the_providers_own_properties_are_not_sent():
    properties = {"region": "eu-central-1", "__defaults": ["name"], "executionRoleArn": None}
    assert request(MODEL, properties) == {}


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
        ({"containers": {"team": "a"}}, "containers.team", "ContainerDefinition"),
        ({"primaryContainer": {}, "primaryContainers": {}}, "primaryContainers", MODEL.name),
    ],
    ids=["top", "nested", "in a list", "a map where a list is due", "one member twice"],
)
def test_a_property_that_would_be_dropped_is_refused_by_its_path(properties, path, shape):
    with pytest.raises(UnknownProperty) as error:
        request(MODEL, properties)
    assert error.value.property == path
    assert str(error.value) == f"{path}: the local cloud knows no member of {shape} for it"


def test_a_rename_to_a_member_that_is_not_there_is_refused():
    with pytest.raises(UnknownProperty):
        request(MODEL, {"image": "i"}, renames={"image": "PrimaryContainer.Picture"})


@given(
    st.dictionaries(
        st.sampled_from(["primaryContainer", "vpcConfig", "containers", "enableNetworkIsolation"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_a_value_of_another_type_is_left_for_the_contract_to_name(properties):
    sent = request(MODEL, properties)
    assert len(sent) == sum(value is not None for value in properties.values())
    contract.faults("sagemaker", "CreateModel", sent)


@given(st.text())
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)
    assert fold(name.upper()) == fold(fold(name.upper()))


def test_folding_keeps_letters_and_digits():
    assert fold("KMS_Key-Id2") == fold("kmsKeyId2") == "kmskeyid2"
