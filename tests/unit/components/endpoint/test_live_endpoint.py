"""What is live before a deploy."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from components.config.endpoint import Endpoint
from components.config.stack import ConfigError
from components.endpoint.live_endpoint import LiveEndpoint, LiveEndpointError, live_endpoints

MACHINES = {"type": "ml.m5.large", "min": 2, "max": 6}
VARIANT = {"artifact": "build/iris", "instances": MACHINES}
IRIS = {"variants": {"forest": VARIANT, "boosting": VARIANT}, "scaling": {"target": "1200/min"}}
ROLLOUT = {
    "rollout": {"canary": {"share": "10%", "bake": "10m"}, "rollbackOn": {"errorRate": "1%"}}
}
GUARDED = {
    "LastDeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "iris"}]}}
}
OTHERWISE = "add another endpoint, point the routes at it, and remove this one with the next deploy"


def described(**variants):
    """DescribeEndpoint's answer."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "EndpointName": "ml-gateway-prod-iris",
        "EndpointArn": "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/ml-gateway-prod-iris",
        "EndpointStatus": "InService",
        "CreationTime": moment,
        "LastModifiedTime": moment,
        "ProductionVariants": [{"VariantName": name} | live for name, live in variants.items()],
    }


SCALED = described(forest={"DesiredInstanceCount": 5}, boosting={"DesiredInstanceCount": 2})


@pytest.fixture
def look():
    """Reads one endpoint of the given config, with the given answer of SageMaker."""

    def read(block, answer=None, error=None):
        client = boto3.client(
            "sagemaker",
            region_name="eu-central-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        with Stubber(client) as stubber:
            if error:
                stubber.add_client_error("describe_endpoint", *error)
            else:
                asked = {"EndpointName": "ml-gateway-prod-iris"}
                stubber.add_response("describe_endpoint", answer, asked)
            return live_endpoints(
                {"iris": Endpoint.model_validate(block)},
                "ml-gateway-prod",
                "eu-central-1",
                lambda service, region_name: client,
            )

    return read


def test_an_endpoint_is_known_by_how_far_its_variants_are_scaled(look):
    assert look(IRIS, SCALED) == {
        "iris": LiveEndpoint({"forest": 5, "boosting": 2}, serverless=False, guarded=False)
    }


@pytest.mark.parametrize("state", ["DesiredServerlessConfig", "CurrentServerlessConfig"])
def test_a_serverless_variant_counts_what_is_kept_warm(look, state):
    serverless = {"serverless": {"memory": "2GB", "concurrency": 20}}
    block = {"variants": {"forest": {"artifact": "build/iris"} | serverless}}
    warm = {"MemorySizeInMB": 2048, "MaxConcurrency": 20, "ProvisionedConcurrency": 7}
    answer = described(forest={"DesiredInstanceCount": 0, state: warm})
    live = look(block, answer)["iris"]
    assert live == LiveEndpoint({"forest": 7}, serverless=True, guarded=False)


def test_concurrency_is_no_number_of_instances(look):
    warm = {"MemorySizeInMB": 2048, "MaxConcurrency": 20, "ProvisionedConcurrency": 7}
    live = look(IRIS, described(forest={"DesiredServerlessConfig": warm}))["iris"]
    assert live.counts_of(Endpoint.model_validate(IRIS)) == {}


def test_an_endpoint_on_instances_does_not_become_serverless(look):
    serverless = {"serverless": {"memory": "2GB", "concurrency": 20}}
    with pytest.raises(ConfigError) as caught:
        look({"variants": {"forest": {"artifact": "build/iris"} | serverless}}, SCALED)
    assert str(caught.value).splitlines()[1:] == [
        "  ml-gateway:endpoints.iris.variants: forest, serverless now. Allowed: instances, which "
        "are live: AWS makes no endpoint on instances a serverless one. "
        f"{OTHERWISE.capitalize()}."
    ]


def test_an_endpoint_that_never_came_up_counts_nothing(look):
    answer = described()
    del answer["ProductionVariants"]
    assert look(IRIS | ROLLOUT, answer | GUARDED) == {
        "iris": LiveEndpoint({}, serverless=False, guarded=True)
    }


def test_an_endpoint_that_is_not_deployed_yet_is_left_out(look):
    missing = ("ValidationException", 'Could not find endpoint "arn:aws:sagemaker:iris".')
    assert look(IRIS, error=missing) == {}


def test_an_endpoint_that_cannot_be_read_stops_the_deploy_with_the_reason(look):
    with pytest.raises(LiveEndpointError) as caught:
        look(IRIS, error=("AccessDeniedException", "no"))
    assert str(caught.value) == (
        "ml-gateway-prod-iris: what is live cannot be read (An error occurred "
        "(AccessDeniedException) when calling the DescribeEndpoint operation: no). A deploy that "
        "does not know how far the endpoint is scaled could take its capacity away, so nothing was "
        "changed. Give the deployer valid credentials and sagemaker:DescribeEndpoint."
    )


def test_a_deployer_without_credentials_learns_so():
    class Nobody:
        def describe_endpoint(self, **_):
            raise NoCredentialsError

    with pytest.raises(LiveEndpointError, match="Unable to locate credentials"):
        live_endpoints(
            {"iris": Endpoint.model_validate(IRIS)}, "p", "eu-central-1", lambda *_, **__: Nobody()
        )


def test_an_endpoint_keeps_its_roll_out(look):
    assert look(IRIS | ROLLOUT, SCALED | GUARDED)["iris"].guarded


def test_a_roll_out_is_not_added_to_a_live_endpoint_which_would_be_made_anew(look):
    with pytest.raises(ConfigError) as caught:
        look(IRIS | ROLLOUT, SCALED)
    assert str(caught.value) == (
        "The stack's config has 1 mistake; nothing was created.\n"
        "  ml-gateway:endpoints.iris.rollout: added to an endpoint that is live without one. "
        "Allowed: no roll-out, as when the endpoint was created: the aws provider would delete it "
        f"and make it anew. {OTHERWISE.capitalize()}."
    )


def test_a_guarded_endpoint_keeps_its_variants_names(look):
    block = IRIS | {"variants": {"forest": VARIANT, "neural": VARIANT}}
    with pytest.raises(ConfigError) as caught:
        look(block, SCALED | GUARDED)
    assert str(caught.value).splitlines()[1:] == [
        "  ml-gateway:endpoints.iris.variants: forest, neural. Allowed: forest, boosting, which "
        "are live: AWS rolls out between the same variants. Keep their names. "
        f"To change them: {OTHERWISE}."
    ]


def test_an_unguarded_endpoint_may_change_its_variants(look):
    block = IRIS | {"variants": {"neural": VARIANT}}
    assert look(block, SCALED)["iris"].counts == {"forest": 5, "boosting": 2}
