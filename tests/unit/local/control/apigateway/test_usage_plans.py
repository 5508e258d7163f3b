import pytest

from local.api_gateway.quota import Period, Quota
from local.api_gateway.throttle import Limit
from local.api_gateway.usage import ApiKey, UsagePlan


@pytest.fixture
def covered(api, stage):
    return [{"apiId": api, "stage": "v1"}]


@pytest.fixture
def plan_with(gateway):
    def plan_with(stages, *keys, **limits):
        plan = gateway.create_usage_plan(name="p", apiStages=stages, **limits)["id"]
        for key in keys:
            gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
        return plan

    return plan_with


@pytest.fixture
def key_of(gateway):
    """Makes an enabled key."""

    def key_of(value="value-of-a", **members):
        request = {"name": "a", "enabled": True, **members}
        return gateway.create_api_key(value=value, **request)["id"]

    return key_of


def test_a_key_has_the_value_it_is_given_or_one_that_nobody_guesses(gateway):
    given = gateway.create_api_key(name="a", value="x" * 20, enabled=True)
    drawn = [gateway.create_api_key(name="b", enabled=True)["value"] for _ in range(2)]
    found = gateway.get_api_key(apiKey=given["id"], includeValue=True)
    assert (found["value"], found["enabled"]) == ("x" * 20, True)
    assert drawn[0] != drawn[1]
    assert min(map(len, drawn)) >= 40


def test_no_two_keys_share_a_value(key_of, refusal):
    key_of()
    assert refusal(key_of) == ("ConflictException", "API Key already exists")


def test_a_value_is_told_only_where_it_is_asked_for(gateway, key_of):
    key = key_of(name="client-a")
    key_of("other", name="b")
    assert "value" not in gateway.get_api_key(apiKey=key)
    [found] = gateway.get_api_keys(nameQuery="client")["items"]
    assert (found["id"], found.get("value")) == (key, None)
    [found] = gateway.get_api_keys(nameQuery="client", includeValues=True)["items"]
    assert found["value"] == "value-of-a"


def test_only_enabled_keys_of_plans_that_cover_a_stage_open_it(
    gateway, control, covered, key_of, plan_with
):
    keys = {
        "in": key_of("value-of-in"),
        "off": key_of("value-of-off", enabled=False),
        "none": key_of("value-of-none"),
    }
    silent = gateway.create_api_key(name="silent", value="value-of-silent")["id"]
    plan = plan_with(covered, keys["in"], keys["off"], silent)
    plan_with([], keys["none"])
    opened = control.deployed(covered[0]["apiId"], "v1").keys
    assert opened == {"value-of-in": ApiKey(keys["in"], UsagePlan(plan))}


def test_a_key_opens_nothing_after_it_left_its_plan_or_was_disabled(
    gateway, control, covered, key_of, plan_with
):
    key = key_of()
    plan = plan_with(covered, key)

    def opened():
        return list(control.deployed(covered[0]["apiId"], "v1").keys)

    assert opened() == ["value-of-a"]
    gateway.delete_usage_plan_key(usagePlanId=plan, keyId=key)
    assert opened() == []
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    operation = {"op": "replace", "path": "/enabled", "value": "false"}
    gateway.update_api_key(apiKey=key, patchOperations=[operation])
    assert opened() == []


def test_a_key_that_is_deleted_leaves_its_plans(gateway, key_of, plan_with, refusal):
    key = key_of()
    plan = plan_with([], key)
    gateway.delete_api_key(apiKey=key)
    assert refusal(gateway.get_api_key, apiKey=key)[0] == "NotFoundException"
    assert gateway.get_usage_plan_keys(usagePlanId=plan)["items"] == []


def test_a_plan_reads_back_whole_and_changes(gateway, covered):
    request = {
        "name": "standard",
        "apiStages": covered,
        "throttle": {"rateLimit": 50.0, "burstLimit": 100},
        "quota": {"limit": 1000, "period": "DAY"},
    }
    plan = gateway.create_usage_plan(**request)["id"]
    found = gateway.get_usage_plan(usagePlanId=plan)
    assert {name: found[name] for name in request} == request
    operation = {"op": "replace", "path": "/throttle/burstLimit", "value": "7"}
    changed = gateway.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    assert changed["throttle"] == {"rateLimit": 50.0, "burstLimit": 7}
    operation = {"op": "remove", "path": "/quota"}
    changed = gateway.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    assert "quota" not in changed


