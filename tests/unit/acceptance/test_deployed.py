"""How the black-box tests read a stack's outputs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acceptance.deployed import CERTAINTY, OutputsError, read_stack, tries

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


def test_a_stack_that_is_not_up_is_named_with_what_to_do(tmp_path):
    outputs = tmp_path / "outputs.json"
    outputs.write_text("{}")
    with pytest.raises(OutputsError) as error:
        read_stack(outputs)
    assert str(error.value) == (
        "The stack has no output routes, apiKeys, deployed. Allowed: the outputs of a stack that "
        "is up, with its secrets. Bring it up: make up."
    )


def test_outputs_of_an_earlier_version_are_named_with_what_to_do(tmp_path):
    outputs = tmp_path / "outputs.json"
    values = {"routes": [], "apiKeys": {}, "deployed": {"key": KEY, "endpoints": {}}}
    outputs.write_text(json.dumps(values))
    with pytest.raises(OutputsError, match=r"no 'flowLog': an earlier version .* make up\.$"):
        read_stack(outputs)


@pytest.mark.parametrize("text", ["", "[]", "Diagnostics:"])
def test_what_is_no_json_object_is_refused(tmp_path, text):
    outputs = tmp_path / "outputs.json"
    outputs.write_text(text)
    with pytest.raises(OutputsError, match=r"outputs\.json"):
        read_stack(outputs)


def test_requests_carry_the_key_that_may_send_most(tmp_path):
    stack = read(tmp_path)
    [route] = stack.routes
    assert stack.client_of(route) == "large"
    assert (stack.region, route.api_id, route.stage, route.path) == (
        "eu-central-1",
        "abc",
        "live",
        "/v1/iris",
    )


def test_an_endpoint_that_a_schedule_empties_starts_from_zero(tmp_path):
    [endpoint] = read(tmp_path).endpoints
    assert endpoint.starts_from_zero
    assert endpoint.share("forest") == 0.75


def test_the_traffic_of_the_stacks_network_is_one_of_its_logs(tmp_path):
    assert "/aws/vpc/p-private" in {group.name for group in read(tmp_path).log_groups}


def test_a_stack_may_have_a_web_page(tmp_path):
    assert read(tmp_path).pages == []
    assert read(tmp_path, page="https://x/try/index.html").pages == ["https://x/try/index.html"]


@given(st.floats(0.01, 1))
def test_after_so_many_tries_it_is_nearly_certain(share):
    count = tries(share)
    assert (1 - share) ** count <= CERTAINTY * 1.000001
    assert count == 1 or (1 - share) ** (count - 1) > CERTAINTY * 0.999999


def read(folder, **more):
    """A stack with one route, two plans and one endpoint of two variants. more: outputs."""
    plan = {"name": "p", "rate": 9, "burst": 9}
    variant = {"bounds": {"min": 1, "max": 2}, "schedule": {}}
    empty = {"night": {"min": 0, "max": 1}}
    outputs = {
        "apiKeys": {"small": "1", "large": "2"},
        "routes": [
            {
                "gateway": "direct",
                "name": "v1_iris",
                "method": "POST",
                "url": "https://api.example/live/v1/iris",
                "arn": "arn:aws:execute-api:eu-central-1:123456789012:abc/live/POST/v1/iris",
                "auth": "apiKey",
                "headers": {},
                "body": None,
                "query": None,
                "endpoint": "iris",
                "model": None,
                "targetVariant": False,
            }
        ],
        "deployed": {
            "key": KEY,
            "buckets": {},
            "flowLog": "/aws/vpc/p-private",
            "gateways": {
                "direct": {
                    "accessLog": "log",
                    "plans": {
                        "small": plan | {"quota": 40, "clients": ["small"]},
                        "large": plan | {"quota": 4000, "clients": ["large"]},
                    },
                }
            },
            "endpoints": {
                "iris": {
                    "name": "p-iris",
                    "variants": {
                        "forest": variant | {"weight": 3},
                        "twin": variant | {"weight": 1, "schedule": empty},
                    },
                    "shadow": None,
                    "volumes": True,
                    "private": True,
                    "capture": None,
                    "requests": None,
                    "rollbackAlarms": [],
                    "scalingAlarms": [],
                }
            },
        },
    }
    path = folder / "outputs.json"
    path.write_text(json.dumps(outputs | more))
    return read_stack(path)
