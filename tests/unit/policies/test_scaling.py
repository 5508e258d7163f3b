from collections.abc import Mapping, Sequence

import pytest

from gateway_policies.resource import UNKNOWN, Resource, Stack
from gateway_policies.rule import Verdict
from gateway_policies.sagemaker import ENDPOINT, ENDPOINT_CONFIGURATION
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET, variant_bounded

URL = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html"
RANGE = "Set the number within this range; for instances it ends at the policy's maxInstances."
OTHER_WAYS = (
    "and dimension sagemaker:variant:DesiredInstanceCount, enabled managedInstanceScaling or "
    "serverlessConfig"
)
Dependencies = Mapping[str, Sequence[str]]


def endpoint(name: str = "iris", dependencies: Dependencies | None = None, **fields: object):
    values = {"name": name, "endpointConfigName": f"{name}-config"} | fields
    return Resource("", values, ENDPOINT, f"urn:{name}", dependencies or {})


def config(name: str = "iris", /, **fields: object):
    values = {"name": f"{name}-config", "productionVariants": [{"variantName": "forest"}]} | fields
    return Resource("", values, ENDPOINT_CONFIGURATION, f"urn:{name}-config")


def target(dependencies: Dependencies | None = None, **fields: object):
    values = {
        "resourceId": "endpoint/iris/variant/forest",
        "scalableDimension": INSTANCE_COUNT,
        "minCapacity": 1,
        "maxCapacity": 4,
    } | fields
    return Resource("", values, SCALABLE_TARGET, "urn:target", dependencies or {})


def variant(**fields: object) -> dict[str, object]:
    return {"productionVariants": [{"variantName": "forest"} | fields]}


def findings(*resources: Resource, cap: int = 10) -> list[tuple[Verdict, str]]:
    found = list(variant_bounded.check(Stack(resources), {"maxInstances": cap}))
    assert all(finding.urn and finding.urn in finding.path for finding in found)
    return [(finding.verdict, finding.message(variant_bounded.control)) for finding in found]


def verdicts(*resources: Resource) -> list[Verdict]:
    return [verdict for verdict, _ in findings(*resources)]


def test_a_variant_with_a_bounded_target_passes():
    assert findings(endpoint(), config(), target()) == []


def test_a_variant_without_a_target_is_a_violation():
    message = (
        "urn:iris variant forest: no scalable target. Allowed: an "
        "aws:appautoscaling/target:Target with resourceId endpoint/iris/variant/forest "
        f"{OTHER_WAYS}. Register the variant with Application Auto Scaling. {URL}"
    )
    assert findings(endpoint(), config()) == [(Verdict.VIOLATION, message)]


@pytest.mark.parametrize(
    "fields",
    [
        {"resourceId": "endpoint/iris/variant/boosting"},
        {"resourceId": "endpoint/wine/variant/forest"},
        {"resourceId": "endpoint/Iris/variant/forest"},
        {"scalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"},
        {"region": "us-east-1"},
    ],
)
def test_a_target_of_something_else_does_not_count(fields):
    found = verdicts(endpoint(region="eu-west-1"), config(), target(**fields))
    assert found == [Verdict.VIOLATION]


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"minCapacity": 0}, "minCapacity: 0. Allowed: 1..10."),
        ({"minCapacity": None}, "minCapacity: missing. Allowed: 1..10."),
        ({"minCapacity": 11, "maxCapacity": 10}, "minCapacity: 11. Allowed: 1..10."),
        ({"maxCapacity": 11}, "maxCapacity: 11. Allowed: 1..10."),
        ({"maxCapacity": None}, "maxCapacity: missing. Allowed: 1..10."),
        ({"minCapacity": 3, "maxCapacity": 2}, "maxCapacity: 2. Allowed: 3..10."),
    ],
)
def test_a_target_outside_its_limits_is_a_violation(fields, seen):
    message = f"urn:iris variant forest {seen} {RANGE} {URL}"
    assert findings(endpoint(), config(), target(**fields)) == [(Verdict.VIOLATION, message)]


@pytest.mark.parametrize(("count", "seen"), [(0, "0"), (11, "11"), (500, "500")])
def test_a_variant_that_starts_outside_its_limits_is_a_violation(count, seen):
    found = findings(endpoint(), config(**variant(initialInstanceCount=count)), target())
    message = f"urn:iris variant forest initialInstanceCount: {seen}. Allowed: 1..10. {RANGE} {URL}"
    assert found == [(Verdict.VIOLATION, message)]


def test_a_variant_may_start_with_as_many_instances_as_the_cap():
    assert findings(endpoint(), config(**variant(initialInstanceCount=10)), target()) == []


def test_the_most_instances_are_configurable():
    resources = (endpoint(), config(), target(maxCapacity=20))
    assert findings(*resources, cap=20) == []
    assert len(findings(*resources, cap=19)) == 1


