import pytest

from local.control.service import AwsError


@pytest.mark.parametrize("delete", ["stage", "rest_api"])
def test_what_is_deleted_answers_no_request(gateway, control, api, stage, delete):
    if delete == "stage":
        gateway.delete_stage(**stage)
    else:
        gateway.delete_rest_api(restApiId=api)
    with pytest.raises(AwsError):
        control.deployed(api, "v1")


def test_a_stage_is_told_as_it_runs(gateway, control, api, stage):
    operations = [
        {"op": "replace", "path": path, "value": value}
        for path, value in (
            ("/variables/tier", "gold"),
            ("/tracingEnabled", "true"),
            ("/cacheClusterEnabled", "true"),
            ("/cacheClusterSize", "1.6"),
            ("/accessLogSettings/format", "$context.requestId"),
        )
    ]
    gateway.update_stage(**stage, patchOperations=operations)
    deployed = control.deployed(api, "v1")
    assert (deployed.stage.name, deployed.stage.api_id) == ("v1", api)
    assert (deployed.stage.region, deployed.stage.account_id) == ("eu-central-1", "123456789012")
    assert deployed.stage.variables == {"tier": "gold"}
    assert deployed.stage.traced
    assert deployed.stage.cached
    assert deployed.cache == (1.6, 1)
    assert deployed.access_log == {"format": "$context.requestId"}


def test_every_change_is_a_revision_and_no_question_is(gateway, control, api, stage):
    before = control.revision
    gateway.get_stage(**stage)
    gateway.get_rest_apis()
    assert control.revision == before
    gateway.create_api_key(name="a")
    assert control.revision == before + 1


def test_the_account_is_read_set_and_reset(gateway):
    path, role = "/cloudwatchRoleArn", "arn:aws:iam::123456789012:role/logs"
    assert "cloudwatchRoleArn" not in gateway.get_account()
    operation = {"op": "replace", "path": path, "value": role}
    gateway.update_account(patchOperations=[operation])
    found = gateway.get_account()
    assert found["cloudwatchRoleArn"] == role
    assert found["throttleSettings"] == {"rateLimit": 10000.0, "burstLimit": 5000}
    gateway.update_account(patchOperations=[{"op": "remove", "path": path}])
    assert "cloudwatchRoleArn" not in gateway.get_account()
