"""EC2: VPCs, subnets, route tables and flow logs. No packet is ever sent.

VPC endpoints and security groups have modules of their own.
"""

from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.type_table import Record
from local.provider.types.ec2_resource import Ec2Resource, arn, tagged
from local.provider.types.ec2_use import Occupied
from local.provider.wire import Properties

_DNS = {"enableDnsHostnames": False, "enableDnsSupport": True}
"""Attributes of a VPC, with the values that the real provider gives them by default."""


class _Vpc(Ec2Resource):
    """DNS settings are attributes, each with calls of its own."""

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        for name, default in _DNS.items():
            value = {"Value": properties.get(name, default)}
            request = {"VpcId": resource_id, f"{name[0].upper()}{name[1:]}": value}
            contract.call(aws, self.service, "ModifyVpcAttribute", request)

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        if record is None:
            return None
        for name in _DNS:
            request = {"VpcId": resource_id, "Attribute": name}
            record |= aws.call(self.service, "DescribeVpcAttribute", request)
        return record

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: all that can change is an attribute."""


class _Subnet(Occupied):
    """Whether addresses are public is an attribute."""

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        public = {"Value": properties.get("mapPublicIpOnLaunch", False)}
        request = {"SubnetId": resource_id, "MapPublicIpOnLaunch": public}
        contract.call(aws, self.service, "ModifySubnetAttribute", request)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: all that can change is an attribute."""


class _RouteTable(Ec2Resource):
    """A table with no routes of the program's own: any that somebody adds is taken out again.

    Routes to VPC endpoints are the endpoints' own, here as in the real provider.
    """

    def faults(self, properties: Properties) -> list[str]:
        if properties.get("routes"):
            return ["routes: the local cloud has none but those that EC2 makes itself"]
        return super().faults(properties)

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        if record is None:
            return None
        gateways = ("local", "vpce-")
        others = [r for r in record["Routes"] if not r.get("GatewayId", "").startswith(gateways)]
        return record | {"Others": others}

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        record = self.look_up(aws, resource_id, new) or {"Others": []}
        for route in record["Others"]:
            destination = {k: v for k, v in route.items() if k.startswith("Destination")}
            aws.call(self.service, "DeleteRoute", {"RouteTableId": resource_id} | destination)


class _Association(Ec2Resource):
    """Found by its subnet, which has one at most: another table makes up another id for it."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        subnet = {"Name": "association.subnet-id", "Values": [properties["subnetId"]]}
        tables = aws.call(self.service, self.read, {"Filters": [subnet]})["RouteTables"]
        found = [a for table in tables for a in table["Associations"]]
        return next((a for a in found if a.get("SubnetId") == properties["subnetId"]), None)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        request = self._association(aws, resource_id, new) | {"RouteTableId": new["routeTableId"]}
        contract.call(aws, self.service, "ReplaceRouteTableAssociation", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete, self._association(aws, resource_id, properties))

    def _association(self, aws: Aws, resource_id: str, properties: Properties) -> dict[str, Any]:
        record = self.look_up(aws, resource_id, properties)
        return {"AssociationId": record["RouteTableAssociationId"] if record else resource_id}


class _FlowLog(Ec2Resource):
    """Of a VPC; what it logs of subnets and interfaces is not had."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        resource = {"ResourceIds": [properties["vpcId"]], "ResourceType": "VPC"}
        return super().request(properties, operation) | resource

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete, self.address(resource_id, properties))


TYPES = (
    _Vpc(
        pulumi_type="aws:ec2/vpc:Vpc",
        create="CreateVpc",
        read="DescribeVpcs",
        update="ModifyVpcAttribute",
        delete="DeleteVpc",
        key={},
        generated_key="VpcId",
        listed="VpcIds",
        made="Vpc.VpcId",
        record="Vpcs[0]",
        not_sent=frozenset(_DNS),
        found_at={
            "enableDnsHostnames": "EnableDnsHostnames.Value",
            "enableDnsSupport": "EnableDnsSupport.Value",
        },
        outputs={"ownerId": "OwnerId"},
        computed={"arn": arn("vpc")},
        tagging=tagged("vpc"),
        used=paths("cidrBlock"),
        inert=paths("enableDnsHostnames enableDnsSupport"),
    ),
    _Subnet(
        pulumi_type="aws:ec2/subnet:Subnet",
        create="CreateSubnet",
        read="DescribeSubnets",
        update="ModifySubnetAttribute",
        delete="DeleteSubnet",
        key={},
        generated_key="SubnetId",
        listed="SubnetIds",
        made="Subnet.SubnetId",
        record="Subnets[0]",
        not_sent=frozenset({"mapPublicIpOnLaunch"}),
        found_at={"mapPublicIpOnLaunch": "MapPublicIpOnLaunch"},
        outputs={"arn": "SubnetArn", "ownerId": "OwnerId"},
        tagging=tagged("subnet"),
        used=paths("availabilityZone cidrBlock vpcId"),
        inert=paths("mapPublicIpOnLaunch"),
    ),
    _RouteTable(
        pulumi_type="aws:ec2/routeTable:RouteTable",
        create="CreateRouteTable",
        read="DescribeRouteTables",
        update="DeleteRoute",
        delete="DeleteRouteTable",
        key={},
        generated_key="RouteTableId",
        listed="RouteTableIds",
        made="RouteTable.RouteTableId",
        record="RouteTables[0]",
        not_sent=frozenset({"routes"}),
        found_at={"routes": "Others[].{cidrBlock: DestinationCidrBlock, gatewayId: GatewayId}"},
        outputs={"ownerId": "OwnerId"},
        computed={"arn": arn("route-table")},
        tagging=tagged("route-table"),
        used=paths("vpcId"),
        inert=paths("routes"),
    ),
    _Association(
        pulumi_type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        create="AssociateRouteTable",
        read="DescribeRouteTables",
        update="ReplaceRouteTableAssociation",
        delete="DisassociateRouteTable",
        key={},
        generated_key="AssociationId",
        listed="RouteTableIds",
        made="AssociationId",
        used=paths("routeTableId subnetId"),
    ),
    _FlowLog(
        pulumi_type="aws:ec2/flowLog:FlowLog",
        create="CreateFlowLogs",
        read="DescribeFlowLogs",
        delete="DeleteFlowLogs",
        key={},
        generated_key="FlowLogId",
        listed="FlowLogIds",
        made="FlowLogIds[0]",
        renames={"iamRoleArn": "DeliverLogsPermissionArn"},
        not_sent=frozenset({"vpcId"}),
        found_at={"vpcId": "ResourceId"},
        not_read=frozenset({"ResourceIds", "ResourceType"}),
        record="FlowLogs[0]",
        computed={"arn": arn("vpc-flow-log")},
        tagging=tagged("vpc-flow-log"),
        used=paths("vpcId"),
        inert=paths("""
            iamRoleArn logDestination logDestinationType maxAggregationInterval trafficType
        """),
    ),
)
