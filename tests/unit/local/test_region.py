import pytest

from local.aws import Aws
from local.http import HttpRequest
from local.principal import ANONYMOUS
from local.region import Region


@pytest.fixture
def region(tmp_path, calls, now):
    aws = Aws("http://127.0.0.1:9", "http://127.0.0.1:9", "eu-west-1")
    region = Region(aws, tmp_path, lambda: now, calls.log)
    yield region
    region.close()


def test_an_integration_reaches_an_endpoint_as_the_role_it_has(region, calls):
    request = HttpRequest("POST", "/endpoints/iris/invocations")
    answer = region.call_service(ANONYMOUS, "runtime.sagemaker", request, 1.0)
    assert answer.status == 400
    assert b"Endpoint iris of account 123456789012 not found." in answer.body
    [line] = calls.lines()
    assert line["resource"] == "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris"


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("lambda", "/endpoints/iris/invocations"),
        ("runtime.sagemaker", "/endpoints/iris/async-invocations"),
        ("runtime.sagemaker", "/endpoints/iris"),
        ("runtime.sagemaker", "/"),
    ],
)
def test_any_other_service_or_action_is_refused_by_name(region, service, path):
    with pytest.raises(LookupError) as error:
        region.call_service(ANONYMOUS, service, HttpRequest("POST", path), 1.0)
    assert str(error.value) == f"{service} {path}: the local cloud cannot call it"


def test_our_own_services_go_by_the_names_that_signatures_use(region):
    assert sorted(region.services) == ["apigateway", "application-autoscaling", "sagemaker"]
