"""The models of a multi-model container behind Flask: what models_api.py answers, at its paths."""

from flask import Blueprint, Response, request

from container.server import models_api
from container.server.models import Models


def models_blueprint(models: Models) -> Blueprint:
    """The routes /models and /models/{name}; RequestError is for the application to answer."""
    blueprint = Blueprint("models", __name__)

    # Every method: which of them there are, models_api knows.
    @blueprint.route("/models", methods=_METHODS)
    @blueprint.route("/models/<name>", methods=_METHODS)
    def of_models(name: str | None = None) -> Response:
        status, content = models_api.answer(
            models, request.method, name, request.args, request.get_data(cache=False)
        )
        return Response(content, status, mimetype="application/json")

    return blueprint


_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
