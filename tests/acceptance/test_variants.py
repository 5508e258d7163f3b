"""Endpoints run their variants, and each gets its share."""

from tests.acceptance.answers import labels
from tests.acceptance.caller import JSON, VARIANT
from tests.acceptance.deployed import LEAST_SHARE, tries

TARGET = "x_amzn_sagemaker_target_variant"


def test_an_endpoint_runs_its_declared_variants(endpoint, aws):
    live = aws("sagemaker").describe_endpoint(EndpointName=endpoint.name)
    assert live["EndpointStatus"] == "InService"
    weights = {v["VariantName"]: v["CurrentWeight"] for v in live["ProductionVariants"]}
    assert weights == {name: variant.weight for name, variant in endpoint.variants.items()}
    shadows = {v["VariantName"] for v in live.get("ShadowProductionVariants", [])}
    assert shadows == ({endpoint.shadow} if endpoint.shadow else set())


def test_every_variant_gets_requests(split_route, caller):
    endpoint = split_route.endpoint
    shares = {name: endpoint.share(name) for name in endpoint.variants}
    waited_for = {name for name, share in shares.items() if share >= LEAST_SHARE}
    seen: set[str] = set()
    for _ in range(tries(min(shares[name] for name in waited_for))):
        answer = caller.example(split_route)
        assert answer.status == 200
        seen.add(answer.headers[VARIANT])
        if waited_for <= seen:
            break
    assert waited_for <= seen <= set(shares)


def test_a_client_may_choose_the_variant(choosing_route, caller):
    for variant in choosing_route.endpoint.variants:
        for _ in range(3):
            answer = caller.example(choosing_route, **{TARGET: variant})
            assert (answer.status, answer.headers[VARIANT]) == (200, variant)


def test_a_client_may_not_choose_the_variant(deciding_route, caller):
    """Nor does the header reach SageMaker, which would refuse a name that it does not know."""
    answer = caller.example(deciding_route, **{TARGET: "no-such-variant"})
    assert labels(answer, JSON)
    assert answer.headers[VARIANT] in deciding_route.endpoint.variants
