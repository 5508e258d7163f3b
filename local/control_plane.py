"""One HTTP server for every AWS API of the local cloud.

Requests go by the service that their signature names: to our own services where moto has no
behaviour or drops members, to moto for the rest. Why: docs/decisions/0001-*.md
SageMaker's runtime signs as SageMaker does, and is told from it by its paths.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.core.request import Request
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket
from werkzeug import Response

from local.caller import caller
from local.http import HttpRequest
from local.region import Region


class ControlPlane:
    """WSGI application. region: our own services there, by the name that signatures use."""

    def __init__(self, region: Callable[[str], Region]) -> None:
        _ignore_bucket_policies()
        _add_keys_of_log_groups()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._region = region

    def __call__(self, environ: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        key, region, name = _credential(environ)
        if not region:
            return self._ask_moto(environ, respond)
        if name == "sagemaker" and environ["PATH_INFO"].startswith("/endpoints/"):
            answer = self._region(region).call_runtime(caller(key), _request(environ))
            response = Response(answer.body, answer.status, headers=dict(answer.headers))
            return response(environ, respond)
        service = self._region(region).services.get(name)
        if service:
            return service.answer(Request(environ))(environ, respond)
        if name == "ec2":
            _change_rules_whole()
        return self._ask_moto(environ, respond)

    def _ask_moto(self, environ: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._moto.get_application(environ)(environ, respond)
        return answer


def _credential(environ: Mapping[str, Any]) -> tuple[str, str, str]:
    """Access key, region and service of a SigV4 signature; empty where there is none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0]
    parts = scope.split("/")
    return (parts[0], parts[2], parts[3]) if len(parts) == 5 else ("", "", "")


def _request(environ: WSGIEnvironment) -> HttpRequest:
    request = Request(environ)
    return HttpRequest(
        method=request.method,
        path=request.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(),
    )


def _ignore_bucket_policies() -> None:
    """moto applies bucket policies without their conditions, so TLS-only denies every request."""
    from moto.iam.access_control import PermissionResult

    def neutral(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[method-assign]


def _add_keys_of_log_groups() -> None:
    """moto takes a log group's key when it is created, and has no operation to change it.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
    """

    def associate(self: LogsResponse) -> str:
        _log_group(self).kms_key_id = self._get_param("kmsKeyId")
        return ""

    def disassociate(self: LogsResponse) -> str:
        _log_group(self).kms_key_id = None
        return ""

    LogsResponse.associate_kms_key = associate  # type: ignore[attr-defined]
    LogsResponse.disassociate_kms_key = disassociate  # type: ignore[attr-defined]


def _log_group(request: LogsResponse) -> LogGroup:
    """The group by its name; keys of query results, by resourceIdentifier, are not had."""
    name = request._get_param("logGroupName")
    if name not in request.logs_backend.groups:
        raise ResourceNotFoundException
    return request.logs_backend.groups[name]


@cache  # once, and not before EC2 is asked: it takes moto most of a second to read it
def _change_rules_whole() -> None:
    """moto changes a security group rule's addresses, and keeps its other side of another kind.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
    """
    from moto.ec2.models.security_groups import SecurityGroupBackend

    modify = SecurityGroupBackend.modify_security_group_rules

    def whole(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        modify(self, group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for rule_id, wanted in rules.items():
            rule = group.get_rule(rule_id)
            rule.prefix_list_id = wanted.get("PrefixListId")
            if other := wanted.get("ReferencedGroupId"):
                rule.source_group = {**rule.source_group, "GroupId": other}
            if "Description" not in wanted:
                rule.ip_range.pop("Description", None)

    SecurityGroupBackend.modify_security_group_rules = whole  # type: ignore[method-assign]
