"""EC2: what a live endpoint's containers are in cannot go, for their network interfaces are there.

The real provider asks again for a quarter of an hour or more; here interfaces go at once with what
they are of, so that a refusal is final: something is deleted in the wrong order.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider.errors import ProviderError, is_missing
from local.provider.types.ec2_resource import Ec2Resource
from local.provider.wire import Properties


class Occupied(Ec2Resource):
    """A subnet or a security group."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Raises ProviderError where a live endpoint is in it."""
        for endpoint in _endpoints_in(aws, resource_id):
            raise ProviderError(
                f"DependencyViolation: {resource_id} has a dependent object: network interfaces "
                f"of the endpoint {endpoint}"
            )
        super().send_delete(aws, resource_id, properties)


def _endpoints_in(aws: Aws, resource_id: str) -> Iterator[str]:
    """Names of the endpoints whose live models are in a subnet or a group."""
    for found in aws.call("sagemaker", "ListEndpoints", {})["Endpoints"]:
        if resource_id in _occupied_by(aws, found["EndpointName"]):
            yield found["EndpointName"]


def _occupied_by(aws: Aws, endpoint: str) -> set[str]:
    """Ids of the subnets and groups that an endpoint's live models are in."""
    try:
        described = aws.call("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
        request = {"EndpointConfigName": described["EndpointConfigName"]}
        live = aws.call("sagemaker", "DescribeEndpointConfig", request)
        variants = [*live["ProductionVariants"], *live.get("ShadowProductionVariants", [])]
        models = [
            aws.call("sagemaker", "DescribeModel", {"ModelName": variant["ModelName"]})
            for variant in variants
        ]
    except ClientError as error:
        if not is_missing(error):
            raise
        return set()  # it has gone meanwhile
    vpcs = [model.get("VpcConfig", {}) for model in models]
    return {resource for vpc in vpcs for ids in vpc.values() for resource in ids}
