"""The rights to a stack's own private network, as data. AWS makes up its ids, so tags decide."""

from bootstrap.stack_rights import UNCLAIMED, tagged
from components.context import Context
from components.iam import Statement, allow
from components.network.private_vpc import unused_name
from components.network.vpc_endpoints import service_names

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
    own = tagged(stack, "ResourceTag")
    return [
        *_creation(stack),
        allow("CreateInNetwork", create, made, own),
        allow("ChangeNetwork", [f"ec2:{action}" for action in CHANGES], [*made, rules], own),
        # Which group a rule is for, the statement before this one limits.
        allow(
            "CreateRules",
            ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"],
            [rules],
        ),
        # S3's addresses are in a list of AWS's own, which carries no tags of ours.
        allow(
            "NameAddresses",
            ["ec2:ModifySecurityGroupRules"],
            [f"arn:aws:ec2:{stack.region}:aws:prefix-list/*"],
        ),
        *_tags(stack, made, rules),
        allow("SeeNetwork", [f"ec2:{action}" for action in SEEN], ["*"]),
        _zones(),
    ]


def _creation(stack: Context) -> list[Statement]:
    """An endpoint of another account's service would be a way out: only those of ours are made."""
    asked = tagged(stack, "RequestTag")
    endpoint = "CreateVpcEndpoint"
    others = {action: kind for action, kind in CREATED.items() if action != endpoint}
    services = {"ec2:VpceServiceName": service_names(stack)}
    return [
        allow(
            "CreateNetwork",
            [f"ec2:{action}" for action in others],
            [stack.arn("ec2", f"{kind}/*") for kind in others.values()],
            asked,
        ),
        allow(
            "CreateEndpoints",
            [f"ec2:{endpoint}"],
            [stack.arn("ec2", f"{CREATED[endpoint]}/*")],
            {"StringEquals": asked["StringEquals"] | services},
        ),
    ]


def _tags(stack: Context, made: list[str], rules: str) -> list[Statement]:
    """Tags of what is made at its creation, and of what is the stack's own.

    The provider tags rules, and a VPC's default group, only after AWS has made them: what carries
    a project's tag already is not taken over. AWS does not say which group is a default one. So
    that nobody's group without tags is opened, what is taken for one can never be: it is closed
    once, and then left as it is.
    """
    asked, own = tagged(stack, "RequestTag"), tagged(stack, "ResourceTag")
    creating = {"ec2:CreateAction": list(CREATED)}
    groups = [stack.arn("ec2", "security-group/*")]
    unused = unused_name(stack)
    as_unused = asked["StringEquals"] | {"aws:RequestTag/Name": unused}
    return [
        allow(
            "TagNew", ["ec2:CreateTags"], made, {"StringEquals": asked["StringEquals"] | creating}
        ),
        allow("TagRules", ["ec2:CreateTags"], [rules], asked | UNCLAIMED),
        allow("TagUnused", ["ec2:CreateTags"], groups, {"StringEquals": as_unused} | UNCLAIMED),
        allow("TagNetwork", ["ec2:CreateTags", "ec2:DeleteTags"], [*made, rules], own),
        {
            "Sid": "LeaveUnused",
            "Effect": "Deny",
            "Action": [
                "ec2:AuthorizeSecurityGroup*",
                "ec2:CreateTags",
                "ec2:DeleteSecurityGroup",
                "ec2:DeleteTags",
                "ec2:ModifySecurityGroupRules",
            ],
            "Resource": groups,
            "Condition": {"StringEquals": {"aws:ResourceTag/Name": unused}},
        },
    ]


def _zones() -> Statement:
    """How EC2 lets the names of AWS's services lead to an endpoint; the zones are AWS's own.

    CreateVpcEndpoint needs the right, says EC2's service authorization reference. That EC2 uses it
    in the deployer's name, as the condition demands, is not confirmed: should an `up` be refused
    here, take the condition away.
    """
    return allow(
        "NameEndpoints",
        ["route53:AssociateVPCWithHostedZone"],
        ["arn:aws:route53:::hostedzone/Z*"],
        {"Bool": {"aws:ViaAWSService": "true"}},
    )
