"""AWS WAF as records: web ACLs are put, associated and logged about; no request is looked at."""

import re
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.aws import ACCOUNT_ID
from local.control import wafv2_rules
from local.control.records import Record, Records
from local.control.service import AwsError, Handler
from local.control.tags import Tags

_STAGE = re.compile(r"arn:aws:apigateway:[a-z0-9-]+::/restapis/([^/]+)/stages/([^/]+)")
_LOG_DESTINATION = re.compile(r"arn:aws:(logs|firehose|s3):.*[:/]aws-waf-logs-[^:/]*")
"""https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html"""


class WafV2:
    """Web ACLs of one region, for stages of REST APIs. Not here: filtering, sets, own groups.

    check_stage: takes an API's id and a stage's name, raises AwsError if there is no such stage.
    """

    def __init__(self, region: str, check_stage: Callable[[str, str], object]) -> None:
        self._arn = f"arn:aws:wafv2:{region}:{ACCOUNT_ID}:regional/webacl"
        self._check_stage = check_stage
        # Keys are ARNs. A record has the members of WebACL, and its lock token.
        self._acls = _records("web ACL")
        self._associations = _records("association")
        self._logging = _records("logging configuration")
        self._tags = Tags()
        self._changing = threading.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateWebACL": self._alone(self._create),
            "GetWebACL": self._get,
            "UpdateWebACL": self._alone(self._update),
            "DeleteWebACL": self._alone(self._delete),
            "ListWebACLs": self._list,
            "AssociateWebACL": self._alone(self._associate),
            "DisassociateWebACL": self._alone(self._disassociate),
            "GetWebACLForResource": self._for_resource,
            "ListResourcesForWebACL": lambda request: {
                "ResourceArns": self._resources(request["WebACLArn"])
            },
            "PutLoggingConfiguration": self._alone(self._put_logging),
            "GetLoggingConfiguration": lambda request: {
                "LoggingConfiguration": self._logging.get([request["ResourceArn"]])
            },
            "DeleteLoggingConfiguration": lambda request: self._logging.delete(
                [request["ResourceArn"]]
            ),
            "DescribeManagedRuleGroup": _describe_group,
            "ListAvailableManagedRuleGroups": _list_groups,
            "ListTagsForResource": self._list_tags,
            "TagResource": lambda request: self._tags.add(self._tagged(request), request["Tags"]),
            "UntagResource": lambda request: self._tags.remove(
                self._tagged(request), request["TagKeys"]
            ),
        }

    def _alone(self, handler: Handler) -> Handler:
        """A handler that no other one can come between: it looks first and changes then."""

        def alone(request: Record) -> Mapping[str, Any] | None:
            with self._changing:
                return handler(request)

        return alone

    def _create(self, request: Record) -> Record:
        members = _checked(request)
        name = request["Name"]
        if any(acl["Name"] == name for _, acl in self._acls):
            raise AwsError("WAFDuplicateItemException", f"There is a web ACL {name!r} already.")
        identity = str(uuid.uuid4())
        arn = f"{self._arn}/{name}/{identity}"
        record = members | {
            "Id": identity,
            "ARN": arn,
            "LabelNamespace": f"awswaf:{ACCOUNT_ID}:webacl:{name}:",
            "LockToken": str(uuid.uuid4()),
        }
        self._acls.create([arn], record)
        self._tags.add(arn, request.get("Tags", []))
        return {"Summary": _summary(record)}

    def _get(self, request: Record) -> Record:
        acl = self._acls.get([request["ARN"]]) if "ARN" in request else self._named(request)
        return {"WebACL": acl, "LockToken": acl["LockToken"]}

    def _update(self, request: Record) -> Record:
        members = _checked(request)
        acl = self._unlocked(request)
        token = str(uuid.uuid4())
        identity = {member: acl[member] for member in ("Id", "ARN", "LabelNamespace")}
        self._acls.replace([acl["ARN"]], members | identity | {"LockToken": token})
        return {"NextLockToken": token}

    def _delete(self, request: Record) -> None:
        acl = self._unlocked(request)
        if resources := self._resources(acl["ARN"]):
            raise AwsError(
                "WAFAssociatedItemException",
                f"Web ACL {acl['Name']!r} is associated with {', '.join(resources)}.",
            )
        self._acls.delete([acl["ARN"]])
        self._tags.forget(acl["ARN"])
        if self._logging.find([acl["ARN"]]):
            self._logging.delete([acl["ARN"]])

    def _list(self, request: Record) -> Record:
        _check_scope(request)
        if lacking := sorted(request.keys() & {"Limit", "NextMarker"}):
            raise wafv2_rules.invalid("The local cloud lists all at once.", lacking[0], "")
        return {"WebACLs": [_summary(acl) for _, acl in self._acls]}

    def _associate(self, request: Record) -> None:
        acl = self._acls.get([request["WebACLArn"]])
        stage = self._stage(request)
        # A stage has one web ACL: another one takes the place of the first.
        self._associations.put([stage], {"WebACLArn": acl["ARN"]})

    def _disassociate(self, request: Record) -> None:
        stage = self._stage(request)
        if self._associations.find([stage]):
            self._associations.delete([stage])

    def _for_resource(self, request: Record) -> Record:
        stage = self._stage(request)
        found = self._associations.find([stage])
        return {"WebACL": self._acls.get([found["WebACLArn"]])} if found else {}

    def _put_logging(self, request: Record) -> Record:
        configuration = request["LoggingConfiguration"]
        arn = self._acls.get([configuration["ResourceArn"]])["ARN"]
        for destination in configuration["LogDestinationConfigs"]:
            if not _LOG_DESTINATION.fullmatch(destination):
                raise wafv2_rules.invalid(
                    "The ARN isn't valid. A valid ARN begins with arn: and includes other "
                    "information separated by colons or slashes.",
                    "LOG_DESTINATION",
                    destination,
                )
        if self._logging.find([arn]):
            self._logging.replace([arn], configuration)
        else:
            self._logging.create([arn], configuration)
        return {"LoggingConfiguration": configuration}

    def _list_tags(self, request: Record) -> Record:
        arn = self._tagged(request)
        return {"TagInfoForResource": {"ResourceARN": arn, "TagList": self._tags.of(arn)}}

    def _tagged(self, request: Record) -> str:
        """The ARN of a web ACL that is there."""
        arn: str = self._acls.get([request["ResourceARN"]])["ARN"]
        return arn

    def _named(self, request: Record) -> Record:
        """The web ACL of a scope, name and id. Raises AwsError if there is none."""
        _check_scope(request)
        return self._acls.get([f"{self._arn}/{request.get('Name')}/{request.get('Id')}"])

    def _unlocked(self, request: Record) -> Record:
        """The web ACL that a request names, if nobody changed it since the request's token."""
        acl = self._named(request)
        if acl["LockToken"] != request["LockToken"]:
            raise AwsError(
                "WAFOptimisticLockException",
                f"Web ACL {acl['Name']!r} was changed since LockToken {request['LockToken']}. "
                "Get it again, and its token.",
            )
        return acl

    def _stage(self, request: Record) -> str:
        """The ARN of a stage that is there."""
        arn: str = request["ResourceArn"]
        stage = _STAGE.fullmatch(arn)
        if stage is None:
            reason = "The local cloud associates web ACLs with stages of REST APIs only."
            raise wafv2_rules.invalid(reason, "RESOURCE_ARN", arn)
        try:
            self._check_stage(stage[1], stage[2])
        except AwsError as error:
            raise AwsError("WAFNonexistentItemException", f"There is no stage {arn}.") from error
        return arn

    def _resources(self, acl_arn: str) -> list[str]:
        """The stages with this web ACL. A stage that was deleted has none any more."""
        self._acls.get([acl_arn])
        found = []
        for (stage,), association in self._associations:
            try:
                self._stage({"ResourceArn": stage})
            except AwsError:
                self._associations.delete([stage])
                continue
            if association["WebACLArn"] == acl_arn:
                found.append(stage)
        return found


