import pytest
from moto.core.utils import get_service_model

from local.control.apigateway.patch import patched
from local.control.service import AwsError

_MODEL = get_service_model("apigateway")
STAGE = _MODEL.operation_model("GetStage").output_shape
API = _MODEL.operation_model("GetRestApi").output_shape
PLAN = _MODEL.operation_model("GetUsagePlan").output_shape


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


@pytest.mark.parametrize(
    ("path", "value", "record"),
    [
        ("/deploymentId", "d2", {"deploymentId": "d2"}),
        ("/tracingEnabled", "true", {"tracingEnabled": True}),
        ("/tracingEnabled", "false", {"tracingEnabled": False}),
        ("/variables/tier", "gold", {"variables": {"tier": "gold"}}),
        ("/accessLogSettings/format", "$x", {"accessLogSettings": {"format": "$x"}}),
        ("/canarySettings/percentTraffic", "12.5", {"canarySettings": {"percentTraffic": 12.5}}),
    ],
)
def test_a_value_is_replaced_in_the_type_of_its_member(path, value, record):
    assert patched({}, [replace(path, value)], STAGE) == record


def test_numbers_are_whole_where_the_member_is():
    operations = [replace("/throttle/burstLimit", "7"), replace("/quota/limit", "100")]
    assert patched({}, operations, PLAN) == {"throttle": {"burstLimit": 7}, "quota": {"limit": 100}}


def test_a_removed_member_is_gone_and_the_rest_stays():
    record = {"variables": {"a": "1", "b": "2"}, "description": "x"}
    operations = [
        {"op": "remove", "path": "/variables/a"},
        {"op": "remove", "path": "/description"},
        {"op": "remove", "path": "/accessLogSettings/format"},
    ]
    assert patched(record, operations, STAGE) == {"variables": {"b": "2"}}


def test_items_of_a_list_stand_in_the_path():
    operations = [
        {"op": "add", "path": "/binaryMediaTypes/image~1png"},
        {"op": "add", "path": "/binaryMediaTypes/a~0b"},
        {"op": "add", "path": "/binaryMediaTypes/image~1png"},
        {"op": "remove", "path": "/binaryMediaTypes/a~0b"},
    ]
    assert patched({}, operations, API) == {"binaryMediaTypes": ["image/png"]}


def test_an_item_of_a_list_is_replaced_by_its_value():
    record = {"endpointConfiguration": {"types": ["EDGE"]}}
    operation = replace("/endpointConfiguration/types/EDGE", "REGIONAL")
    assert patched(record, [operation], API) == {"endpointConfiguration": {"types": ["REGIONAL"]}}


@pytest.mark.parametrize(
    ("operation", "shape", "message"),
    [
        (replace("/colour", "red"), STAGE, "Invalid patch path colour: Stage has no such member"),
        (
            replace("/description/x", "red"),
            STAGE,
            "Invalid patch path x: String has no such member",
        ),
        (
            {"op": "remove", "path": "/accessLogSettings/colour"},
            STAGE,
            "Invalid patch path colour: AccessLogSettings has no such member",
        ),
        (
            replace("/apiStages", "['api:v1']"),
            PLAN,
            "Invalid patch path apiStages: only a single value can be replaced",
        ),
        (
            replace("/throttle/burstLimit", "many"),
            PLAN,
            "Invalid value 'many': burstLimit is of type integer",
        ),
        (
            replace("/tracingEnabled", "yes"),
            STAGE,
            "Invalid value 'yes': tracingEnabled is of type boolean",
        ),
        (
            {"op": "add", "path": "/variables/a", "value": "1"},
            STAGE,
            "add of /variables/a is not there on the local cloud",
        ),
    ],
)
def test_what_the_record_does_not_have_is_refused(operation, shape, message):
    with pytest.raises(AwsError) as error:
        patched({}, [operation], shape)
    assert (error.value.code, str(error.value)) == ("BadRequestException", message)
