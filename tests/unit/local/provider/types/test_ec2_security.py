"""Security groups and their rules against moto's EC2."""

import pytest

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "description": "AWS APIs"}
ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def vpc(provider):
    return provider.make(VPC, {"cidrBlock": "10.20.0.0/20"})


@pytest.fixture
def group(provider, vpc):
    return provider.make(
        GROUP,
        {"vpcId": vpc.id, "name": "containers", "description": "d", "tags": {"stack": "a"}},
    )


def described(aws, group_id):
    return aws.call("ec2", "DescribeSecurityGroups", {"GroupIds": [group_id]})["SecurityGroups"][0]


def test_a_group_begins_without_rules_and_goes(aws, group):
    assert group.is_clean()
    assert described(aws, group.id)["IpPermissionsEgress"] == []
    assert group.outputs["arn"].endswith(f":security-group/{group.id}")
    group.change(tags={"stack": "b"})
    assert group.is_clean()
    assert group.goes()


@pytest.mark.parametrize("kind", [GROUP, INGRESS, EGRESS])
@pytest.mark.parametrize("description", ["AWS's services", "a\u2013b", "a" * 256])
def test_a_description_that_ec2_does_not_take_is_refused(provider, kind, description):
    given = {"vpcId": "vpc-1"} if kind == GROUP else HTTPS | {"securityGroupId": "sg-1"}
    _, [(_, reason)] = provider.check(kind, given | {"description": description})
    assert reason.startswith(f"description: {description!r} is not up to 255 letters")


def test_a_group_whose_name_begins_with_a_prefix_is_replaced_while_the_old_one_is_there(
    aws, provider, vpc
):
    given = {"vpcId": vpc.id, "namePrefix": "containers-", "description": "d"}
    old = provider.make(GROUP, given)
    assert old.is_clean()
    answer = provider.diff(GROUP, old.inputs, old.inputs | {"description": "e"})
    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["description"], False)
    new = provider.make(GROUP, given | {"description": "e"})
    names = {described(aws, group.id)["GroupName"] for group in (old, new)}
    assert len(names) == 2
    assert all(name.startswith("containers-") for name in names)
    assert old.goes()
    assert new.is_clean()


@pytest.mark.parametrize("change", [{"description": "e"}, {"name": "x"}, {"vpcId": "vpc-1"}])
def test_nothing_but_its_tags_changes_a_group_in_place(provider, group, change):
    answer = provider.diff(GROUP, group.inputs, group.inputs | change)
    assert (list(answer.replaces), answer.deleteBeforeReplace) == ([*change], False)


@pytest.mark.parametrize(("kind", "direction"), [(INGRESS, "IpPermissions"),
                                                 (EGRESS, "IpPermissionsEgress")])  # fmt: skip
def test_a_rule_lives_changes_in_place_and_goes(aws, provider, group, kind, direction):
    source = {"securityGroupId": group.id, "referencedSecurityGroupId": group.id}
    rule = provider.make(kind, HTTPS | source | {"tags": {"stack": "a"}})
    assert rule.is_clean()
    [found] = described(aws, group.id)[direction]
    assert (found["FromPort"], found["UserIdGroupPairs"][0]["GroupId"]) == (443, group.id)
    assert rule.outputs["securityGroupRuleId"] == rule.id
    rule.change(fromPort=8443, toPort=8443, description=None, tags={"stack": "b"})
    assert rule.is_clean()
    request = {"SecurityGroupRuleIds": [rule.id]}
    [now] = aws.call("ec2", "DescribeSecurityGroupRules", request)["SecurityGroupRules"]
    assert "Description" not in now
    assert rule.goes()
    assert described(aws, group.id)[direction] == []


@pytest.mark.parametrize("source", [{"cidrIpv4": "10.20.0.0/20"}, {"prefixListId": "pl-12345678"}])
def test_a_rules_other_side_may_be_addresses_or_a_prefix_list(provider, group, source):
    rule = provider.make(EGRESS, HTTPS | {"securityGroupId": group.id} | source)
    assert rule.is_clean()
    assert rule.goes()


