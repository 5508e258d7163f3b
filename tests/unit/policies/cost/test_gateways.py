import pytest

from gateway_policies.cost.charge import HOURS, always, used
from gateway_policies.cost.gateways import WEB_ACL, stage_charges, web_acl_charges
from gateway_policies.resource import UNKNOWN
from gateway_policies.stages import REST_API, STAGE
from tests.unit.policies.cost.stacks import BUSY, billed
from tests.unit.policies.verdicts import made


def test_requests_and_answers_are_billed_by_use():
    found = billed(stage_charges, made(STAGE), traffic=BUSY)
    assert found == {"REST requests": used(1_000_000), "transfer out": used(976.5625)}


def test_stages_share_the_requests():
    found = billed(stage_charges, made(STAGE, "urn:a"), made(STAGE, "urn:b"), traffic=BUSY)
    assert found["REST requests"] == used(500_000)


def test_a_cache_is_billed_by_the_hour_for_its_size():
    stage = made(STAGE, cacheClusterEnabled=True, cacheClusterSize="0.5")
    assert billed(stage_charges, stage)["REST cache 0.5 GB"] == always(HOURS)
    off = made(STAGE, cacheClusterEnabled=False, cacheClusterSize="0.5")
    assert "REST cache 0.5 GB" not in billed(stage_charges, off)


@pytest.mark.parametrize(
    "values",
    [
        {"cacheClusterEnabled": UNKNOWN},
        {"cacheClusterEnabled": True, "cacheClusterSize": UNKNOWN},
    ],
)
def test_a_cache_that_is_not_known_is_undecided(values):
    assert billed(stage_charges, made(STAGE, **values))["the cache of a stage"] == "Undecided"


def test_answers_of_a_private_api_do_not_leave():
    api = made(REST_API, "urn:api", endpointConfiguration={"types": "PRIVATE"})
    stage = made(STAGE, "urn:stage", {"restApi": ["urn:api"]})
    assert "transfer out" not in billed(stage_charges, stage, api, traffic=BUSY)


def test_traces_are_named_and_in_no_sum():
    assert billed(stage_charges, made(STAGE, xrayTracingEnabled=True))["X-Ray traces"] == "Excluded"


def test_a_web_acl_is_billed_with_its_rules_and_requests():
    acl = made(WEB_ACL, rules=[{"name": "a"}, {"name": "b"}])
    found = billed(web_acl_charges, acl, traffic=BUSY)
    assert found == {
        "web ACL": always(1),
        "web ACL rule": always(2),
        "web ACL requests": used(1_000_000),
    }


def test_web_acls_share_the_requests():
    both = [made(WEB_ACL, "urn:a"), made(WEB_ACL, "urn:b")]
    assert billed(web_acl_charges, *both, traffic=BUSY)["web ACL requests"] == used(500_000)


def test_rules_that_are_not_known_are_undecided():
    found = billed(web_acl_charges, made(WEB_ACL, rules=UNKNOWN))
    assert found["rules of a web ACL"] == "Undecided"
