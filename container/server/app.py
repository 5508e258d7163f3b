"""SageMaker's container contract over HTTP: GET /ping and POST /invocations.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from contextlib import suppress
from typing import BinaryIO

from flask import Flask, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from container.errors import Code, RequestError
from container.formats.answers import Disclosure, check_extras, format_answer
from container.formats.include import ATTRIBUTES
from container.formats.media_types import negotiate
from container.formats.request import parse_request
from container.formats.unusual import unusual
from container.model import Model

MAX_BODY_BYTES = 6_291_456
"""Largest body of a real-time request, and of its answer.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

DISCARDED_BYTES = 10 * 1024 * 1024
"""What is still read, unused, of a body that is too large: API Gateway lets no larger one pass."""

INTERNAL = RequestError(Code.INTERNAL, "The server failed to answer. Try again later.")

MALFORMED = RequestError(
    Code.INVALID_REQUEST, "The request is not well-formed HTTP or was cut off. Send it whole."
)

HTTP_ERRORS = {
    404: RequestError(Code.NOT_FOUND, "No such path. Send POST /invocations or GET /ping."),
    405: RequestError(
        Code.METHOD_NOT_ALLOWED, "No such method here. Send POST /invocations or GET /ping."
    ),
    413: RequestError(
        Code.PAYLOAD_TOO_LARGE,
        f"The body is larger than {MAX_BODY_BYTES} bytes. Send the rows in several requests.",
    ),
}
"""What the framework refuses by itself, in the words of this server."""


def create_app(model: Model) -> Flask:
    """The server as a WSGI application.

    /ping answers 200 only if `model` predicts its own sample rightly, at each call anew: the
    answer is about the process that gives it. Every error has the JSON body of RequestError.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

    @app.get("/ping")
    def ping() -> Response:
        try:
            mistakes = model.sample_mistakes()
        except Exception:
            app.logger.exception("the model failed on its own sample")
            return Response(status=503)
        for mistake in mistakes:
            app.logger.error("the model is wrong on its own sample: %s", mistake)
        return Response(status=503 if mistakes else 200)

    @app.post("/invocations")
    def invocations() -> Response:
        requested, answer = negotiate(
            request.headers.get("Content-Type"), request.headers.get("Accept")
        )
        rows, include = parse_request(
            requested, _body(), model.signature, request.headers.get(ATTRIBUTES)
        )
        check_extras(include, answer, Disclosure.ALL)
        content = format_answer(
            answer,
            model.labels,
            model.predict(rows),
            unusual(rows, model.signature),
            Disclosure.ALL,
        )
        if len(content) > MAX_BODY_BYTES:
            raise RequestError(
                Code.PAYLOAD_TOO_LARGE,
                f"The answer to {len(rows)} rows has {len(content)} bytes. "
                f"At most {MAX_BODY_BYTES} are allowed. Send fewer rows.",
            )
        return Response(content, mimetype=answer)

    @app.errorhandler(RequestError)
    def refuse(error: RequestError) -> Response:
        return Response(error.to_json(), error.status, mimetype="application/json")

    @app.errorhandler(HTTPException)
    def refuse_http(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            _discard(request.environ["wsgi.input"])
        code = error.code or 500
        # Flask has logged what was unhandled before it arrives here as a 500.
        response = refuse(HTTP_ERRORS.get(code, MALFORMED if code < 500 else INTERNAL))
        response.headers.extend(
            {name: value for name, value in error.get_headers() if name == "Allow"}
        )
        return response

    @app.errorhandler(ParseException)
    def refuse_chunks(_: ParseException) -> Response:
        # gunicorn parses a chunked body only as it is read, and raises then.
        return refuse(MALFORMED)

    return app


def _body() -> bytes:
    body = request.get_data(cache=False)
    expected = request.content_length
    # gunicorn takes a connection that ends early for the end of the body.
    if expected is not None and len(body) < expected:
        raise RequestError(
            Code.INVALID_REQUEST,
            f"The body ended after {len(body)} of {expected} bytes. Send all of it, in one go.",
        )
    return body


def _discard(body: BinaryIO) -> None:
    """Read on: a client that is still sending would meet a closed connection, not the answer."""
    remaining = DISCARDED_BYTES
    with suppress(OSError, ParseException):  # cut off or malformed: there is no more to read
        while remaining > 0 and (chunk := body.read(min(remaining, 65_536))):
            remaining -= len(chunk)