@pytest.mark.parametrize("asynchronous", [{"outputConfig": {}}, UNKNOWN])
def test_an_asynchronous_endpoint_may_scale_to_zero(asynchronous):
    resources = (endpoint(), config(asyncInferenceConfig=asynchronous))
    assert findings(*resources, target(minCapacity=0)) == []
    assert verdicts(*resources, target(minCapacity=0, maxCapacity=0)) == [Verdict.VIOLATION]


def test_every_variant_counts_shadows_too():
    variants = {
        "productionVariants": [{"variantName": "forest"}, {"variantName": "boosting"}],
        "shadowProductionVariants": [{"variantName": "shadow"}],
    }
    found = findings(endpoint(), config(**variants), target())
    assert [message.split(":")[1] for _, message in found] == [
        "iris variant boosting",
        "iris variant shadow initialInstanceCount",
    ]


@pytest.mark.parametrize(("count", "verdict"), [(1, []), (10, []), (11, [Verdict.VIOLATION])])
def test_a_shadow_is_bounded_by_its_own_number(count, verdict):
    shadow = {"variantName": "shadow", "initialInstanceCount": count}
    resources = (endpoint(), config(shadowProductionVariants=[shadow]), target())
    assert verdicts(*resources) == verdict


def test_managed_scaling_is_bounded_by_its_own_limit():
    managed = {"status": "ENABLED", "minInstanceCount": 0, "maxInstanceCount": 10}
    assert findings(endpoint(), config(**variant(managedInstanceScaling=managed))) == []


@pytest.mark.parametrize(
    ("low", "high", "seen"),
    [
        (None, 11, "maxInstanceCount: 11. Allowed: 1..10."),
        (None, None, "maxInstanceCount: missing. Allowed: 1..10."),
        (0, 0, "maxInstanceCount: 0. Allowed: 1..10."),
        (9, 2, "maxInstanceCount: 2. Allowed: 9..10."),
        (11, 10, "minInstanceCount: 11. Allowed: 0..10."),
    ],
)
def test_managed_scaling_outside_its_limits_is_a_violation(low, high, seen):
    managed = {"status": "ENABLED", "minInstanceCount": low, "maxInstanceCount": high}
    found = findings(endpoint(), config(**variant(managedInstanceScaling=managed)))
    assert found == [(Verdict.VIOLATION, f"urn:iris variant forest {seen} {RANGE} {URL}")]


def test_managed_scaling_starts_within_the_cap_too():
    managed = {"status": "ENABLED", "maxInstanceCount": 2}
    started = variant(managedInstanceScaling=managed, initialInstanceCount=500)
    assert verdicts(endpoint(), config(**started)) == [Verdict.VIOLATION]


@pytest.mark.parametrize("managed", [{"status": "ENABLED", "maxInstanceCount": 2}, UNKNOWN])
def test_a_target_beside_managed_scaling_keeps_its_limits_too(managed):
    resources = (endpoint(), config(**variant(managedInstanceScaling=managed)))
    message = f"urn:iris variant forest maxCapacity: 1000. Allowed: 1..10. {RANGE} {URL}"
    found = findings(*resources, target(maxCapacity=1000))
    assert found[-1] == (Verdict.VIOLATION, message)
    assert len(found) == len(findings(*resources, target())) + 1


def test_disabled_managed_scaling_bounds_nothing():
    managed = {"status": "DISABLED", "maxInstanceCount": 4}
    found = verdicts(endpoint(), config(**variant(managedInstanceScaling=managed)))
    assert found == [Verdict.VIOLATION]


@pytest.mark.parametrize("concurrency", [1, 200])
def test_a_serverless_variant_is_bounded_by_its_concurrency(concurrency: int):
    serverless = config(**variant(serverlessConfig={"maxConcurrency": concurrency}))
    assert findings(endpoint(), serverless) == []


@pytest.mark.parametrize(
    ("concurrency", "seen"), [(None, "missing"), (0, "0"), (201, "201"), (100_000, "100000")]
)
def test_a_serverless_variant_outside_its_limits_is_a_violation(concurrency, seen):
    serverless = config(**variant(serverlessConfig={"maxConcurrency": concurrency}))
    message = f"urn:iris variant forest maxConcurrency: {seen}. Allowed: 1..200. {RANGE} {URL}"
    assert findings(endpoint(), serverless) == [(Verdict.VIOLATION, message)]


@pytest.mark.parametrize(
    ("resources", "path"),
    [
        (
            (endpoint(), config(), target(minCapacity=UNKNOWN)),
            "urn:iris variant forest minCapacity",
        ),
        (
            (endpoint(), config(), target(maxCapacity=UNKNOWN)),
            "urn:iris variant forest maxCapacity",
        ),
        (
            (endpoint(), config(**variant(initialInstanceCount=UNKNOWN)), target()),
            "urn:iris variant forest initialInstanceCount",
        ),
        (
            (endpoint(), config(productionVariants=UNKNOWN), target()),
            "urn:iris variant productionVariants[*]",
        ),
        (
            (endpoint(), config(**variant(managedInstanceScaling=UNKNOWN)), target()),
            "urn:iris variant forest",
        ),
        (
            (endpoint(), config(**variant(managedInstanceScaling=UNKNOWN))),
            "urn:iris variant forest",
        ),
        (
            (endpoint(), config(**variant(serverlessConfig=UNKNOWN))),
            "urn:iris variant forest maxConcurrency",
        ),
    ],
)
def test_what_decides_but_is_not_known_is_unknown(resources, path):
    ((verdict, message),) = findings(*resources)
    assert verdict is Verdict.UNKNOWN
    assert message.startswith(f"{path}: not known at preview, so not checked before the update. ")


