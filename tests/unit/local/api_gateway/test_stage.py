from dataclasses import replace

import pytest

from local.api_gateway.stage import Caching, MethodSettings, Stage
from local.api_gateway.throttle import Limit

CACHED = MethodSettings(caching=Caching(enabled=True, ttl_seconds=60))
THROTTLED = MethodSettings(throttle=Limit(1, 2))
STAGE = Stage("live", "api123", "123456789012", "eu-central-1", cached=True)


def test_a_method_has_its_own_settings_as_a_whole_or_those_of_every_method():
    every = {"*/*": THROTTLED, "/iris/GET": CACHED}
    stage = replace(STAGE, settings=every)
    assert stage.method_settings("/iris", "GET") == CACHED
    assert stage.method_settings("/roses", "GET") == THROTTLED
    assert STAGE.method_settings("/iris", "GET") == MethodSettings()


@pytest.mark.parametrize(
    ("key", "method", "cached", "enabled"),
    [
        ("*/*", "GET", True, True),
        ("*/*", "POST", True, False),
        ("/iris/POST", "POST", True, True),
        ("/iris/GET", "GET", False, False),
        ("*/*", "GET", False, False),
    ],
)
def test_caching_for_every_method_is_for_get_alone_and_takes_a_cache(key, method, cached, enabled):
    stage = replace(STAGE, cached=cached, settings={key: CACHED})
    assert stage.method_settings("/iris", method).caching == replace(
        CACHED.caching, enabled=enabled
    )
