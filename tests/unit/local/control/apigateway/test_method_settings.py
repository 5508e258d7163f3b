import pytest

from local.api_gateway.stage import Caching, MethodSettings, Unauthorized
from local.api_gateway.throttle import Limit

DEFAULTS = {
    "metricsEnabled": False,
    "loggingLevel": "OFF",
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}


@pytest.fixture
def update(gateway, stage):
    """Sets paths of the stage to values; answers the settings of its methods."""

    def update(values):
        operations = [
            {"op": "replace", "path": path, "value": value} for path, value in values.items()
        ]
        return gateway.update_stage(**stage, patchOperations=operations)["methodSettings"]

    return update


def test_a_setting_is_kept_beside_the_services_defaults(update):
    assert update(values={"/*/*/throttling/rateLimit": "5.5"}) == {
        "*/*": DEFAULTS | {"throttlingRateLimit": 5.5}
    }


@pytest.mark.parametrize(
    "path", ["/v1/iris/GET", "/v1~1iris/GET", "/~1v1~1iris/GET"], ids=["bare", "inner", "all"]
)
def test_a_path_is_the_same_however_its_slashes_are_written(update, path):
    found = update(values={f"{path}/caching/enabled": "true"})
    assert found == {"v1/iris/GET": DEFAULTS | {"cachingEnabled": True}}


def test_every_setting_has_its_path(update):
    found = update(
        values={
            "/iris/GET/metrics/enabled": "true",
            "/iris/GET/logging/loglevel": "ERROR",
            "/iris/GET/logging/dataTrace": "true",
            "/iris/GET/throttling/burstLimit": "7",
            "/iris/GET/throttling/rateLimit": "3",
            "/iris/GET/caching/enabled": "true",
            "/iris/GET/caching/ttlInSeconds": "60",
            "/iris/GET/caching/dataEncrypted": "true",
            "/iris/GET/caching/requireAuthorizationForCacheControl": "false",
            "/iris/GET/caching/unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
        }
    )
    assert found == {
        "iris/GET": {
            "metricsEnabled": True,
            "loggingLevel": "ERROR",
            "dataTraceEnabled": True,
            "throttlingBurstLimit": 7,
            "throttlingRateLimit": 3.0,
            "cachingEnabled": True,
            "cacheTtlInSeconds": 60,
            "cacheDataEncrypted": True,
            "requireAuthorizationForCacheControl": False,
            "unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
        }
    }


def test_the_data_plane_reads_them_by_path_and_method(update, control, api):
    update(
        values={
            "/*/*/throttling/rateLimit": "-1",
            "/v1~1iris/GET/throttling/burstLimit": "7",
            "/v1~1iris/GET/caching/enabled": "true",
            "/v1~1iris/GET/caching/ttlInSeconds": "60",
            "/v1~1iris/GET/caching/unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
        }
    )
    assert control.deployed(api, "v1").stage.settings == {
        "*/*": MethodSettings(throttle=None),
        "/v1/iris/GET": MethodSettings(
            throttle=Limit(10000.0, 7),
            caching=Caching(enabled=True, ttl_seconds=60, unauthorized=Unauthorized.FAIL_WITH_403),
        ),
    }


def test_settings_are_taken_off_as_a_whole(gateway, stage, update):
    update(values={"/*/*/metrics/enabled": "true", "/v1/iris/GET/metrics/enabled": "true"})
    for path in ("/*/*", "/v1~1iris/GET"):
        operation = {"op": "remove", "path": path}
        gateway.update_stage(**stage, patchOperations=[operation])
    assert gateway.get_stage(**stage)["methodSettings"] == {}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "/iris/GET/caching/ttlInSeconds", "3601",
            "Invalid cache TTL 3601: it is 0 to 3600 seconds",
        ),
        (
            "/iris/GET/caching/enabled", "yes",
            "Invalid value 'yes': cachingEnabled is of type boolean",
        ),
        (
            "/iris/GET/caching/unauthorizedCacheControlHeaderStrategy", "FAIL",
            "Invalid value 'FAIL': unauthorizedCacheControlHeaderStrategy is one of "
            "FAIL_WITH_403, SUCCEED_WITH_RESPONSE_HEADER, SUCCEED_WITHOUT_RESPONSE_HEADER",
        ),
        ("/iris/GET/caching/size", "1", "Invalid patch path iris: Stage has no such member"),
    ],
)  # fmt: skip
def test_a_setting_that_aws_would_refuse_is_refused(update, refusal, path, value, message):
    assert refusal(update, values={path: value}) == ("BadRequestException", message)


def test_a_setting_cannot_be_added(gateway, stage, refusal):
    operation = {"op": "add", "path": "/iris/GET/caching/enabled", "value": "true"}
    assert refusal(gateway.update_stage, **stage, patchOperations=[operation]) == (
        "BadRequestException",
        "add of /iris/GET/caching/enabled: settings can be replaced only",
    )
