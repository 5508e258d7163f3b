"""What the server answers beside predictions and health, in Flask: so far, refusals."""

from typing import NoReturn

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from container.errors import Code, RequestError
from container.server.models import Models
from container.server.models_app import models_blueprint

INTERNAL = RequestError(Code.INTERNAL, "The server failed to answer. Try again later.")

REFUSED = RequestError(Code.INVALID_REQUEST, "The request is not well-formed. Send another one.")

HTTP_ERRORS = {
    404: RequestError(Code.NOT_FOUND, "No such path. Send POST /invocations or GET /ping."),
    405: RequestError(
        Code.METHOD_NOT_ALLOWED, "No such method here. Send POST /invocations or GET /ping."
    ),
}
"""What the framework refuses by itself, in the words of this server."""


def nearly(name: str = "") -> NoReturn:
    """Answers a path that only Flask takes for one that asgi.py answers, such as //ping."""
    raise HTTP_ERRORS[404]


def create_app(models: Models | None = None) -> Flask:
    """A WSGI application. Every error has the JSON body of RequestError.

    models: of a multi-model container, which it lists, loads and unloads.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # which it would do by a redirect
    # asgi.py answers these; here they stand for the methods that they do not have.
    app.add_url_rule("/ping", methods=["GET"], view_func=nearly)
    if models is None:
        app.add_url_rule("/invocations", methods=["POST"], view_func=nearly)
    else:
        app.add_url_rule("/models/<name>/invoke", methods=["POST"], view_func=nearly)
        app.register_blueprint(models_blueprint(models))

    @app.errorhandler(RequestError)
    def refuse(error: RequestError) -> Response:
        return Response(error.to_json(), error.status, mimetype="application/json")

    @app.errorhandler(HTTPException)
    def refuse_http(error: HTTPException) -> Response:
        code = error.code or 500
        # Flask has logged what was unhandled before it arrives here as a 500.
        response = refuse(HTTP_ERRORS.get(code, REFUSED if code < 500 else INTERNAL))
        response.headers.extend(
            {name: value for name, value in error.get_headers() if name == "Allow"}
        )
        return response

    return app
