"""What is live against what was wanted."""

import pytest
from botocore.exceptions import ClientError

from components.endpoint.endpoint_check import EndpointMismatch, check_live_endpoint, mismatch

LIVE = {"EndpointConfigName": "iris-2", "EndpointStatus": "InService"}
FIX = "Look into the endpoint's log group, mend the cause and run `pulumi up --refresh`."


def test_the_wanted_configuration_in_service_is_no_mismatch():
    assert mismatch("iris", "iris-2", LIVE) is None


@pytest.mark.parametrize(
    ("live", "problem"),
    [
        (
            LIVE | {"EndpointConfigName": "iris-1"},
            "live is iris-1, InService; wanted is iris-2, InService. AWS gives no reason. ",
        ),
        (
            LIVE | {"EndpointStatus": "UpdateRollbackFailed", "FailureReason": "No capacity."},
            "live is iris-2, UpdateRollbackFailed; wanted is iris-2, InService. No capacity. ",
        ),
    ],
)
def test_another_configuration_or_state_is_named_with_the_reason(live, problem):
    assert mismatch("iris", "iris-2", live) == problem + FIX


def test_a_failed_endpoint_has_to_be_deleted():
    live = LIVE | {"EndpointStatus": "Failed", "FailureReason": "The image was not found"}
    assert mismatch("iris", "iris-2", live) == (
        "live is iris-2, Failed; wanted is iris-2, InService. The image was not found. Look into "
        "the endpoint's log group, mend the cause, delete it (aws sagemaker delete-endpoint "
        "--endpoint-name iris) and run `pulumi up --refresh`."
    )


class FakeSageMaker:
    def __init__(self, error=None):
        self.error = error

    def describe_endpoint(self, *, EndpointName):
        if self.error:
            code, message = self.error
            raise ClientError({"Error": {"Code": code, "Message": message}}, "DescribeEndpoint")
        return LIVE | {"EndpointName": EndpointName}


def test_an_endpoint_that_is_what_was_wanted_passes():
    check_live_endpoint(FakeSageMaker(), "ml-gateway-prod-iris", "iris-2")


def test_an_endpoint_that_is_not_is_named():
    with pytest.raises(EndpointMismatch) as caught:
        check_live_endpoint(FakeSageMaker(), "ml-gateway-prod-iris", "iris-3")
    assert str(caught.value) == (
        "ml-gateway-prod-iris: live is iris-2, InService; wanted is iris-3, InService. "
        f"AWS gives no reason. {FIX}"
    )


def test_an_endpoint_that_is_gone_is_named_with_what_brings_it_back():
    gone = FakeSageMaker(("ValidationException", 'Could not find endpoint "iris".'))
    with pytest.raises(EndpointMismatch) as caught:
        check_live_endpoint(gone, "ml-gateway-prod-iris", "iris-2")
    assert str(caught.value) == (
        "ml-gateway-prod-iris: nothing is live; wanted is iris-2, InService. "
        "Run `pulumi up --refresh`."
    )


def test_an_endpoint_that_cannot_be_read_is_no_mismatch():
    with pytest.raises(ClientError):
        check_live_endpoint(FakeSageMaker(("AccessDeniedException", "no")), "iris", "iris-2")
