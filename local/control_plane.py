"""One HTTP server for every AWS API of the local cloud.

Requests go by the service that their signature names: to our own services where moto has no
behaviour or drops members, to moto for the rest. Why: docs/decisions/0001-*.md
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket

from local.region import Region


class ControlPlane:
    """WSGI application. region: our own services there, by the name that signatures use."""

    def __init__(self, region: Callable[[str], Region]) -> None:
        _ignore_bucket_policies()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._region = region

    def __call__(self, environ: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        region, name = _credential_scope(environ)
        service = self._region(region).services.get(name) if region else None
        if service:
            return service.answer(Request(environ))(environ, respond)
        answer: Iterable[bytes] = self._moto.get_application(environ)(environ, respond)
        return answer


def _credential_scope(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Region and service of a SigV4 signature; empty where there is none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0]
    parts = scope.split("/")
    return (parts[2], parts[3]) if len(parts) == 5 else ("", "")


def _ignore_bucket_policies() -> None:
    """moto applies bucket policies without their conditions, so TLS-only denies every request."""
    from moto.iam.access_control import PermissionResult

    def neutral(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[method-assign]
