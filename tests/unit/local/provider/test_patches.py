import pytest

from local.provider.patches import escape, operations


def replaced(path, value):
    return {"op": "replace", "path": path, "value": value}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"name": "a"}, {"name": "a"}, []),
        ({"name": "a"}, {"name": "b"}, [replaced("/name", "b")]),
        ({"description": "a"}, {}, [{"op": "remove", "path": "/description"}]),
        ({}, {"tracingEnabled": True}, [replaced("/tracingEnabled", "true")]),
        (
            {"variables": {"a": "1", "b/c": "2"}},
            {"variables": {"b/c": "3"}},
            [{"op": "remove", "path": "/variables/a"}, replaced("/variables/b~1c", "3")],
        ),
        ({"variables": {"a": "1"}}, {}, [{"op": "remove", "path": "/variables/a"}]),
        ({"quota": {"limit": 5}}, {}, [{"op": "remove", "path": "/quota"}]),
        (
            {"throttle": {"rateLimit": 5.0}},
            {"throttle": {"rateLimit": 5.5}},
            [replaced("/throttle/rateLimit", "5.5")],
        ),
        (
            {"binaryMediaTypes": ["a/b"]},
            {"binaryMediaTypes": ["*/*"]},
            [
                {"op": "remove", "path": "/binaryMediaTypes/a~1b"},
                {"op": "add", "path": "/binaryMediaTypes/*~1*"},
            ],
        ),
        (
            {"endpointConfiguration": {"types": ["EDGE"]}},
            {"endpointConfiguration": {"types": ["REGIONAL"]}},
            [replaced("/endpointConfiguration/types/EDGE", "REGIONAL")],
        ),
        (
            {"endpointConfiguration": {"vpcEndpointIds": ["vpce-1"]}},
            {"endpointConfiguration": {"vpcEndpointIds": ["vpce-2"]}},
            [
                {
                    "op": "remove",
                    "path": "/endpointConfiguration/vpcEndpointIds",
                    "value": "vpce-1",
                },
                {"op": "add", "path": "/endpointConfiguration/vpcEndpointIds", "value": "vpce-2"},
            ],
        ),
    ],
)
def test_what_differs_is_patched(old, new, changes):
    assert list(operations(old, new)) == changes


def test_a_stage_of_a_plan_that_changes_is_taken_out_and_put_in_again():
    kept = {"apiId": "a", "stage": "v1"}
    old = {"apiStages": [kept, {"apiId": "b", "stage": "live"}]}
    limits = {"rateLimit": 5.0, "burstLimit": 10}
    new = {"apiStages": [kept, {"apiId": "b", "stage": "live", "throttle": {"/iris/POST": limits}}]}
    path = "/apiStages/b:live/throttle//iris/POST"
    assert list(operations(old, new)) == [
        {"op": "remove", "path": "/apiStages", "value": "b:live"},
        {"op": "add", "path": "/apiStages", "value": "b:live"},
        replaced(f"{path}/burstLimit", "10"),
        replaced(f"{path}/rateLimit", "5.0"),
    ]


def test_slashes_and_tildes_are_escaped():
    assert escape("~a/b") == "~0a~1b"
