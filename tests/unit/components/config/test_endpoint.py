"""The blocks of an endpoint, each by itself."""

import pytest

from tests.unit.components.config.conftest import (
    ASYNC,
    CAPTURE,
    FOREST,
    SHADOW,
    VPC,
    changed,
    endpoint,
    load,
    mistakes,
    on_instances,
    serverless,
)

WARM = {"variants": {"forest": serverless(provisioned={"min": 2, "max": 20})}}


def read(**keys):
    return load(endpoint(**keys)).endpoints["iris"]


def test_an_endpoint_is_isolated_and_at_rest_unless_told_otherwise():
    iris = read()
    assert iris.network.isolation
    assert iris.network.vpc is None
    assert (iris.shadow, iris.asynchronous, iris.rollout, iris.capture) == (None, None, None, None)
    assert iris.variants["forest"].weight == 1
    assert iris.variants["forest"].image is None


def test_an_async_endpoint_is_written_with_the_key_async():
    iris = read(asynchronous=ASYNC, scaling={"backlog": 5})
    assert (iris.asynchronous.concurrency, iris.asynchronous.retention) == (4, 7)


def test_capture_shadow_and_network_are_read():
    iris = read(capture=CAPTURE, shadow=SHADOW, network={"isolation": False, "vpc": VPC})
    assert (iris.capture.sample, iris.capture.retention) == (20, 30)
    assert (iris.shadow.name, iris.shadow.sample, iris.shadow.instances.count) == (
        "boosting",
        50,
        1,
    )
    assert not iris.network.isolation
    assert iris.network.vpc.security_groups == VPC["securityGroups"]


@pytest.mark.parametrize(("text", "megabytes"), [("1GB", 1024), ("2048MB", 2048), ("6GB", 6144)])
def test_memory_is_read_in_megabytes(text, megabytes):
    iris = read(variants={"forest": serverless(memory=text)}, scaling=None)
    assert iris.variants["forest"].serverless.memory == megabytes


def test_provisioned_concurrency_has_limits():
    iris = read(**WARM, scaling={"utilization": "70%"})
    provisioned = iris.variants["forest"].serverless.provisioned
    assert (provisioned.min, provisioned.max) == (2, 20)


NUMBER = "Write a number without quotes and without decimals."
ONE = "exactly one of instances or serverless"

VARIANTS = [
    ({"artifact": "build/iris-forest"}, f": none of them. Allowed: {ONE}. Add one."),
    ({**serverless(), **on_instances()},
     f": instances and serverless. Allowed: {ONE}. Remove the others."),
    (on_instances(type="ml.t2.medium"),
     '.instances.type: "ml.t2.medium". Allowed: an instance type that Application Auto Scaling '
     "takes, so no burstable one (ml.t*). Use one such as ml.m5.large."),
    (on_instances(min=3, max=2), ".instances.max: 2. Allowed: a whole number from 3 (min) to 100. "
     "Raise max or lower min."),
    (on_instances(max=0), ".instances.max: 0. Allowed: a whole number from 1 to 100. Raise it."),
    (serverless(memory="7GB"),
     '.serverless.memory: "7GB". Allowed: 1GB, 2GB, 3GB, 4GB, 5GB or 6GB. Write 6GB.'),
    (serverless(memory="1500MB"),
     '.serverless.memory: "1500MB". Allowed: 1GB, 2GB, 3GB, 4GB, 5GB or 6GB. Write 2GB.'),
    (serverless(memory=2048), ".serverless.memory: 2048. Allowed: a whole number above 0, of up to "
     "9 digits, followed by MB or GB. Write it like 2048MB."),
    (serverless(concurrency=201),
     ".serverless.concurrency: 201. Allowed: a whole number from 1 to 200. Lower it."),
    (serverless(provisioned={"min": 5, "max": 4}), ".serverless.provisioned.max: 4. "
     "Allowed: a whole number from 5 (min) to 200. Raise max or lower min."),
    (serverless(provisioned={"min": 0, "max": 4}),
     ".serverless.provisioned.min: 0. Allowed: a whole number from 1 to 200. Raise it."),
]  # fmt: skip


@pytest.mark.parametrize(("variant", "line"), VARIANTS)
def test_a_mistake_in_a_variant_is_named(variant, line):
    assert mistakes(endpoint(variants={"forest": variant})) == [f"{FOREST}{line}"]


BLOCKS = [
    ("shadow", {**SHADOW, "sample": 50},
     ".sample: 50. Allowed: a whole percentage from 1% to 100%. Write it like 1%."),
    ("shadow", {**SHADOW, "instances": {"type": "ml.m5.large"}},
     ".instances.count: missing. Allowed: Number of instances. Add it."),
    ("async", {**ASYNC, "retention": "1w"}, '.retention: "1w". Allowed: a whole number above 0, '
     "of up to 9 digits, followed by d. Write it like 30d."),
    ("async", {**ASYNC, "concurrency": 0},
     ".concurrency: 0. Allowed: a whole number from 1 to 1000. Raise it."),
    ("async", True,
     ": true. Allowed: an object with the keys concurrency, retention. Write an object."),
    ("capture", {"sample": "0%", "retention": "30d"},
     '.sample: "0%". Allowed: a whole percentage from 1% to 100%. Write it like 1%.'),
    ("network", {"isolation": "no"},
     '.isolation: "no". Allowed: true or false. Write true or false.'),
    ("network", {"vpc": {**VPC, "subnets": VPC["subnets"][:1]}},
     ".vpc.subnets: a list. Allowed: 2 or more entries. Add one."),
    ("network", {"vpc": {**VPC, "subnets": [*VPC["subnets"], "subnet-1"]}},
     '.vpc.subnets[2]: "subnet-1". Allowed: a subnet\'s id. '
     "Write it like subnet-0123456789abcdef0."),
    ("network", {"vpc": {**VPC, "security_groups": []}},
     ".vpc.security_groups: unknown key, with the value []. Allowed: the keys subnets, "
     "securityGroups. Remove it, or write securityGroups if that is meant."),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "line"), BLOCKS)
def test_a_mistake_in_another_block_is_named(key, value, line):
    path = f"endpoints.iris.{key}"
    assert mistakes(changed((path, value))) == [f"{path}{line}"]


def test_the_fields_own_name_is_no_key():
    assert mistakes(changed(("endpoints.iris.asynchronous", ASYNC))) == [
        "endpoints.iris.asynchronous: unknown key, with the value an object. Allowed: the keys "
        "variants, shadow, async, scaling, rollout, capture, disclose, network. "
        "Remove it."
    ]