def _records(noun: str) -> Records:
    return Records(noun, missing="WAFNonexistentItemException", taken="WAFDuplicateItemException")


def _checked(request: Record) -> Record:
    """The members that a web ACL keeps of a request. Raises AwsError if AWS would not take it."""
    _check_scope(request)
    if len(request["DefaultAction"]) != 1:
        raise wafv2_rules.invalid("It is either Allow or Block.", "DEFAULT_ACTION", "DefaultAction")
    rules = request.get("Rules", [])
    wafv2_rules.check(rules)
    kept = {k: v for k, v in request.items() if k not in ("Scope", "Tags", "Id", "LockToken")}
    return kept | {"Rules": rules, "Capacity": wafv2_rules.capacity(rules)}


def _check_scope(request: Record) -> None:
    """Only us-east-1 has another scope, on AWS too."""
    if request.get("Scope") != "REGIONAL":
        scope = str(request.get("Scope"))
        raise wafv2_rules.invalid("The scope is not valid.", "SCOPE_VALUE", scope)


def _summary(acl: Record) -> Record:
    members = ("Name", "Id", "Description", "LockToken", "ARN")
    return {member: acl[member] for member in members if member in acl}


def _describe_group(request: Record) -> Record:
    _check_scope(request)
    return {"Capacity": wafv2_rules.managed_capacity(request["VendorName"], request["Name"])}


def _list_groups(request: Record) -> Record:
    _check_scope(request)
    names = wafv2_rules.MANAGED_GROUPS
    return {"ManagedRuleGroups": [{"VendorName": "AWS", "Name": name} for name in names]}
