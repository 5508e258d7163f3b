"""EC2: what a network interface of an endpoint's containers is in cannot go.

The real provider asks again for a quarter of an hour or more; here interfaces go at once with what
they are of, so that a refusal is final: something is deleted in the wrong order, or an interface
was left behind.
"""

from local.aws import Aws
from local.provider.errors import ProviderError
from local.provider.types.ec2_resource import Ec2Resource
from local.provider.wire import Properties

_FILTERS = ("group-id", "subnet-id")
"""By which the interfaces in either are found."""


class Occupied(Ec2Resource):
    """A subnet or a security group."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Raises ProviderError where an interface is in it."""
        for name in _FILTERS:
            request = {"Filters": [{"Name": name, "Values": [resource_id]}]}
            for found in aws.call("ec2", "DescribeNetworkInterfaces", request)["NetworkInterfaces"]:
                # moto keeps those of a VPC endpoint in subnets that it has left.
                if found["Description"]:
                    raise ProviderError(
                        f"DependencyViolation: {resource_id} has a dependent object: "
                        f"{found['NetworkInterfaceId']}, {found['Description']}"
                    )
        super().send_delete(aws, resource_id, properties)
