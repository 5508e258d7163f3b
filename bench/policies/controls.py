"""What is compared: controls, and who says them by which name, on documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Documents = Mapping[str, Any]
"""Policies of identities by a name."""


@dataclass(frozen=True)
class Control:
    """A demand on identity policies that several checkers make.

    Both peers read documents by cloudsplaining's PolicyDocument, each by a release of its own.
    """

    name: str
    rule: str
    """Id of our rule."""
    cloudsplaining: str = ""
    """Property of its PolicyDocument; empty if it has none."""
    checkov: str = ""
    """Id of Checkov's check of Terraform's aws_iam_policy; empty if it has none."""
    checkov_reads: str = ""
    """Property of PolicyDocument that the check asks for; empty if it reads for itself."""


CONTROLS = (
    Control("AdminAccess", "iam-admin", "", "CKV_AWS_62"),
    Control("ServiceWildcard", "iam-service-wildcard", "service_wildcard"),
    Control(
        "PrivilegeEscalation",
        "iam-privilege-escalation",
        "allows_privilege_escalation",
        "CKV_AWS_286",
        "allows_privilege_escalation",
    ),
    Control(
        "DataExfiltration",
        "iam-data-exfiltration",
        "allows_data_exfiltration_actions",
        "CKV_AWS_288",
        "allows_data_exfiltration_actions",
    ),
    Control(
        "CredentialsExposure",
        "iam-credentials-exposure",
        "credentials_exposure",
        "CKV_AWS_287",
        "credentials_exposure",
    ),
    Control(
        "ResourceExposure",
        "iam-resource-exposure",
        "permissions_management_without_constraints",
        "CKV_AWS_289",
        "permissions_management_without_constraints",
    ),
    Control(
        "ResourceWildcard",
        "iam-resource-wildcard",
        "",
        "CKV_AWS_355",
        "all_allowed_unrestricted_actions",
    ),
    Control(
        "InfrastructureModification",
        "iam-resource-wildcard",
        "infrastructure_modification",
        "CKV_AWS_290",
        "write_actions_without_constraints",
    ),
    Control("PassRole", "iam-pass-role"),
)
