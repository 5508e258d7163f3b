import pytest

from gateway_policies.cost.charge import Quantity, always
from gateway_policies.cost.estimate import estimate
from gateway_policies.cost.prices import known_prices
from gateway_policies.resource import UNKNOWN, Stack
from tests.unit.policies.cost.stacks import QUIET, config, endpoint, price_list, variant
from tests.unit.policies.verdicts import made

KEY = "aws:kms/key:Key"
PROVIDER = "pulumi:providers:aws"
PRICES = price_list(us_east_1={"KMS key": 1, "alarm": 0.1}, eu_west_1={"KMS key": 2})


def lines(*resources):
    return [
        (line.region, line.usd, line.own)
        for line in estimate(Stack(resources), QUIET, PRICES).lines
    ]


def test_a_price_is_that_of_the_resources_region():
    assert lines(made(KEY, region="eu-west-1")) == [("eu-west-1", always(2), True)]


def test_where_a_region_has_none_that_of_another_stands_in_and_says_so():
    assert lines(made(KEY, region="eu-south-9")) == [("eu-south-9", always(1), False)]


def test_what_nobody_has_a_price_for_costs_an_unknown_sum_and_not_zero():
    found = lines(made("aws:secretsmanager/secret:Secret", region="eu-west-1"))
    assert found == [("eu-west-1", None, False)]


def test_a_resource_without_a_region_is_where_its_provider_is():
    where = made(PROVIDER, "urn:p", region="eu-west-1")
    assert lines(made(KEY), where) == [("eu-west-1", always(2), True)]
    assert lines(made(KEY, region=UNKNOWN), where) == [("eu-west-1", always(2), True)]


def test_a_region_that_two_providers_disagree_on_is_unknown():
    both = [made(PROVIDER, f"urn:{region}", region=region) for region in ("eu-west-1", "us-east-1")]
    assert lines(made(KEY), *both) == [("an unknown region", always(1), False)]


@pytest.mark.parametrize("other", [UNKNOWN, None, ["eu-west-1"], 5])
def test_a_provider_whose_region_cannot_be_told_agrees_with_none(other):
    known, odd = (made(PROVIDER, f"urn:{r}", region=r) for r in ("eu-west-1", other))
    for providers in ([known, odd], [odd, known], [odd]):
        assert lines(made(KEY), *providers) == [("an unknown region", always(1), False)]


def test_providers_may_agree_on_a_region():
    both = [made(PROVIDER, f"urn:{n}", region="eu-west-1") for n in range(2)]
    assert lines(made(KEY), *both) == [("eu-west-1", always(2), True)]


def test_a_region_that_the_program_gives_and_preview_does_not_know_is_not_the_providers():
    where = made(PROVIDER, "urn:p", region="eu-west-1")
    fed = made(KEY, "urn:key", {"region": ["urn:other"]}, region=UNKNOWN)
    assert lines(fed, where) == [("an unknown region", always(1), False)]
    assert lines(made(KEY, region=["eu-west-1"]), where)[0][0] == "an unknown region"


def test_a_type_that_nobody_estimates_is_undecided():
    database = made("aws:rds/instance:Instance", "urn:db")
    found = estimate(Stack([database]), QUIET, PRICES)
    assert found.undecided == [(database, "aws:rds/instance:Instance")]


def test_types_of_which_aws_bills_nothing_are_silent():
    free = [made("aws:iam/role:Role"), made("random:index/id:Id"), made("pulumi:pulumi:Stack")]
    found = estimate(Stack(free), QUIET, PRICES)
    assert (found.lines, found.undecided, found.excluded) == ([], [], [])


@pytest.mark.parametrize(
    "token",
    [
        "aws:vpc/routeServerEndpoint:RouteServerEndpoint",
        "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation",
        "aws:ec2/vpcEndpointService:VpcEndpointService",
        "aws:s3/bucketMetric:BucketMetric",
        "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
        "aws:cloudwatch/eventEndpoint:EventEndpoint",
        "aws:apigateway/vpcLink:VpcLink",
    ],
)
def test_a_type_is_not_free_because_its_neighbours_are(token):
    found = estimate(Stack([made(token)]), QUIET, PRICES)
    assert [what for _, what in found.undecided] == [token]


def test_what_is_billed_by_use_is_named_once():
    buckets = [made("aws:s3/bucket:Bucket", f"urn:{n}") for n in range(2)]
    assert estimate(Stack(buckets), QUIET, PRICES).excluded == ["stored objects"]


def test_a_computed_value_that_preview_does_not_know_is_nobodys_wish():
    stage = made("aws:apigateway/stage:Stage", xrayTracingEnabled=UNKNOWN)
    assert estimate(Stack([stage]), QUIET, PRICES).excluded == []


def test_an_endpoint_is_priced_by_type_and_region():
    stack = Stack([endpoint(), config(variant())])
    [line] = estimate(stack, QUIET, known_prices()).lines
    assert line.usd == Quantity(*[2 * 730 * 0.115] * 3)
