"""SageMaker's model registry: groups, and packages that are versions in them or stand alone.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
"""

import threading
from collections.abc import Mapping

from local.clock import Clock
from local.control.records import Record, Records
from local.control.sagemaker.listing import listed
from local.control.sagemaker.members import invalid, members
from local.control.service import AwsError, Handler
from local.control.tags import Tags

_GROUP = members(
    "model package groups",
    needed="ModelPackageGroupName",
    taken="ModelPackageGroupDescription Tags",
)
_PACKAGE = members(
    "model packages",
    needed="InferenceSpecification",
    taken="""
        ModelPackageName ModelPackageGroupName ModelPackageDescription ModelApprovalStatus
        MetadataProperties ModelMetrics CustomerMetadataProperties DriftCheckBaselines Domain Task
        SamplePayloadUrl SourceUri Tags ClientToken
    """,
)
_CONTAINER = members(
    "containers of a model package",
    needed="Image ModelDataUrl",
    taken="Environment ContainerHostname ImageDigest Framework FrameworkVersion NearestModelName",
)
_UPDATE = members(
    "an update of a model package",
    needed="ModelPackageArn",
    taken="""
        ModelApprovalStatus ApprovalDescription CustomerMetadataProperties
        CustomerMetadataPropertiesToRemove ClientToken
    """,
)


