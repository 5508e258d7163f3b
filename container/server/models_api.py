"""The models of a multi-model container over HTTP, without a server: list, load, show, unload.

Predictions, POST /models/{name}/invoke, are not here: they go the way of /invocations.
https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from container.errors import Code, RequestError, shown
from container.formats.rows import distinct_keys
from container.model import Model
from container.server.models import Models

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,255}")
"""SageMaker's own are hexadecimal digits. Any other text could stand for another path in a URL."""

_INVOKE = re.compile(r"/models/([^/]+)/invoke")

_EXPECTED = 'Send {"model_name": ..., "url": ...}, two texts that are not empty.'


def asked_model(models: Models, path: str) -> Model | None:
    """The model that the path /models/{name}/invoke asks; None for any other path.

    path: decoded. Raises RequestError NOT_FOUND where no such model is loaded.
    """
    match = _INVOKE.fullmatch(path)
    return models.get(match[1]) if match else None


def answer(
    models: Models, method: str, name: str | None, query: Mapping[str, str], body: bytes
) -> tuple[int, bytes]:
    """Status and JSON of a request to /models, or to /models/{name} where a name is given.

    name: decoded. query: of the URL. Raises RequestError for what is refused.
    """
    match method, name:
        case "GET", None:
            return HTTPStatus.OK, _json(_page(models, query.get("next_page_token", "")))
        case "POST", None:
            loaded, folder = _wanted(body)
            models.load(loaded, folder)
            return HTTPStatus.OK, _json(_described(loaded, folder))
        case "GET", str():
            return HTTPStatus.OK, _json(_described(name, models.folder(name)))
        case "DELETE", str():
            return HTTPStatus.OK, _json(_described(name, models.unload(name)))
    allowed = "GET or POST" if name is None else "GET or DELETE"
    raise RequestError(Code.METHOD_NOT_ALLOWED, f"No such method here. Send {allowed}.")


def _page(models: Models, token: str) -> dict[str, Any]:
    page, following = models.page(token)
    listed = {"models": [_described(name, folder) for name, folder in page]}
    return listed | ({"nextPageToken": following} if following else {})


def _described(name: str, folder: Path) -> dict[str, str]:
    return {"modelName": name, "modelUrl": str(folder)}


def _wanted(body: bytes) -> tuple[str, Path]:
    """Name and folder in the body of a request to load; other keys are AWS's to add."""
    try:
        document = json.loads(body, object_pairs_hook=distinct_keys)
    except (ValueError, RecursionError) as error:
        raise RequestError(Code.INVALID_JSON, f"The body is not JSON. {_EXPECTED}") from error
    match document:
        case {"model_name": str(name), "url": str(url)} if name and url and url.isprintable():
            if _NAME.fullmatch(name):
                return name, Path(url)
            raise RequestError(
                Code.INVALID_REQUEST,
                f"model_name: {shown(name)} is no name. Send 1 to 256 ASCII letters, digits, "
                "dots, dashes and underscores, of which the first is a letter or a digit.",
            )
    raise RequestError(Code.INVALID_REQUEST, f"The body is {shown(document)}. {_EXPECTED}")


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
