import pytest

from tests.unit.local.control.apigateway.documents import mock_document


@pytest.fixture
def update(gateway, stage):
    def update(path, value=None):
        operation = {"op": "remove", "path": path}
        if value is not None:
            operation = {"op": "replace", "path": path, "value": value}
        return gateway.update_stage(**stage, patchOperations=[operation])

    return update


@pytest.fixture
def create(gateway, api):
    """Makes a stage, of a name and of other members."""
    deployment = gateway.create_deployment(restApiId=api)["id"]

    def create(**members):
        request = {"stageName": "v2", "deploymentId": deployment, **members}
        gateway.create_stage(restApiId=api, **request)
        return request

    return create


def test_a_stage_reads_back_whole(gateway, api, create, now):
    request = create(
        variables={"tier": "gold"},
        tracingEnabled=True,
        cacheClusterEnabled=True,
        cacheClusterSize="1.6",
        tags={"team": "a"},
    )
    found = gateway.get_stage(restApiId=api, stageName="v2")
    del found["ResponseMetadata"]
    assert found == {**request, "cacheClusterStatus": "AVAILABLE", "createdDate": now}


def test_a_stage_without_a_cache_says_so(gateway, api, create):
    create()
    found = gateway.get_stage(restApiId=api, stageName="v2")
    assert not found["cacheClusterEnabled"]
    assert found["cacheClusterStatus"] == "NOT_AVAILABLE"
    assert "cacheClusterSize" not in found


def test_a_cache_has_the_smallest_size_unless_another_is_given(update):
    assert update("/cacheClusterEnabled", "true")["cacheClusterSize"] == "0.5"


def test_a_stage_runs_the_document_that_was_deployed_and_not_the_one_put_last(
    control, put, api, stage
):
    put(api, mock_document(status="418"))
    _, document = control.stage(api, "v1")
    [response] = document.resources[0].methods["GET"].integration.responses
    assert response.status == 200


def test_a_stage_moves_to_another_deployment(gateway, control, put, update, api, now):
    put(api, mock_document(status="418"))
    deployment = gateway.create_deployment(restApiId=api)["id"]
    assert update("/deploymentId", deployment)["lastUpdatedDate"] == now
    record, document = control.stage(api, "v1")
    assert record["deploymentId"] == deployment
    [response] = document.resources[0].methods["GET"].integration.responses
    assert response.status == 418


def test_the_stages_of_an_api_are_listed(gateway, api, stage, create):
    create()
    found = gateway.get_stages(restApiId=api)["item"]
    assert [item["stageName"] for item in found] == ["v1", "v2"]
    first = gateway.get_stage(**stage)["deploymentId"]
    [found] = gateway.get_stages(restApiId=api, deploymentId=first)["item"]
    assert found["stageName"] == "v1"


def test_what_a_patch_removes_is_gone(gateway, stage, update):
    update("/description", "first")
    update("/variables/tier", "gold")
    found = gateway.get_stage(**stage)
    assert (found["description"], found["variables"]) == ("first", {"tier": "gold"})
    update("/description")
    update("/variables/tier")
    assert not {"description"} & gateway.get_stage(**stage).keys()


REFUSED = [
    (
        {"stageName": "v 1"},
        "Stage name only allows a-zA-Z0-9_- and 128 characters",
    ),
    ({"stageName": "v" * 129}, "Stage name only allows a-zA-Z0-9_- and 128 characters"),
    (
        {"canarySettings": {"percentTraffic": 10.0}},
        "CreateStage with canarySettings: the local cloud does not have it",
    ),
    (
        {"variables": {"a b": "1"}},
        "Invalid stage variable a b='1': names have a-zA-Z0-9_, values a-zA-Z0-9-._~:/?#&=,",
    ),
    (
        {"variables": {"a": "{1}"}},
        "Invalid stage variable a='{1}': names have a-zA-Z0-9_, values a-zA-Z0-9-._~:/?#&=,",
    ),
    (
        {"cacheClusterSize": "2"},
        "Invalid cache size '2': it is one of 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237",
    ),
]


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_a_stage_that_aws_would_refuse_is_refused(create, refusal, members, message):
    assert refusal(create, **members) == ("BadRequestException", message)


def test_a_stage_needs_its_deployment(api, create, update, refusal):
    missing = ("NotFoundException", f"Could not find deployment '{api}/nothing'.")
    assert refusal(create, deploymentId="nothing") == missing
    assert refusal(update, path="/deploymentId", value="nothing") == missing


def test_an_access_log_format_that_aws_would_refuse_is_refused_at_once(gateway, stage, refusal):
    operations = [
        {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value}
        for name, value in (
            ("destinationArn", "arn:aws:logs:eu-central-1:123456789012:x"),
            ("format", "$context.path"),
        )
    ]
    code, message = refusal(gateway.update_stage, **stage, patchOperations=operations)
    assert code == "BadRequestException"
    assert "$context.requestId, which AWS requires" in message
    assert "accessLogSettings" not in gateway.get_stage(**stage)


def test_a_canary_is_refused_by_name(update, refusal):
    assert refusal(update, path="/canarySettings/percentTraffic", value="10") == (
        "BadRequestException",
        "UpdateStage of canarySettings: the local cloud does not have it",
    )


def test_a_stage_that_goes_leaves_its_plans(gateway, api, stage):
    plan = gateway.create_usage_plan(name="p", apiStages=[{"apiId": api, "stage": "v1"}])["id"]
    gateway.delete_stage(**stage)
    assert gateway.get_usage_plan(usagePlanId=plan)["apiStages"] == []


def test_a_cache_is_emptied_by_name(gateway, control, api, stage):
    before = control.deployed(api, "v1").cache
    gateway.flush_stage_cache(**stage)
    assert control.deployed(api, "v1").cache != before
