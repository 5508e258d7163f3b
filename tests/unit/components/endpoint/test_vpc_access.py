"""Which VPC an endpoint's containers are in."""

import pytest

from components.config.endpoint import Endpoint
from components.endpoint.vpc_access import vpc_access
from tests.unit.components.conftest import private_network

INSTANCES = {"artifact": "build/f", "instances": {"type": "ml.m5.large", "min": 1, "max": 2}}
SERVERLESS = {"artifact": "build/f", "serverless": {"memory": "2GB", "concurrency": 9}}
SUBNETS, GROUPS = ["subnet-0000000a", "subnet-0000000b"], ["sg-0000000c"]
GIVEN = {"network": {"vpc": {"subnets": SUBNETS, "securityGroups": GROUPS}}}
ASYNC = {"async": {"concurrency": 4, "retention": "7d"}}


def settings(variant=INSTANCES, **blocks):
    return Endpoint.model_validate({"variants": {"forest": variant}} | blocks)


def access(deploy, endpoint):
    """In a stack with a network of its own: content, ids, and whether it is that network."""

    def program():
        network = private_network()
        found = vpc_access(endpoint, network)
        return found and {
            "content": found.content,
            "subnets": found.subnets,
            "groups": found.security_groups,
            "own": found.network is network,
        }

    return deploy(program).result


@pytest.mark.parametrize("blocks", [{}, ASYNC])
def test_an_endpoint_on_instances_is_in_the_stacks_own_network(deploy, blocks):
    assert access(deploy, settings(**blocks)) == {
        "content": {"cidr": "10.20.0.0/20", "zones": ["a", "b"]},
        "subnets": ["id:network-a", "id:network-b"],
        "groups": ["id:network-containers"],
        "own": True,
    }


def test_an_endpoint_that_names_subnets_is_in_those(deploy):
    assert access(deploy, settings(**GIVEN)) == {
        "content": {"subnets": SUBNETS, "security_group_ids": GROUPS},
        "subnets": SUBNETS,
        "groups": GROUPS,
        "own": False,
    }


def test_a_serverless_endpoint_is_in_no_vpc(deploy):
    assert access(deploy, settings(SERVERLESS)) is None


def test_without_a_network_of_the_stacks_own_there_is_none_unless_named():
    assert vpc_access(settings(), None) is None
    named = vpc_access(settings(**GIVEN), None)
    assert named
    assert named.subnets == SUBNETS
