"""Interfaces in moto's EC2, with the rights of a role in moto's IAM."""

import pytest

from components.context import Context
from components.endpoint.interface_rights import rights_in_subnets, rights_in_vpc
from local.access import Access
from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import DeploymentError
from local.sagemaker.interfaces import LOOKS, NetworkInterfaces
from local.sagemaker.plan import VpcPlan

ARN = "arn:aws:ec2:eu-central-1:123456789012"
CREATE = "ec2:CreateNetworkInterface"
LEAVE = ("ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission")
NEEDED = {
    **dict.fromkeys(LOOKS, "*"),
    **dict.fromkeys((CREATE, "ec2:CreateNetworkInterfacePermission", *LEAVE), f"{ARN}:*"),
}

KINDS = ("network-interface", "security-group", "subnet")


class Rig:
    """A VPC with two subnets and a group, and a role that may join it."""

    def __init__(self, aws, role):
        self.aws = aws
        self.made = 0
        self.role = role
        role.allow(NEEDED)
        vpc = aws.call("ec2", "CreateVpc", {"CidrBlock": "10.9.0.0/16"})["Vpc"]["VpcId"]
        subnets = [
            aws.call("ec2", "CreateSubnet", {"VpcId": vpc, "CidrBlock": f"10.9.{n}.0/24"})
            for n in range(2)
        ]
        group = aws.call(
            "ec2", "CreateSecurityGroup", {"GroupName": "a", "Description": "b", "VpcId": vpc}
        )
        self.vpc = vpc
        self.plan = VpcPlan(
            tuple(made["Subnet"]["SubnetId"] for made in subnets), (group["GroupId"],)
        )
        self._interfaces = NetworkInterfaces(aws, Access("eu-central-1"), self._count)

    def _count(self):
        self.made += 1

    def join(self, vpc=None):
        role = Principal(PrincipalKind.ROLE, self.role.arn)
        return self._interfaces.join(role, vpc or self.plan, "iris")

    def found(self):
        """Subnet, status and description of the interfaces in the group."""
        filters = [{"Name": "group-id", "Values": list(self.plan.security_groups)}]
        answer = self.aws.call("ec2", "DescribeNetworkInterfaces", {"Filters": filters})
        return [(i["SubnetId"], i["Status"], i["Description"]) for i in answer["NetworkInterfaces"]]


@pytest.fixture
def rig(aws, role_of):
    return Rig(aws, role_of("sagemaker.amazonaws.com"))


def test_instances_are_in_the_subnets_in_turn_until_they_leave(rig):
    leave = [rig.join() for _ in range(2)]
    description = "SageMaker endpoint iris"
    assert rig.found() == [(subnet, "in-use", description) for subnet in rig.plan.subnets]
    assert rig.made == 2
    for each in (*leave, *leave):  # an instance may end twice
        each()
    assert rig.found() == []


@pytest.mark.parametrize("missing", sorted(NEEDED.keys() - set(LEAVE)))
def test_without_a_right_no_instance_is_in_the_vpc(rig, missing):
    rig.role.allow({action: on for action, on in NEEDED.items() if action != missing})
    with pytest.raises(DeploymentError, match=f"is not authorized to perform: {missing} on"):
        rig.join()
    assert (rig.found(), rig.made) == ([], 0)


@pytest.mark.parametrize("forbidden", KINDS)
def test_an_interface_is_made_on_three_kinds_of_resources(rig, forbidden):
    kinds = [f"{ARN}:{kind}/*" for kind in KINDS if kind != forbidden]
    rig.role.put([{"Action": LOOKS, "Resource": "*"}, {"Action": CREATE, "Resource": kinds}])
    with pytest.raises(DeploymentError, match=f"{CREATE} on resource: {ARN}:{forbidden}/"):
        rig.join()


@pytest.mark.parametrize("missing", LEAVE)
def test_what_the_role_may_not_take_out_stays(rig, missing):
    leave = rig.join()
    rig.role.allow({action: on for action, on in NEEDED.items() if action != missing})
    leave()
    [(_, status, _)] = rig.found()
    assert status == "available"


def test_a_subnet_that_is_gone_is_no_place_for_an_instance(rig):
    with pytest.raises(DeploymentError, match="InvalidSubnetID"):
        rig.join(VpcPlan(("subnet-00000000",), rig.plan.security_groups))


def own_statements(rig, form):
    """What the program gives a role: in the subnets that an endpoint names, or in the stack's VPC.

    One action in each.
    """
    context = Context(account_id="123456789012", region="eu-central-1", prefix="ml-gateway-dev")
    if form == "subnets":
        statements = rights_in_subnets(context, rig.plan.subnets, rig.plan.security_groups)
    else:
        statements = rights_in_vpc(context, f"{ARN}:vpc/{rig.vpc}")
    return [
        {k: v for k, v in each.items() if k != "Sid"} | {"Action": action}
        for each in statements
        for action in each["Action"]
    ]


@pytest.mark.parametrize("form", ["subnets", "vpc"])
def test_the_programs_own_statements_are_enough_and_each_action_in_them_is_needed(rig, form):
    statements = own_statements(rig, form)
    rig.role.put(statements)
    rig.join()()
    assert rig.found() == []
    for missing in range(len(statements)):
        rig.role.put(statements[:missing] + statements[missing + 1 :])
        if statements[missing]["Action"] in LEAVE:
            before = len(rig.found())
            rig.join()()
            assert len(rig.found()) == before + 1
        else:
            with pytest.raises(DeploymentError, match=statements[missing]["Action"]):
                rig.join()


@pytest.mark.parametrize("form", ["subnets", "vpc"])
def test_the_programs_own_statements_let_nobody_into_another_vpc(rig, aws, form):
    here = own_statements(rig, form)
    elsewhere = Rig(aws, rig.role)
    rig.role.put(here)
    with pytest.raises(DeploymentError, match=CREATE):
        elsewhere.join()
