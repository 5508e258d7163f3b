import pytest
import urllib3
from botocore.exceptions import ClientError

from local.control.service import AwsError, Service


def refuse(request):
    raise AwsError("ConflictException", f"{request['name']} is taken")


@pytest.fixture
def asked(services):
    """Requests that reached the one operation of an API Gateway that has no other."""
    asked = []
    services.services["apigateway"] = Service(
        "apigateway",
        {"CreateUsagePlan": lambda request: asked.append(request), "CreateApiKey": refuse},
    )
    return asked


def test_a_handler_gets_the_parameters_that_were_sent_and_no_others(aws, asked):
    plan = {"name": "a", "throttle": {"rateLimit": 0.5, "burstLimit": 0}}
    aws.call("apigateway", "CreateUsagePlan", plan)
    assert asked == [plan]


def test_an_error_keeps_its_code_its_text_and_its_status(aws, asked):
    with pytest.raises(ClientError) as error:
        aws.call("apigateway", "CreateApiKey", {"name": "client"})
    assert error.value.response["Error"] == {
        "Code": "ConflictException",
        "Message": "client is taken",
    }
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_an_operation_that_is_not_there_is_refused_by_name(aws, asked):
    with pytest.raises(ClientError) as error:
        aws.call("apigateway", "CreateVpcLink", {"name": "a", "targetArns": []})
    assert error.value.response["Error"]["Message"] == (
        "the local cloud does not have apigateway CreateVpcLink"
    )
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_path_of_no_operation_is_not_found(aws):
    scope = "AWS4-HMAC-SHA256 Credential=local/20260301/eu-central-1/apigateway/aws4_request, x=y"
    answer = urllib3.request("GET", f"{aws.endpoint_url}/nothing", headers={"Authorization": scope})
    assert (answer.status, answer.data) == (404, b"no operation of apigateway has this path")
