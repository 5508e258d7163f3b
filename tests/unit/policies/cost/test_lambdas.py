from gateway_policies.cost.charge import SECONDS, always, used
from gateway_policies.cost.lambdas import (
    FUNCTION,
    PERMISSION,
    function_charges,
    provisioned_charges,
)
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.cost.stacks import BUSY, billed
from tests.unit.policies.verdicts import made

CONFIG = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
CALL = made(PERMISSION, "urn:p", principal="apigateway.amazonaws.com", function="router")


def function(urn="urn:f", **values):
    return made(FUNCTION, urn, **{"name": "router", "memorySize": 512} | values)


def test_what_an_api_calls_is_billed_for_its_requests_and_time():
    found = billed(function_charges, function(), CALL, traffic=BUSY)
    assert found == {"Lambda requests": used(1_000_000), "Lambda x86_64": used(50_000)}


def test_graviton_has_a_price_of_its_own_and_memory_a_default():
    small = function(architectures=["arm64"], memorySize=None)
    assert billed(function_charges, small, CALL, traffic=BUSY)["Lambda arm64"] == used(12_500)


def test_functions_that_are_called_share_the_requests():
    second = made(PERMISSION, "urn:q", principal="apigateway.amazonaws.com", function="second")
    both = [function(), CALL, function("urn:g", name="second"), second]
    assert billed(function_charges, *both, traffic=BUSY)["Lambda requests"] == used(500_000)


def test_how_often_others_run_is_named_and_in_no_sum():
    bucket = made(PERMISSION, "urn:p", principal="s3.amazonaws.com", function="router")
    expected = {"invocations of functions that no API calls": "Excluded"}
    assert billed(function_charges, function(), bucket, traffic=BUSY) == expected


def test_memory_that_is_not_known_is_undecided():
    unknown = function(memorySize=UNKNOWN)
    assert billed(function_charges, unknown, CALL) == {"memory of a function": "Undecided"}


def provisioned(count, name="router"):
    return made(CONFIG, "urn:c", functionName=name, provisionedConcurrentExecutions=count)


def test_provisioned_concurrency_is_billed_all_month():
    found = billed(provisioned_charges, provisioned(4), function())
    assert found == {"provisioned Lambda x86_64": always(4 * 0.5 * SECONDS)}


def test_provisioned_concurrency_of_what_nobody_knows_is_undecided():
    expected = {"provisioned concurrency of a function": "Undecided"}
    assert billed(provisioned_charges, provisioned(UNKNOWN), function()) == expected
    assert billed(provisioned_charges, provisioned(4, "other"), function()) == expected
