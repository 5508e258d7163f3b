import pytest
from moto.core.utils import get_service_model

from local.control.apigateway.plan_limits import patch_stages
from local.control.service import AwsError

PLAN = get_service_model("apigateway").operation_model("GetUsagePlan").output_shape


def patched(record, *operations):
    for verb, path, value in operations:
        patch_stages(record, {"op": verb, "path": path, "value": value}, PLAN)
    return record


def test_stages_join_and_leave_a_plan_once():
    plan = patched(
        {},
        ("add", "/apiStages", "api:v1"),
        ("add", "/apiStages", "api:v2"),
        ("add", "/apiStages", "api:v2"),
        ("remove", "/apiStages", "api:v1"),
    )
    assert plan == {"apiStages": [{"apiId": "api", "stage": "v2"}]}


@pytest.mark.parametrize("path", ["/v1/iris/POST", "~1v1~1iris/POST", "v1/iris/POST"])
def test_a_method_is_throttled_however_its_slashes_are_written(path):
    plan = patched(
        {},
        ("add", "/apiStages", "api:v1"),
        ("replace", f"/apiStages/api:v1/throttle/{path}/rateLimit", "5.5"),
        ("replace", f"/apiStages/api:v1/throttle/{path}/burstLimit", "7"),
    )
    throttle = {"/v1/iris/POST": {"rateLimit": 5.5, "burstLimit": 7}}
    assert plan == {"apiStages": [{"apiId": "api", "stage": "v1", "throttle": throttle}]}


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        (("remove", "/apiStages", "api:v9"), "NotFoundException", "API Stage not found: api:v9"),
        (
            ("replace", "/apiStages/api:v9/throttle/iris/POST/rateLimit", "1"),
            "NotFoundException",
            "API Stage not found: api:v9",
        ),
        (
            ("replace", "/apiStages/api:v1/throttle/iris/POST/rateLimit", "many"),
            "BadRequestException",
            "Invalid value 'many': rateLimit is of type double",
        ),
        (
            ("replace", "/apiStages", "api:v1"),
            "BadRequestException",
            "replace of /apiStages: not on the local cloud",
        ),
    ],
)
def test_another_patch_is_refused(operation, code, message):
    plan = {"apiStages": [{"apiId": "api", "stage": "v1"}]}
    with pytest.raises(AwsError) as refusal:
        patched(plan, operation)
    assert (refusal.value.code, str(refusal.value)) == (code, message)
