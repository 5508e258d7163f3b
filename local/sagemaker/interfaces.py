"""Network interfaces, by which containers are in a VPC: real ones of EC2, made as a role.

https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
Not here: a second address of each instance, and permissions that others could list.
"""

import itertools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.access import Access, AccessDenied
from local.aws import ACCOUNT_ID, Aws
from local.principal import Principal
from local.sagemaker.instance import DeploymentError
from local.sagemaker.plan import VpcPlan

LOOKS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
"""What has to be seen before an interface is made. None of these takes a resource.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
"""

DESCRIPTION = "SageMaker endpoint "
"""Begins the description of every interface; the words are ours."""

_log = logging.getLogger(__name__)


class NetworkInterfaces:
    """Makes interfaces and takes them out. when_made: called after each that was made."""

    def __init__(self, aws: Aws, access: Access, when_made: Callable[[], None]) -> None:
        self._aws = aws
        self._access = access
        self._when_made = when_made
        self._turns = itertools.count()

    def join(self, role: Principal, vpc: VpcPlan, endpoint: str) -> Callable[[], None]:
        """Brings an instance of an endpoint into a VPC; answers how it leaves.

        Raises DeploymentError where the role may not, and where subnet or group are gone.
        """
        subnet_id = vpc.subnets[next(self._turns) % len(vpc.subnets)]
        try:
            for action in LOOKS:
                self._access.require(role, action, "*")
            found = self._aws.call("ec2", "DescribeSubnets", {"SubnetIds": [subnet_id]})
            place = self._place(found["Subnets"][0])
            self._require_creation(role, vpc, subnet_id, place)
            request = {
                "SubnetId": subnet_id,
                "Groups": list(vpc.security_groups),
                "Description": f"{DESCRIPTION}{endpoint}",
            }
            made = self._aws.call("ec2", "CreateNetworkInterface", request)["NetworkInterface"]
        except (AccessDenied, ClientError) as error:
            raise DeploymentError(str(error)) from error
        interface_id: str = made["NetworkInterfaceId"]
        arn = self._arn(f"network-interface/{interface_id}")
        try:
            self._access.require(role, "ec2:CreateNetworkInterfacePermission", arn, place)
        except AccessDenied as error:
            self._leave(role, interface_id, place)
            raise DeploymentError(str(error)) from error
        _set_status(self._aws.region, interface_id, "in-use")
        self._when_made()
        return lambda: self._leave(role, interface_id, place)

    def _require_creation(
        self, role: Principal, vpc: VpcPlan, subnet_id: str, place: Mapping[str, str]
    ) -> None:
        """Of an interface that is yet to be made, EC2 does not say where it is.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
        """
        create = "ec2:CreateNetworkInterface"
        self._access.require(role, create, self._arn("network-interface/*"))
        self._access.require(role, create, self._arn(f"subnet/{subnet_id}"), place)
        inside = {"ec2:Vpc": place["ec2:Vpc"]}
        for group in vpc.security_groups:
            self._access.require(role, create, self._arn(f"security-group/{group}"), inside)

    def _leave(self, role: Principal, interface_id: str, place: Mapping[str, str]) -> None:
        """What the role may not take out stays, and keeps its subnet and groups."""
        arn = self._arn(f"network-interface/{interface_id}")
        try:
            self._access.require(role, "ec2:DeleteNetworkInterfacePermission", arn)
            self._access.require(role, "ec2:DeleteNetworkInterface", arn, place)
            request = {"NetworkInterfaceId": interface_id}
            self._aws.call("ec2", "DeleteNetworkInterface", request)
        except AccessDenied as error:
            _set_status(self._aws.region, interface_id, "available")
            _log.warning("%s stays: %s", interface_id, error)
        except (ClientError, BotoCoreError) as error:
            _log.debug("%s is gone already: %s", interface_id, error)

    def _place(self, subnet: Mapping[str, Any]) -> dict[str, str]:
        """Condition keys that say where a subnet's interface is."""
        return {
            "ec2:Subnet": self._arn(f"subnet/{subnet['SubnetId']}"),
            "ec2:Vpc": self._arn(f"vpc/{subnet['VpcId']}"),
        }

    def _arn(self, resource: str) -> str:
        return f"arn:aws:ec2:{self._aws.region}:{ACCOUNT_ID}:{resource}"


def _set_status(region: str, interface_id: str, status: str) -> None:
    """moto lets nothing but EC2's own instances use an interface."""
    # Slow to read, and read already where there is an interface.
    from moto.ec2.models import ec2_backends

    if interface := ec2_backends[ACCOUNT_ID][region].enis.get(interface_id):
        interface.status = status
