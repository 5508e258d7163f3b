"""A service's operations over HTTP, spoken as botocore speaks to AWS.

Router, parsers and serializers are moto's, which work from botocore's model of any service.
"""

import gzip
from collections.abc import Callable, Mapping
from typing import Any

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug import Response
from werkzeug.exceptions import NotFound

Handler = Callable[[dict[str, Any]], Mapping[str, Any] | None]
"""Takes an operation's parameters, answers its result; raises AwsError."""


class AwsError(Exception):
    """An error as AWS answers it. code: an error shape of the service's model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Service:
    """One service in one region."""

    def __init__(self, name: str, handlers: Mapping[str, Handler]) -> None:
        self._name = name
        self._model = get_service_model(name)
        self._router = get_service_router(name)
        self._handlers = handlers

    def answer(self, request: Request) -> Response:
        """Parses the request, calls its operation's handler, serializes what it says."""
        try:
            operation, url_params = self._router.match(request)
        except NotFound:
            return Response(f"no operation of {self._name} has this path", status=404)
        protocol = determine_request_protocol(self._model, request.content_type)
        serializer = get_serializer_class(self._name, protocol)(operation)
        parameters = PROTOCOL_PARSERS[protocol](operation, timestamp_parser=parse_timestamp).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": _body(request),
                "url_path": request.path,
                "url_params": url_params,
            }
        )
        given = {name: value for name, value in parameters.items() if value is not None}
        result = serializer.serialize(self._result(operation.name, given))
        return Response(result["body"], status=result["status_code"], headers=result["headers"])

    def _result(self, operation: str, parameters: dict[str, Any]) -> Any:
        handler = self._handlers.get(operation)
        if handler is None:
            return AwsError(
                "ValidationException", f"the local cloud does not have {self._name} {operation}"
            )
        try:
            return handler(parameters) or {}
        except AwsError as error:
            return error


def _body(request: Request) -> bytes:
    """What was sent; botocore compresses large bodies of some operations."""
    data: bytes = request.data
    return gzip.decompress(data) if request.content_encoding == "gzip" else data
