import re
from types import SimpleNamespace

import pytest

from local.provider import naming
from local.provider.types import RESOURCE_TYPES

CONFIGURATION = RESOURCE_TYPES["aws:sagemaker/endpointConfiguration:EndpointConfiguration"]
KEY = RESOURCE_TYPES["aws:kms/key:Key"]
REQUEST = SimpleNamespace(
    autonaming=SimpleNamespace(proposed_name=""),
    randomSeed=bytes.fromhex("0123456789"),
    urn="urn:pulumi:s::p::aws:x:Y::logical",
)


@pytest.mark.parametrize(
    ("kind", "inputs", "named"),
    [
        (CONFIGURATION, {}, {"name": "logical-0123456", "__defaults": ["name"]}),
        (CONFIGURATION, {"name": "mine"}, {"name": "mine"}),
        (CONFIGURATION, {"namePrefix": "iris-"}, {"namePrefix": "iris-"}),
        (KEY, {}, {}),
    ],
    ids=["no name", "a name", "a prefix", "a type without names"],
)
def test_only_what_needs_a_name_gets_one(kind, inputs, named):
    naming.give_name(kind, inputs, {}, REQUEST)
    assert inputs == named


def test_a_prefix_is_followed_by_26_digits_that_differ_each_time():
    names = {naming.generated(CONFIGURATION, {"namePrefix": "iris-"})["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(re.fullmatch("iris-[0-9a-f]{26}", name) for name in names)
    assert naming.generated(CONFIGURATION, {"name": "mine"}) == {}
    assert naming.generated(KEY, {}) == {}


def test_only_a_name_that_the_program_gave_is_given():
    assert naming.is_given(CONFIGURATION, {"name": "mine"})
    assert not naming.is_given(CONFIGURATION, {"name": "iris-0123456", "__defaults": ["name"]})
    assert not naming.is_given(CONFIGURATION, {"namePrefix": "iris-"})


def test_what_identifies_a_resource_is_kept_in_its_state():
    assert naming.kept(CONFIGURATION, {"name": "iris-1", "arn": "a"}) == {"name": "iris-1"}
    assert naming.kept(CONFIGURATION, {}) == {}