@pytest.mark.parametrize(
    ("property", "values"),
    [
        ("cidrIpv4", ["10.20.0.0/20", "10.20.0.0/16"]),
        ("prefixListId", ["pl-12345678", "pl-87654321"]),
    ],
)
def test_another_other_side_of_its_kind_changes_a_rule_in_place(provider, group, property, values):
    source = {"securityGroupId": group.id, property: values[0]}
    rule = provider.make(EGRESS, HTTPS | source)
    rule.change(**{property: values[1]})
    assert rule.is_clean()
    assert rule.refresh()[0][property] == values[1]


def test_a_rule_follows_the_group_that_it_refers_to(provider, vpc, group):
    other = provider.make(GROUP, {"vpcId": vpc.id, "name": "other", "description": "d"})
    source = {"securityGroupId": group.id, "referencedSecurityGroupId": group.id}
    rule = provider.make(INGRESS, HTTPS | source)
    rule.change(referencedSecurityGroupId=other.id)
    assert rule.is_clean()


def test_another_kind_of_other_side_replaces_a_rule(provider, group):
    old = HTTPS | {"securityGroupId": group.id, "cidrIpv4": "10.20.0.0/20"}
    new = HTTPS | {"securityGroupId": group.id, "prefixListId": "pl-12345678"}
    assert list(provider.diff(EGRESS, old, new).replaces) == ["cidrIpv4", "prefixListId"]


def test_a_rule_that_somebody_changed_or_revoked_shows(aws, provider, group):
    source = {"securityGroupId": group.id, "cidrIpv4": "10.20.0.0/20"}
    rule = provider.make(EGRESS, HTTPS | source)
    wider = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
    changed = {"SecurityGroupRuleId": rule.id, "SecurityGroupRule": wider}
    request = {"GroupId": group.id, "SecurityGroupRules": [changed]}
    aws.call("ec2", "ModifySecurityGroupRules", request)
    assert rule.refresh()[0]["cidrIpv4"] == "0.0.0.0/0"
    revoked = {"GroupId": group.id, "SecurityGroupRuleIds": [rule.id]}
    aws.call("ec2", "RevokeSecurityGroupEgress", revoked)
    assert rule.refresh() == ({}, {})


@pytest.fixture
def default(provider, vpc):
    given = {"vpcId": vpc.id, "ingress": [], "egress": [], "tags": {"stack": "a"}}
    return provider.make(DEFAULT, given)


def test_the_default_group_is_taken_over_and_loses_its_rules(aws, default):
    group = described(aws, default.id)
    assert (group["GroupName"], group["VpcId"]) == ("default", default.inputs["vpcId"])
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])
    assert default.is_clean()
    default.change(tags={"stack": "b"})
    assert default.is_clean()


def test_rules_that_somebody_gives_the_default_group_are_taken_away_again(aws, default):
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": default.id}]}
    for operation, rule in (("Ingress", itself), ("Egress", ANYWHERE)):
        request = {"GroupId": default.id, "IpPermissions": [rule]}
        aws.call("ec2", f"AuthorizeSecurityGroup{operation}", request)
    default.inputs, _ = default.refresh()
    assert default.inputs["ingress"][0]["securityGroups"] == [default.id]
    assert default.inputs["egress"][0]["cidrBlocks"] == ["0.0.0.0/0"]
    default.change(ingress=[], egress=[])
    assert default.is_clean()
    group = described(aws, default.id)
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_the_default_group_is_not_deleted(aws, provider, default):
    provider.delete(DEFAULT, default.id, default.outputs)
    assert described(aws, default.id)["GroupName"] == "default"


def test_rules_for_the_default_group_are_refused(provider, vpc):
    rule = {"protocol": "-1", "fromPort": 0, "toPort": 0}
    _, failures = provider.check(DEFAULT, {"vpcId": vpc.id, "ingress": [rule], "egress": [rule]})
    assert [reason for _, reason in failures] == [
        f"{name}: the local cloud takes a default group's rules away only"
        for name in ("egress", "ingress")
    ]
