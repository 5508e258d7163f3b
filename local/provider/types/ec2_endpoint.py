"""EC2: VPC endpoints. Requests on one machine take no such way."""

from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.type_table import Record
from local.provider.types.ec2_resource import Ec2Resource, arn, tagged
from local.provider.wire import Properties

_LISTS = {
    "subnetIds": "SubnetIds",
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
}
"""Sets of ids, which an update adds to and takes from."""


class _Endpoint(Ec2Resource):
    """One that was deleted is listed for some time yet."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        if record is None or record["State"] == "deleted":
            return None
        record["SecurityGroupIds"] = [group["GroupId"] for group in record.get("Groups", [])]
        for name, member in _LISTS.items():
            order = properties.get(name) or []
            record[member].sort(key=lambda i, o=order: o.index(i) if i in o else len(o))
        lists = aws.call(self.service, "DescribePrefixLists", {})["PrefixLists"]
        ids = {found["PrefixListName"]: found["PrefixListId"] for found in lists}
        return record | {"PrefixListId": ids.get(record["ServiceName"])}

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        request: dict[str, Any] = {"VpcEndpointId": resource_id}
        if new.get("policy"):
            request["PolicyDocument"] = new["policy"]
        else:
            request["ResetPolicy"] = True
        for name, member in _LISTS.items():
            before, after = old.get(name) or [], new.get(name) or []
            request[f"Add{member}"] = [i for i in after if i not in before]
            request[f"Remove{member}"] = [i for i in before if i not in after]
        request = {member: value for member, value in request.items() if value != []}
        contract.call(aws, self.service, "ModifyVpcEndpoint", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if self.look_up(aws, resource_id, properties):
            aws.call(self.service, self.delete, self.address(resource_id, properties))


TYPES = (
    _Endpoint(
        pulumi_type="aws:ec2/vpcEndpoint:VpcEndpoint",
        create="CreateVpcEndpoint",
        read="DescribeVpcEndpoints",
        update="ModifyVpcEndpoint",
        delete="DeleteVpcEndpoints",
        key={},
        generated_key="VpcEndpointId",
        listed="VpcEndpointIds",
        made="VpcEndpoint.VpcEndpointId",
        renames={"policy": "PolicyDocument"},
        record="VpcEndpoints[0]",
        outputs={"ownerId": "OwnerId", "prefixListId": "PrefixListId", "state": "State"},
        computed={"arn": arn("vpc-endpoint")},
        tagging=tagged("vpc-endpoint"),
        used=paths("routeTableIds securityGroupIds serviceName subnetIds vpcEndpointType vpcId"),
        inert=paths("policy privateDnsEnabled"),
    ),
)
