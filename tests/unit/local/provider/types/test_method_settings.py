import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from local.aws import Aws
from local.provider.errors import ProviderError
from local.provider.types import RESOURCE_TYPES
from tests.unit.local.control.apigateway.documents import mock_document

SETTINGS = RESOURCE_TYPES["aws:apigateway/methodSettings:MethodSettings"]
LIMITS = {"throttlingRateLimit": 50, "throttlingBurstLimit": 100, "metricsEnabled": True}


class StageAws(Aws):
    """A stage that takes the patches of its methods. dropped: a setting that it loses."""

    NAMES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
        "throttling/rateLimit": ("throttlingRateLimit", float),
        "throttling/burstLimit": ("throttlingBurstLimit", int),
        "metrics/enabled": ("metricsEnabled", lambda text: text == "true"),
    }

    def __init__(self, dropped=None):
        self.region = "eu-central-1"
        self.gateway_url = "http://127.0.0.1:1"
        self.methods = {}
        self.patches = []
        self.dropped = dropped

    def call(self, service, operation, request):
        for change in request.get("patchOperations", []):
            self.patches.append((change["op"], change["path"], change.get("value")))
            resource, method, *setting = change["path"].lstrip("/").split("/", 2)
            key = f"{resource.replace('~1', '/').strip('/')}/{method}"
            if change["op"] == "remove":
                del self.methods[key]
                continue
            name, typed = self.NAMES[setting[0]]
            if name != self.dropped:
                self.methods.setdefault(key, {})[name] = typed(change["value"])
        return {"methodSettings": self.methods}


def of(path, **settings):
    return {"restApi": "a", "stageName": "live", "methodPath": path, "settings": settings}


def test_settings_of_two_methods_can_both_exist():
    old = of("*/*", **LIMITS)
    assert SETTINGS.collides(old, {**old, "region": "eu-west-1"})
    assert not SETTINGS.collides(old, of("iris/POST", **LIMITS))


@pytest.mark.parametrize("path", ["*/*", "iris/POST", "~1iris/POST", "~1iris~1a/POST"])
def test_settings_are_made_changed_and_taken_off(path):
    aws, made = StageAws(), of(path, **LIMITS)
    assert SETTINGS.faults(made) == []
    resource_id, record = SETTINGS.make(aws, made)
    assert resource_id == f"a-live-{path}"
    assert SETTINGS.live(aws, resource_id, record, made) == made
    changed = of(path, **{**LIMITS, "throttlingRateLimit": 5})
    record = SETTINGS.change(aws, resource_id, made, changed)
    assert SETTINGS.live(aws, resource_id, record, made) == changed
    SETTINGS.remove(aws, resource_id, changed)
    assert SETTINGS.look_up(aws, resource_id, changed) is None
    assert aws.patches == [
        ("replace", f"/{path}/metrics/enabled", "true"),
        ("replace", f"/{path}/throttling/burstLimit", "100"),
        ("replace", f"/{path}/throttling/rateLimit", "50.0"),
        ("replace", f"/{path}/throttling/rateLimit", "5.0"),
        ("remove", f"/{path}", None),
    ]


def test_where_no_limit_is_set_there_is_none_as_upstream():
    aws = StageAws()
    SETTINGS.make(aws, of("*/*", metricsEnabled=True))
    assert aws.methods["*/*"] == {
        "metricsEnabled": True,
        "throttlingBurstLimit": -1,
        "throttlingRateLimit": -1.0,
    }


def test_settings_that_are_gone_are_no_error_to_take_off():
    aws = StageAws()
    SETTINGS.remove(aws, "a-live-*/*", of("*/*", **LIMITS))
    assert aws.patches == []


def test_a_setting_that_was_dropped_is_an_error():
    with pytest.raises(ProviderError) as error:
        SETTINGS.make(StageAws(dropped="throttlingBurstLimit"), of("*/*", **LIMITS))
    assert str(error.value) == (
        "UpdateStage: throttlingBurstLimit was sent as 100 and reads back as None; "
        "the local cloud must not drop it"
    )


def test_a_value_that_the_api_forbids_is_a_fault():
    strategy = of("*/*", unauthorizedCacheControlHeaderStrategy="IGNORE")
    assert SETTINGS.faults(strategy) == [
        "settings.unauthorizedCacheControlHeaderStrategy: 'IGNORE' is none of the 3 allowed values"
    ]


def test_a_stage_takes_the_settings_of_a_method(provider):
    api = provider.make(
        "aws:apigateway/restApi:RestApi", {"name": "a", "body": json.dumps(mock_document())}
    )
    deployment = provider.make("aws:apigateway/deployment:Deployment", {"restApi": api.id})
    where = {"restApi": api.id, "stageName": "live"}
    provider.make("aws:apigateway/stage:Stage", {**where, "deployment": deployment.id})
    inputs = {**where, "methodPath": "*/*", "settings": LIMITS}
    made = provider.make("aws:apigateway/methodSettings:MethodSettings", inputs)
    assert made.is_clean()
    made.change(settings={**LIMITS, "throttlingRateLimit": 5, "loggingLevel": "ERROR"})
    assert made.is_clean()
    assert made.goes()
