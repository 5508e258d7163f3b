"""What a stack says it has deployed."""

import json

from components.config.stack import load_config
from components.deployed import deployed
from components.endpoint.live_endpoint import LiveEndpoint
from tests.unit.components.conftest import CONTEXT, IMAGE, KEY_ARN, stack_config

DATA = "s3://ml-gateway-prod-data-123456789012-eu-central-1"


def described(live=None, network=None, **endpoint):
    """The only endpoint of a stack, called iris. network: the block of the stack's own."""
    variant = {"artifact": "build/iris", "instances": {"type": "ml.m5.large", "min": 2, "max": 4}}
    settings = {"variants": {"forest": variant}, "scaling": {"target": "1200/min"}} | endpoint
    blocks = {
        "endpoints": {"iris": settings},
        "direct": {"routes": {"/iris": {"endpoint": "iris"}}, "auth": "iam"},
    }
    blocks |= {"network": network} if network else {}
    values = {f"ml-gateway:{key}": json.dumps(block) for key, block in blocks.items()}
    config = load_config({"aws:region": CONTEXT.region, "ml-gateway:image": IMAGE} | values)
    return deployed(config, CONTEXT, live or {}, KEY_ARN)


def test_a_gateway_has_its_access_log_and_the_limits_of_its_plans():
    config = stack_config(routes={"/iris": {"endpoint": "iris"}})
    assert deployed(config, CONTEXT, {}, KEY_ARN)["gateways"] == {
        "direct": {
            "accessLog": "/aws/apigateway/ml-gateway-prod-direct-stage",
            "plans": {
                "standard": {
                    "name": "ml-gateway-prod-direct-standard",
                    "rate": 50,
                    "burst": 100,
                    "quota": 100_000,
                    "clients": ["shop"],
                }
            },
        }
    }


def test_an_endpoint_has_its_variants_and_what_scales_them():
    schedule = {"night": {"at": "cron(0 20 * * ? *)", "min": 1, "max": 2}}
    stack = described(scaling={"target": "1200/min", "schedule": schedule})
    assert stack["endpoints"] == {
        "iris": {
            "name": "ml-gateway-prod-iris",
            "variants": {
                "forest": {
                    "weight": 1,
                    "bounds": {"min": 2, "max": 4},
                    "schedule": {"night": {"min": 1, "max": 2}},
                }
            },
            "shadow": None,
            "volumes": True,
            "private": False,
            "capture": None,
            "requests": None,
            "rollbackAlarms": [],
            "scalingAlarms": ["ml-gateway-prod-iris-forest-idle"],
        }
    }
    assert stack["key"] == KEY_ARN
    assert stack["buckets"] == {"models": "ml-gateway-prod-models-123456789012-eu-central-1"}


def test_a_serverless_variant_has_neither_volumes_nor_limits():
    variant = {"artifact": "build/iris", "serverless": {"memory": "2GB", "concurrency": 5}}
    endpoint = described(variants={"forest": variant}, scaling=None)["endpoints"]["iris"]
    assert endpoint["variants"]["forest"] == {"weight": 1, "bounds": None, "schedule": {}}
    assert not endpoint["volumes"]
    assert endpoint["scalingAlarms"] == []


NETWORK = {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}


def test_a_network_of_the_stacks_own_has_a_log_and_says_who_is_in_it():
    plain, networked = described(), described(network=NETWORK)
    assert (plain["flowLog"], plain["endpoints"]["iris"]["private"]) == (None, False)
    assert networked["flowLog"] == "/aws/vpc/ml-gateway-prod-private"
    assert networked["endpoints"]["iris"]["private"]


def test_what_requests_leave_behind_has_its_place():
    stack = described(capture={"sample": "20%", "retention": "7d"})
    address = f"{DATA}/capture/ml-gateway-prod-iris"
    assert stack["endpoints"]["iris"]["capture"] == {"sample": 20, "address": address}
    assert stack["buckets"]["data"] == DATA.removeprefix("s3://")


def test_a_web_page_has_a_bucket_of_its_own():
    config = stack_config(routes={"/iris": {"endpoint": "iris"}}, page={"path": "/try"})
    buckets = deployed(config, CONTEXT, {}, KEY_ARN)["buckets"]
    assert buckets["page"] == "ml-gateway-prod-page-123456789012-eu-central-1"


def test_async_requests_have_their_place_and_may_start_the_first_instance():
    variant = {"artifact": "build/iris", "instances": {"type": "ml.m5.large", "min": 0, "max": 4}}
    endpoint = described(
        variants={"forest": variant},
        scaling={"backlog": 5},
        **{"async": {"concurrency": 4, "retention": "7d"}},
    )["endpoints"]["iris"]
    assert endpoint["requests"] == f"{DATA}/async/ml-gateway-prod-iris/input"
    assert endpoint["scalingAlarms"] == ["ml-gateway-prod-iris-forest-waiting"]


def test_a_shadow_is_named():
    instances = {"type": "ml.m5.large", "count": 1}
    shadow = {"name": "twin", "artifact": "build/iris", "instances": instances, "sample": "50%"}
    assert described(shadow=shadow)["endpoints"]["iris"]["shadow"] == "twin"


def test_a_roll_out_has_alarms_and_a_guarded_endpoint_keeps_some():
    rollout = {
        "canary": {"share": "50%", "bake": "5m"},
        "rollbackOn": {"errorRate": "1%", "latencyP90": "2s"},
    }
    name = "ml-gateway-prod-iris-forest"
    with_rollout = described(rollout=rollout)["endpoints"]["iris"]
    assert with_rollout["rollbackAlarms"] == [f"{name}-errors", f"{name}-latency"]
    live = {"iris": LiveEndpoint({"forest": 2}, serverless=False, guarded=True)}
    assert described(live)["endpoints"]["iris"]["rollbackAlarms"] == [f"{name}-errors"]
