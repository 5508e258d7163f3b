"""The rights to a stack's own private network, as data. AWS makes up its ids, so tags decide."""

from bootstrap.stack_rights import tagged
from components.context import Context
from components.iam import Statement, allow

CREATED = {
    "CreateFlowLogs": "vpc-flow-log",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
}
"""Actions that make something, each with what its ARN calls that."""

RULE = "security-group-rule"

CHANGES = (
    *("AssociateRouteTable", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"),
    *("DeleteFlowLogs", "DeleteRoute", "DeleteRouteTable", "DeleteSecurityGroup", "DeleteSubnet"),
    *("DeleteVpc", "DeleteVpcEndpoints", "DescribeVpcAttribute", "DisassociateRouteTable"),
    *("ModifySecurityGroupRules", "ModifySubnetAttribute", "ModifyVpcAttribute"),
    *("ModifyVpcEndpoint", "ReplaceRouteTableAssociation", "RevokeSecurityGroupEgress"),
    "RevokeSecurityGroupIngress",
)
"""What is done with what is there."""

SEEN = (
    *("DescribeFlowLogs", "DescribeNetworkAcls", "DescribeNetworkInterfaces"),
    *("DescribePrefixLists", "DescribeRouteTables", "DescribeSecurityGroupRules"),
    *("DescribeSecurityGroups", "DescribeSubnets", "DescribeTags", "DescribeVpcEndpoints"),
    "DescribeVpcs",
)
"""What the provider reads; none of these takes a resource."""


def network(stack: Context) -> list[Statement]:
    """The network, by the tags that the program gives: what is made gets them at once.

    A condition on the request's tags holds for what is made alone, so what it is made in stands in
    a statement of its own.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html,
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    made = [stack.arn("ec2", f"{kind}/*") for kind in CREATED.values()]
    rules = stack.arn("ec2", f"{RULE}/*")
    create = [f"ec2:{action}" for action in CREATED]
    asked, own = tagged(stack, "RequestTag"), tagged(stack, "ResourceTag")
    return [
        allow("CreateNetwork", create, made, asked),
        allow("CreateInNetwork", create, made, own),
        allow("ChangeNetwork", [f"ec2:{action}" for action in CHANGES], [*made, rules], own),
        # Which group a rule is for, the statement before this one limits.
        allow(
            "CreateRules",
            ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"],
            [rules],
        ),
        *_tags(stack, made, rules),
        allow("SeeNetwork", [f"ec2:{action}" for action in SEEN], ["*"]),
        # How EC2 lets the names of AWS's services lead to an endpoint; the zone is AWS's own.
        allow(
            "NameEndpoints",
            ["route53:AssociateVPCWithHostedZone"],
            ["arn:aws:route53:::hostedzone/Z*"],
            {"Bool": {"aws:ViaAWSService": "true"}},
        ),
        _flow_logs(stack),
    ]


def _tags(stack: Context, made: list[str], rules: str) -> list[Statement]:
    """Tags of what is made at its creation, and of what is the stack's own.

    The provider tags rules, and a VPC's default group, only after AWS has made them: what carries
    a project's tag already is not taken over.
    """
    asked, own = tagged(stack, "RequestTag"), tagged(stack, "ResourceTag")
    creating = {"ec2:CreateAction": list(CREATED)}
    return [
        allow(
            "TagNew", ["ec2:CreateTags"], made, {"StringEquals": asked["StringEquals"] | creating}
        ),
        allow(
            "TagRules",
            ["ec2:CreateTags"],
            [rules, stack.arn("ec2", "security-group/*")],
            asked | {"Null": {"aws:ResourceTag/project": "true"}},
        ),
        allow("TagNetwork", ["ec2:CreateTags", "ec2:DeleteTags"], [*made, rules], own),
    ]


def _flow_logs(stack: Context) -> Statement:
    """The log group of the network's traffic."""
    actions = (
        *("AssociateKmsKey", "CreateLogGroup", "DeleteLogGroup", "DisassociateKmsKey"),
        *("ListTagsForResource", "PutRetentionPolicy", "TagResource", "UntagResource"),
    )
    groups = stack.arn("logs", f"log-group:/aws/vpc/{stack.prefix}-*")
    return allow("FlowLogGroup", [f"logs:{action}" for action in actions], [groups])