class Packages:
    """The registry of one region. arn: what the ARNs of the region's resources begin with."""

    def __init__(self, arn: str, clock: Clock, tags: Tags) -> None:
        self._group_arn = f"{arn}:model-package-group/"
        self._package_arn = f"{arn}:model-package/"
        self._clock = clock
        self._tags = tags
        self._groups = _records("model package group", self._group_arn)
        # By what follows the ARN's beginning: a name, or a group's and a version.
        self._packages = _records("model package", self._package_arn)
        self._versions: dict[str, int] = {}
        self._changing = threading.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateModelPackageGroup": self._create_group,
            "DescribeModelPackageGroup": lambda request: self._groups.get(
                [_key(request["ModelPackageGroupName"])]
            ),
            "ListModelPackageGroups": lambda request: listed(
                request,
                (record for _, record in self._groups),
                result="ModelPackageGroupSummaryList",
                name="ModelPackageGroupName",
                arn="ModelPackageGroupArn",
                order="Ascending",
            ),
            "DeleteModelPackageGroup": self._delete_group,
            "CreateModelPackage": self._create_package,
            "DescribeModelPackage": lambda request: self._packages.get(
                [_key(request["ModelPackageName"])]
            ),
            "UpdateModelPackage": self._update_package,
            "ListModelPackages": self._list_packages,
            "DeleteModelPackage": self._delete_package,
        }

    def deployable_container(self, name: str) -> Record:
        """The container of a package by its name or ARN.

        Raises AwsError if there is none, or if it is a version that is not approved.
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
        """
        record = self._packages.get([_key(name)])
        approval = record.get("ModelApprovalStatus", "Approved")
        if approval != "Approved":
            raise invalid(
                f'Model package "{record["ModelPackageArn"]}" is {approval}. Allowed: Approved. '
                "Approve it with UpdateModelPackage."
            )
        container: Record = record["InferenceSpecification"]["Containers"][0]
        return container

    def arns(self) -> set[str]:
        """The ARNs of all groups and packages."""
        return {record["ModelPackageGroupArn"] for _, record in self._groups} | {
            record["ModelPackageArn"] for _, record in self._packages
        }

    def _create_group(self, request: Record) -> Record:
        _GROUP.check(request)
        name = request["ModelPackageGroupName"]
        arn = self._group_arn + _key(name)
        stamped = {
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupStatus": "Completed",
            "CreationTime": self._clock(),
            "CreatedBy": {},
        }
        self._groups.create([_key(name)], _kept(request) | stamped)
        self._tags.add(arn, request.get("Tags", []))
        return {"ModelPackageGroupArn": arn}

    def _delete_group(self, request: Record) -> None:
        name = _key(request["ModelPackageGroupName"])
        with self._changing:
            arn = self._groups.get([name])["ModelPackageGroupArn"]
            versions = [key[0] for key, _ in self._packages if key[0].startswith(f"{name}/")]
            if versions:
                raise AwsError(
                    "ConflictException",
                    f'Model package group "{arn}" has {len(versions)} model packages. '
                    "Allowed: none. Delete them first.",
                )
            self._groups.delete([name])
        self._tags.forget(arn)

    def _create_package(self, request: Record) -> Record:
        _PACKAGE.check(request)
        containers = request["InferenceSpecification"]["Containers"]
        if len(containers) != 1:
            raise invalid(
                f"the local cloud needs one container of model packages; given: {len(containers)}"
            )
        _CONTAINER.check(containers[0])
        if ("ModelPackageName" in request) == ("ModelPackageGroupName" in request):
            raise invalid("Allowed is one of ModelPackageName and ModelPackageGroupName.")
        with self._changing:
            key, identity = self._identity(request)
            arn = self._package_arn + key
            stamped = {
                "ModelPackageArn": arn,
                "ModelPackageStatus": "Completed",
                "ModelPackageStatusDetails": {"ValidationStatuses": []},
                "CreationTime": self._clock(),
                "CreatedBy": {},
            }
            self._packages.create([key], _kept(request) | identity | stamped)
        self._tags.add(arn, request.get("Tags", []))
        return {"ModelPackageArn": arn}

    def _identity(self, request: Record) -> tuple[str, Record]:
        """The key of a new package, and the members that tell it from others."""
        if "ModelPackageName" in request:
            if "ModelApprovalStatus" in request:
                raise invalid("ModelApprovalStatus does not apply to unversioned model packages.")
            return _key(request["ModelPackageName"]), {}
        group = _key(request["ModelPackageGroupName"])
        name = self._groups.get([group])["ModelPackageGroupName"]
        # Numbers are not given again, or an ARN in a stack's config could change its meaning.
        version = self._versions[group] = self._versions.get(group, 0) + 1
        return f"{group}/{version}", {
            "ModelPackageName": name,
            "ModelPackageGroupName": name,
            "ModelPackageVersion": version,
            "ModelApprovalStatus": request.get("ModelApprovalStatus", "PendingManualApproval"),
        }

    def _update_package(self, request: Record) -> Record:
        _UPDATE.check(request)
        key = _key(request["ModelPackageArn"])
        with self._changing:
            record = self._packages.get([key])
            properties = record.get("CustomerMetadataProperties", {})
            properties |= request.get("CustomerMetadataProperties", {})
            for name in request.get("CustomerMetadataPropertiesToRemove", []):
                properties.pop(name, None)
            changed = {
                member: request[member]
                for member in ("ModelApprovalStatus", "ApprovalDescription")
                if member in request
            }
            stamped = {"CustomerMetadataProperties": properties, "LastModifiedTime": self._clock()}
            self._packages.update([key], changed | stamped)
        return {"ModelPackageArn": record["ModelPackageArn"]}

    def _list_packages(self, request: Record) -> Record:
        group = request.get("ModelPackageGroupName")
        # Without a type only unversioned ones are listed, unless a group is named.
        kind = request.get("ModelPackageType", "Versioned" if group else "Unversioned")
        found = [
            record
            for key, record in self._packages
            if kind in ("Both", "Versioned" if "ModelPackageVersion" in record else "Unversioned")
            and (group is None or key[0].startswith(f"{_key(group)}/"))
            and request.get("ModelApprovalStatus") in (None, record.get("ModelApprovalStatus"))
        ]
        return listed(
            request,
            found,
            result="ModelPackageSummaryList",
            name="ModelPackageName",
            arn="ModelPackageArn",
            order="Ascending",
        )

    def _delete_package(self, request: Record) -> None:
        key = _key(request["ModelPackageName"])
        self._packages.delete([key])
        self._tags.forget(self._package_arn + key)


def _records(noun: str, arn: str) -> Records:
    return Records(
        noun,
        missing="ValidationException",
        taken="ValidationException",
        shown=lambda key: f'"{arn}{key}"',
    )


def _key(name: str) -> str:
    """What a name or an ARN stands for: what follows the kind of resource, in any case."""
    return (name.partition("/")[2] if name.startswith("arn:") else name).lower()


def _kept(request: Record) -> Record:
    return {m: value for m, value in request.items() if m not in ("Tags", "ClientToken")}