def test_plans_are_listed_by_key(gateway, key_of, plan_with):
    key = key_of()
    mine, other = plan_with([], key), plan_with([])
    assert [p["id"] for p in gateway.get_usage_plans()["items"]] == [mine, other]
    assert [p["id"] for p in gateway.get_usage_plans(keyId=key)["items"]] == [mine]


def test_a_plan_goes_once_it_has_no_stage(gateway, covered, plan_with, key_of, refusal):
    key = key_of()
    plan = plan_with(covered, key)
    assert refusal(gateway.delete_usage_plan, usagePlanId=plan) == (
        "BadRequestException",
        f"Cannot delete Usage Plan {plan} because there are API Stages associated with it. "
        "Remove them first.",
    )
    name = f"{covered[0]['apiId']}:v1"
    operation = {"op": "remove", "path": "/apiStages", "value": name}
    gateway.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    gateway.delete_usage_plan(usagePlanId=plan)
    assert gateway.get_usage_plans(keyId=key)["items"] == []
    member = {"usagePlanId": plan, "keyId": key}
    assert refusal(gateway.get_usage_plan_key, **member)[0] == "NotFoundException"


def test_a_key_joins_a_plan_once(gateway, key_of, plan_with, refusal):
    key = key_of()
    plan = plan_with([], key)
    member = {"usagePlanId": plan, "keyId": key}
    found = gateway.get_usage_plan_key(**member)
    assert (found["name"], found["value"]) == ("a", "value-of-a")
    assert refusal(gateway.create_usage_plan_key, **member, keyType="API_KEY") == (
        "ConflictException",
        f"Cannot create already existing usage plan key '{plan}/{key}'",
    )


@pytest.mark.parametrize("missing", ["usagePlanId", "keyId"])
def test_a_plan_and_its_key_must_exist(gateway, key_of, plan_with, refusal, missing):
    request = {"usagePlanId": plan_with([]), "keyId": key_of(), missing: "nothing"}
    code, _ = refusal(gateway.create_usage_plan_key, **request, keyType="API_KEY")
    assert code == "NotFoundException"


def test_a_key_is_in_one_plan_of_a_stage_at_a_time(gateway, covered, key_of, plan_with, refusal):
    key = key_of()
    first = plan_with(covered, key)
    second = plan_with(covered)
    join = {"usagePlanId": second, "keyId": key, "keyType": "API_KEY"}
    assert refusal(gateway.create_usage_plan_key, **join) == (
        "ConflictException",
        f"API Key {key} cannot reference multiple Usage Plans with the same API Stage",
    )
    gateway.delete_usage_plan_key(usagePlanId=first, keyId=key)
    assert gateway.create_usage_plan_key(**join)["id"] == key


def test_the_data_plane_reads_a_plan_with_all_its_limits(
    gateway, control, api, covered, key_of, plan_with
):
    key = key_of()
    throttle = {"rateLimit": 50.0, "burstLimit": 100}
    covered[0]["throttle"] = {"/v1/iris/POST": {"rateLimit": 1.0, "burstLimit": 2}}
    quota = {"limit": 1000, "period": "WEEK", "offset": 1}
    plan = plan_with(covered, key, throttle=throttle, quota=quota)
    [opened] = control.deployed(api, "v1").keys.values()
    assert opened == ApiKey(
        key,
        UsagePlan(
            plan,
            throttle=Limit(50.0, 100),
            method_throttles={"/v1/iris/POST": Limit(1.0, 2)},
            quota=Quota(1000, Period.WEEK, offset=1),
        ),
    )


REFUSED = [
    (
        {"apiStages": [{"apiId": "a", "stage": "v9"}]},
        ("NotFoundException", "API Stage not found: a:v9"),
    ),
    (
        {"throttle": {"rateLimit": 1.0}},
        (
            "BadRequestException",
            "Invalid throttle {'rateLimit': 1.0}: the local cloud needs rateLimit and burstLimit",
        ),
    ),
    (
        {"quota": {"limit": 1}},
        (
            "BadRequestException",
            "Invalid quota {'limit': 1}: it has a limit, and a period of DAY, WEEK or MONTH",
        ),
    ),
    (
        {"quota": {"limit": 1, "period": "DAY", "offset": 1}},
        ("BadRequestException", "Invalid quota offset 1: for DAY 0 to 0"),
    ),
]


@pytest.mark.parametrize(("members", "error"), REFUSED)
def test_a_plan_that_aws_would_refuse_is_refused(gateway, refusal, members, error):
    assert refusal(gateway.create_usage_plan, name="p", **members) == error
