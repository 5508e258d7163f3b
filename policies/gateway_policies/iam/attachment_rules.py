"""Rules over AWS's own managed policies, by their names."""

import re
from collections.abc import Iterator

from pulumi_policy import Severity

from gateway_policies.iam.places import ROLE
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, rule, shown, violation

ATTACHED = {
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}
"""Property that names an attached policy, by resource type."""

_OF_AWS = re.compile(r"arn:[^:]*:iam::aws:policy/(?:.*/)?([^/]+)", re.IGNORECASE)
_FULL = re.compile(
    r"AdministratorAccess.*|PowerUserAccess|IAMFullAccess|SystemAdministrator|DatabaseAdministrator"
    r"|NetworkAdministrator|SecurityAdministrator|.*Full_?Access.*|.*_FullAccess",
    re.IGNORECASE,
)


@rule(
    Control(
        id="iam-full-access",
        title="No managed policy of AWS gives full access",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_274", "AwsSolutions-IAM4", "IAM.1"),
        fix="Write a policy with the actions and resources that are needed.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ),
    types=(ROLE, *ATTACHED),
)
def iam_full_access(resource: Resource) -> Findings:
    """It is written for everybody's account: all actions of a service, on whatever is there."""
    for path, arn in _attached(resource):
        named = _OF_AWS.fullmatch(arn)
        if named and _FULL.fullmatch(named[1]):
            yield violation(path, seen=shown(arn), allowed="policies that name what they allow")


def _attached(resource: Resource) -> Iterator[tuple[str, str]]:
    if name := ATTACHED.get(resource.type):
        arns, path = [resource.get(name)], name
    else:
        listed = resource.get("managedPolicyArns")
        arns, path = (listed if isinstance(listed, list) else []), "managedPolicyArns[{}]"
    for index, arn in enumerate(arns):
        if isinstance(arn, str):
            yield path.format(index), arn
