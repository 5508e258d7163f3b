"""The stack's own network: what it takes, and which endpoints are in it."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.network import ZONE_LETTERS, PrivateNetworkConfig, uses_network
from tests.unit.components.config.conftest import (
    INSTANCES,
    VPC,
    changed,
    endpoint,
    load,
    mistakes,
    on_instances,
    serverless,
)

NETWORK = {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}
CIDR = (
    "Allowed: a private range of addresses (in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and "
    "not in 172.17.0.0/16, which SageMaker uses itself), from /16 to /24, written by its first "
    "address."
)
ZONE = "Allowed: the letter of an availability zone of the region. Write a for eu-central-1a."
LIKE = "Write it like 10.20.0.0/20."

MISTAKES = [
    ("network", "10.20.0.0/20", 'network: "10.20.0.0/20". Allowed: an object with the keys cidr, '
     "zones. Write an object."),
    ("network.cidr", "10.20.0.0", f'network.cidr: "10.20.0.0". {CIDR} {LIKE}'),
    ("network.cidr", "10.20.0.0/15", f'network.cidr: "10.20.0.0/15". {CIDR} {LIKE}'),
    ("network.cidr", "10.20.0.0/25", f'network.cidr: "10.20.0.0/25". {CIDR} {LIKE}'),
    ("network.cidr", "10.256.0.0/20", f'network.cidr: "10.256.0.0/20". {CIDR} {LIKE}'),
    ("network.cidr", "10.20.1.0/20", f'network.cidr: "10.20.1.0/20". {CIDR} Write 10.20.0.0/20.'),
    ("network.cidr", "172.15.0.0/16", f'network.cidr: "172.15.0.0/16". {CIDR} {LIKE}'),
    ("network.cidr", "172.17.0.0/20", f'network.cidr: "172.17.0.0/20". {CIDR} {LIKE}'),
    ("network.cidr", "8.8.0.0/16", f'network.cidr: "8.8.0.0/16". {CIDR} {LIKE}'),
    ("network.zones", ["a"], "network.zones: a list. Allowed: 2 or more entries. Add one."),
    ("network.zones", list("abcde"),
     "network.zones: a list. Allowed: 4 or fewer entries. Remove some."),
    ("network.zones", ["a", "b", "a"],
     "network.zones: a twice. Allowed: each zone once. Remove the other."),
    ("network.zones", ["a", "eu-central-1b"], f'network.zones[1]: "eu-central-1b". {ZONE}'),
    ("network.zones", ["a", "i"], f'network.zones[1]: "i". {ZONE}'),
]  # fmt: skip


def network(cidr="10.20.0.0/20", zones="ab"):
    return PrivateNetworkConfig.model_validate({"cidr": cidr, "zones": list(zones)})


@pytest.mark.parametrize(("path", "value", "line"), MISTAKES)
def test_a_mistake_in_the_network_is_named_with_its_fix(path, value, line):
    assert mistakes(changed(("network", NETWORK), (path, value))) == [line]


def test_all_mistakes_in_the_network_are_named_at_once():
    lines = mistakes(changed(("network", {"cidr": "10.0.0.0/8", "zones": ["A", "b"], "nat": True})))
    assert [line.partition(":")[0] for line in lines] == [
        "network.cidr",
        "network.zones[0]",
        "network.nat",
    ]


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.31.255.0/24", "192.168.0.0/16"])
def test_private_ranges_from_16_to_24_are_taken(cidr):
    assert network(cidr).cidr == ip_network(cidr)


def test_a_stack_has_no_network_of_its_own_unless_given():
    assert load(changed()).network is None


def test_each_zone_has_the_eighth_of_the_addresses_that_belongs_to_its_letter():
    assert {zone: str(slice) for zone, slice in network(zones="cab").subnets().items()} == {
        "a": "10.20.0.0/23",
        "b": "10.20.2.0/23",
        "c": "10.20.4.0/23",
    }


ZONES = st.lists(st.sampled_from(ZONE_LETTERS), unique=True, min_size=2, max_size=4)


@given(ZONES, ZONES, st.integers(16, 24))
def test_no_subnet_moves_when_zones_come_or_go(before, after, prefix):
    cidr = f"10.20.0.0/{prefix}"
    old, new = network(cidr, before).subnets(), network(cidr, after).subnets()
    assert {zone: old[zone] for zone in old if zone in new} == {
        zone: new[zone] for zone in new if zone in old
    }
    assert len(set(new.values())) == len(after)
    assert all(subnet.subnet_of(ip_network(cidr)) for subnet in new.values())


@pytest.mark.parametrize(
    ("keys", "inside"),
    [
        ({}, True),
        ({"network": {"isolation": False}}, True),
        ({"network": {"vpc": VPC}}, False),
        ({"variants": {"forest": serverless()}, "scaling": None}, False),
    ],
)
def test_endpoints_on_instances_without_subnets_of_their_own_are_in_it(keys, inside):
    assert uses_network(load(endpoint(**keys)).endpoints["iris"]) is inside


OUTSIDE = [
    {"network": {"vpc": VPC}},
    {"variants": {"forest": serverless()}, "scaling": None},
]


@pytest.mark.parametrize("keys", OUTSIDE)
def test_a_network_that_no_endpoint_would_be_in_is_refused(keys):
    assert mistakes(endpoint(**keys) | {"network": NETWORK}) == [
        "network: an object. Allowed: none where no endpoint would be in it: they are serverless, "
        "or name their own subnets. Remove it, or run an endpoint on instances without network.vpc."
    ]


def test_whether_a_network_is_used_is_not_judged_by_endpoints_with_mistakes():
    variant = {"artifact": "build/iris-forest", "instances": INSTANCES, "weight": 0}
    faulty = {"variants": {"forest": variant}, "scaling": {"target": "1200/min"}}
    config = changed(
        ("endpoints.faulty", faulty), ("network", NETWORK), base=endpoint(network={"vpc": VPC})
    )
    assert [line.partition(":")[0] for line in mistakes(config)] == [
        "endpoints.faulty.variants.forest.weight"
    ]


def test_one_endpoint_in_it_is_enough():
    variant = {"artifact": "build/iris-forest", "instances": INSTANCES}
    inside = {"variants": {"forest": variant}, "scaling": {"target": "1200/min"}}
    assert load(
        changed(
            ("endpoints.inside", inside), ("network", NETWORK), base=endpoint(network={"vpc": VPC})
        )
    )


def small(most, zones="ab", **keys):
    """A stack whose network has room for 23 addresses in each zone."""
    network = {"cidr": "10.20.0.0/24", "zones": list(zones)}
    variants = {"forest": on_instances(min=1, max=most)}
    return endpoint(variants=variants, **keys) | {"network": network}


def test_addresses_are_enough_for_two_fleets_without_one_zone():
    assert load(small(5))
    assert mistakes(small(6)) == [
        'network.cidr: "10.20.0.0/24", which has 23 addresses for instances without one zone. '
        "Allowed: a range with 24 such addresses: 2 for each of 6 instances, and as many for the "
        "fleet that an update brings up beside them. Write a larger range, add a zone, or lower "
        "instances.max."
    ]
    assert load(small(6, zones="abc"))


def test_all_endpoints_in_the_network_share_its_addresses_and_no_others_do():
    shadow = {"name": "next", "artifact": "build/n", "sample": "50%",
              "instances": {"type": "ml.m5.large", "count": 3}}  # fmt: skip
    other = small(4)["endpoints"]["iris"]
    assert mistakes(small(3, shadow=shadow))
    assert mistakes(small(2) | {"endpoints": {"a": other, "iris": other}})
    scheduled = {"target": "1200/min", "schedule": {"day": {"at": "cron(0 7 * * ? *)", "min": 1,
                 "max": 6}}}  # fmt: skip
    assert mistakes(small(2, scaling=scheduled))
    outside = other | {"network": {"vpc": VPC}}
    assert load(small(2) | {"endpoints": {"a": outside, "iris": other}})


def test_addresses_are_not_judged_in_a_network_with_a_mistake():
    config = small(6)
    config["network"] = {"cidr": "10.20.0.0/25", "zones": ["a", "b"]}
    assert len(mistakes(config)) == 1
