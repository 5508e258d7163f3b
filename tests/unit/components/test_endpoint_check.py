"""What is live against what was wanted."""

import pulumi
import pytest

from components.endpoint_check import EndpointMismatch, check_live_endpoint, mismatch

LIVE = {"EndpointConfigName": "iris-2", "EndpointStatus": "InService"}
FIX = "Look into the endpoint's log group, mend the cause and run `pulumi up` again."


def test_the_wanted_configuration_in_service_is_no_mismatch():
    assert mismatch("iris-2", LIVE) is None


@pytest.mark.parametrize(
    ("live", "problem"),
    [
        (
            LIVE | {"EndpointConfigName": "iris-1"},
            "live is iris-1, InService; wanted is iris-2, InService. AWS gives no reason. ",
        ),
        (
            LIVE | {"EndpointStatus": "Failed", "FailureReason": "The image was not found"},
            "live is iris-2, Failed; wanted is iris-2, InService. The image was not found. ",
        ),
        (
            LIVE | {"EndpointStatus": "UpdateRollbackFailed", "FailureReason": "No capacity."},
            "live is iris-2, UpdateRollbackFailed; wanted is iris-2, InService. No capacity. ",
        ),
    ],
)
def test_another_configuration_or_state_is_named_with_the_reason(live, problem):
    assert mismatch("iris-2", live) == problem + FIX


class FakeSageMaker:
    def __init__(self, service, region_name):
        assert (service, region_name) == ("sagemaker", "eu-central-1")

    def describe_endpoint(self, *, EndpointName):
        return LIVE | {"EndpointName": EndpointName}


def hook_args(wanted):
    return pulumi.ResourceHookArgs(
        urn="urn:pulumi:prod::ml-gateway::aws:sagemaker/endpoint:Endpoint::iris",
        id="ml-gateway-prod-iris",
        name="iris",
        type="aws:sagemaker/endpoint:Endpoint",
        new_inputs={"endpointConfigName": wanted},
        new_outputs={"endpointConfigName": LIVE["EndpointConfigName"]},  # as AWS's provider says
    )


def failure(deploy, wanted):
    """What the hook raises, made as the program makes it and called as the engine calls it."""

    def program():
        hook = check_live_endpoint("eu-central-1", FakeSageMaker)
        try:
            hook(hook_args(wanted))
        except EndpointMismatch as error:
            return str(error)
        return None

    return deploy(program).result


def test_the_hook_passes_an_endpoint_that_is_what_was_wanted(deploy):
    assert failure(deploy, "iris-2") is None


def test_the_hook_fails_the_deployment_of_an_endpoint_that_is_not(deploy):
    assert failure(deploy, "iris-3") == (
        "ml-gateway-prod-iris: live is iris-2, InService; wanted is iris-3, InService. "
        f"AWS gives no reason. {FIX}"
    )
