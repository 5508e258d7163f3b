"""What the server answers when it refuses a request: one small JSON shape, one class.

The body is `{"error":{"code":"InvalidCell","message":"...","row":1,"column":2}}`. SageMaker hands
it on as the OriginalMessage string of its own 424 answer and cuts that off at some 2,000
characters; API Gateway's template, which cannot try and catch, takes it for ours by its prefix
and suffix.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import json
from enum import StrEnum
from http import HTTPStatus

MAX_BODY_BYTES = 1_800
"""Bound of an error body: what SageMaker passes on uncut, less a margin."""

SHOWN_CHARACTERS = 40


class Code(StrEnum):
    """Machine-readable cause of a refusal; clients may branch on it."""

    INVALID_JSON = "InvalidJson"
    INVALID_REQUEST = "InvalidRequest"
    INVALID_ROW = "InvalidRow"
    INVALID_CELL = "InvalidCell"
    NOT_FOUND = "NotFound"
    MODEL_LOADED = "ModelLoaded"
    INSUFFICIENT_MEMORY = "InsufficientMemory"
    METHOD_NOT_ALLOWED = "MethodNotAllowed"
    NOT_ACCEPTABLE = "NotAcceptable"
    PAYLOAD_TOO_LARGE = "PayloadTooLarge"
    UNSUPPORTED_MEDIA_TYPE = "UnsupportedMediaType"
    INTERNAL = "Internal"
    OVERLOADED = "Overloaded"


STATUS = {
    Code.INVALID_JSON: HTTPStatus.BAD_REQUEST,
    Code.INVALID_REQUEST: HTTPStatus.BAD_REQUEST,
    Code.INVALID_ROW: HTTPStatus.BAD_REQUEST,
    Code.INVALID_CELL: HTTPStatus.BAD_REQUEST,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.MODEL_LOADED: HTTPStatus.CONFLICT,
    Code.INSUFFICIENT_MEMORY: HTTPStatus.INSUFFICIENT_STORAGE,
    Code.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    Code.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    Code.PAYLOAD_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Code.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Code.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
}


class RequestError(Exception):
    """A request is refused; the message tells the client what to send instead.

    row, column: the place of the fault, both counted from 0, where it has one. A message
    holds values from the request only as `shown` gives them, which bounds the body.
    """

    def __init__(
        self, code: Code, message: str, *, row: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.row = row
        self.column = column

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status of the answer."""
        return STATUS[self.code]

    def to_json(self) -> bytes:
        """The answer's body: ASCII, `code` first, below MAX_BODY_BYTES."""
        fields: dict[str, str | int] = {"code": self.code, "message": self.message}
        if self.row is not None:
            fields["row"] = self.row
        if self.column is not None:
            fields["column"] = self.column
        return json.dumps({"error": fields}, separators=(",", ":")).encode("ascii")


def shown(value: object) -> str:
    """A value from a request as a message may repeat it: JSON's words, ASCII, a few bytes long."""
    match value:
        case str():
            text = json.dumps(value[:SHOWN_CHARACTERS])
            return text if len(value) <= SHOWN_CHARACTERS else f"{text}..."
        case bool() | None | int() | float():
            return json.dumps(value)
        case list():
            return f"an array of {len(value)}"
        case _:
            return "an object"
