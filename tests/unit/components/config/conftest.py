"""A stack's config as users write it, changed in places, and the lines that its mistakes get."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.config.stack import ConfigError, StackConfig, load_config

FOREST = "endpoints.iris.variants.forest"
INSTANCES = {"type": "ml.m5.large", "min": 2, "max": 6}
MINIMAL: dict[str, Any] = {
    "image": f"team/model-server@sha256:{'0f' * 32}",
    "endpoints": {
        "iris": {
            "variants": {"forest": {"artifact": "build/iris-forest", "instances": INSTANCES}},
            "scaling": {"target": "1200/min"},
        }
    },
    "direct": {
        "routes": {"/iris": {"endpoint": "iris"}},
        "plans": {
            "standard": {
                "throttle": {"rate": "50/s", "burst": 100},
                "quota": "100000/day",
                "keys": ["data-science"],
            }
        },
    },
}
MISSING = object()


def changed(*changes: tuple[str, Any], base: Mapping[str, Any] = MINIMAL) -> dict[str, Any]:
    """The minimal config, each (path, value) of it set, or taken out if MISSING."""
    config = copy.deepcopy(dict(base))
    for path, value in changes:
        *parents, last = path.split(".")
        block = config
        for parent in parents:
            block = block.setdefault(parent, {})
        if value is MISSING:
            del block[last]
        else:
            block[last] = copy.deepcopy(value)
    return config


def endpoint(**keys: Any) -> dict[str, Any]:
    """The minimal config, with keys of its endpoint set; `asynchronous` stands for `async`."""
    renamed = {{"asynchronous": "async"}.get(key, key): value for key, value in keys.items()}
    return changed(*((f"endpoints.iris.{key}", value) for key, value in renamed.items()))


def as_the_engine_gives_it(config: Mapping[str, Any]) -> dict[str, str]:
    """Qualified keys; text as it is, anything else as JSON."""
    return {"aws:region": "eu-central-1"} | {
        f"ml-gateway:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in config.items()
    }


def load(config: Mapping[str, Any]) -> StackConfig:
    """The config as the program reads it."""
    return load_config(as_the_engine_gives_it(config))


def mistakes(config: Mapping[str, Any]) -> list[str]:
    """The lines of the error, without the namespace of the keys."""
    with pytest.raises(ConfigError) as error:
        load(config)
    first, *lines = str(error.value).split("\n  ")
    count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    assert first == f"The stack's config has {count}; nothing was created."
    assert all(line.startswith("ml-gateway:") for line in lines)
    return [line.removeprefix("ml-gateway:") for line in lines]


def on_instances(**instances: Any) -> dict[str, Any]:
    """A variant on instances."""
    return {"artifact": "build/iris-forest", "instances": INSTANCES | instances}


def serverless(**keys: Any) -> dict[str, Any]:
    """A variant without instances."""
    settings = {"memory": "2GB", "concurrency": 20} | keys
    return {"artifact": "build/iris-forest", "serverless": settings}


SHADOW = {
    "name": "boosting",
    "artifact": "build/iris-boosting",
    "instances": {"type": "ml.m5.large", "count": 1},
    "sample": "50%",
}
ASYNC = {"concurrency": 4, "retention": "7d"}
CAPTURE = {"sample": "20%", "retention": "30d"}
ROLLBACK = {"rollbackOn": {"errorRate": "1%"}}
CANARY = {"canary": {"share": "10%", "bake": "10m"}, **ROLLBACK}
VPC = {
    "subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "securityGroups": ["sg-0123456789abcdef0"],
}