def test_an_unknown_limit_does_not_hide_the_other():
    found = verdicts(endpoint(), config(), target(minCapacity=UNKNOWN, maxCapacity=11))
    assert found == [Verdict.UNKNOWN, Verdict.VIOLATION]


def test_an_unknown_configuration_is_found_by_what_feeds_it():
    feeding = {"endpointConfigName": ["urn:key", "urn:iris-config"]}
    linked = endpoint(endpointConfigName=UNKNOWN, dependencies=feeding)
    unnamed = config()
    assert findings(linked, unnamed, target()) == []
    assert verdicts(linked, unnamed) == [Verdict.VIOLATION]


@pytest.mark.parametrize(
    ("name", "seen"),
    [(UNKNOWN, "not known at preview"), ("mine", '"mine", not one configuration of this stack')],
)
def test_a_configuration_that_cannot_be_found_is_unknown(name, seen):
    message = (
        f"urn:iris endpointConfigName: {seen}. Allowed: the name of an endpoint configuration in "
        "this stack. Take the name from the configuration's resource to have its variants "
        f"checked. {URL}"
    )
    found = findings(endpoint(endpointConfigName=name), config(), target())
    assert found == [(Verdict.UNKNOWN, message)]


FED = {"resourceId": ["urn:iris"]}
TWO = {"productionVariants": [{"variantName": "forest"}, {"variantName": "boosting"}]}


def test_a_target_with_an_unknown_id_is_found_by_what_feeds_it():
    resources = (endpoint(name="iris"), config(), endpoint("wine"), config("wine"))
    wine = target(resourceId="endpoint/wine/variant/forest")
    fed = target(FED, resourceId=UNKNOWN)
    assert findings(*resources, wine, fed) == []
    broken = target(FED, resourceId=UNKNOWN, maxCapacity=11)
    assert verdicts(*resources, wine, broken) == [Verdict.VIOLATION]


def test_an_endpoint_with_an_unknown_name_is_found_by_what_it_feeds():
    named = endpoint(name="iris", endpointConfigName="iris-config")
    unnamed = Resource("", {**dict(named.values), "name": UNKNOWN}, ENDPOINT, "urn:iris")
    wine = target({"resourceId": ["urn:wine"]}, resourceId="endpoint/wine/variant/forest")
    resources = (unnamed, config(), endpoint("wine"), config("wine"), wine)
    assert verdicts(*resources) == [Verdict.VIOLATION]
    assert findings(*resources, target(FED, resourceId=UNKNOWN)) == []


@pytest.mark.parametrize(
    ("configuration", "targets"),
    [
        (config(), [target(resourceId=UNKNOWN)]),
        (config(), [target({"resourceId": ["urn:random"]}, resourceId=UNKNOWN)]),
        (config(productionVariants=[{}]), [target()]),
    ],
)
def test_a_target_that_may_be_the_one_makes_the_variant_unknown(configuration, targets):
    ((verdict, message),) = findings(endpoint(), configuration, *targets)
    assert verdict is Verdict.UNKNOWN
    assert ": its scalable target cannot be told from others at preview. Allowed: " in message
    assert "Give endpoint and variant explicit names to have it checked at preview." in message


@pytest.mark.parametrize(("fields", "targets"), [(TWO, 1), (TWO, 2), ({}, 2)])
def test_only_one_pair_can_be_told_by_what_feeds_it(fields, targets):
    fed = [target(FED, resourceId=UNKNOWN)] * targets
    assert set(verdicts(endpoint(), config(**fields), *fed)) == {Verdict.UNKNOWN}


def test_a_target_with_an_unknown_dimension_still_counts():
    assert findings(endpoint(), config(), target(scalableDimension=UNKNOWN)) == []


def test_a_configuration_of_the_same_name_in_another_region_does_not_count():
    here, there = config(region="eu-west-1"), config(region="us-east-1", **variant(variantName="x"))
    assert findings(endpoint(region="eu-west-1"), here, there, target()) == []


def test_a_target_fed_by_another_endpoint_does_not_count():
    other = target({"resourceId": ["urn:wine"]}, resourceId=UNKNOWN)
    resources = (endpoint(), config(), endpoint("wine"), config("wine"), other)
    assert [message.split(":")[1].split(" ")[0] for _, message in findings(*resources)] == ["iris"]


def test_a_configuration_without_an_endpoint_needs_no_limits():
    assert findings(config()) == []
