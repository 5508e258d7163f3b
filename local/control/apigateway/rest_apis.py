"""API Gateway's REST APIs as documents, and deployments, their snapshots."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.model import Shape

from local.api_gateway.document import parse_document
from local.api_gateway.json_reader import DocumentError
from local.api_gateway.model import Document
from local.clock import Clock
from local.control.apigateway.paging import page
from local.control.apigateway.patch import patched
from local.control.apigateway.records import new_id, new_records, refused
from local.control.records import Record
from local.control.service import AwsError, Handler

_EXTENSION = "x-amazon-apigateway-"


class RestApis:
    """REST APIs and deployments of one region.

    shape: of an operation's answer, by the operation's name.
    """

    def __init__(self, clock: Clock, shape: Callable[[str], Shape]) -> None:
        self._clock = clock
        self._shape = shape
        self.apis = new_records("REST API")
        self.deployments = new_records("deployment")
        self._deployed: dict[tuple[str, str], tuple[str, Document]] = {}

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names. Not here: those that delete, which concern stages."""
        return {
            "CreateRestApi": self._create,
            "PutRestApi": self._put,
            "GetRestApi": lambda request: self.apis.get([request["restApiId"]]),
            "GetRestApis": lambda request: page((api for _, api in self.apis), request),
            "UpdateRestApi": self._update,
            "CreateDeployment": self._deploy,
            "GetDeployment": lambda request: self.deployments.get(_deployment(request)),
            "GetDeployments": self._deployments_of,
            "UpdateDeployment": self._update_deployment,
        }

    def document(self, api_id: str, deployment_id: str) -> Document:
        """What was deployed. Raises AwsError if there is no such deployment."""
        self.deployments.get([api_id, deployment_id])
        return self._deployed[api_id, deployment_id][1]

    def export(self, api_id: str, deployment_id: str, request: Record) -> Record:
        """GetExport: the document that was deployed, with its extensions where they are asked for.

        https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
        """
        extensions = request.get("parameters", {}).get("extensions", "")
        asked = (request["exportType"], request.get("accepts", "application/json"), extensions)
        if asked[:2] != ("oas30", "application/json") or extensions not in ("", "apigateway"):
            raise refused(f"GetExport of {', '.join(filter(None, asked))}")
        document = json.loads(self._deployed[api_id, deployment_id][0])
        exported = document if extensions else _without_extensions(document)
        return {
            "body": json.dumps(exported, indent=2).encode(),
            "contentType": "application/json",
            "contentDisposition": f'attachment; filename="oas30_{api_id}.json"',
        }

    def forget(self, api_id: str) -> None:
        """Deletes an API and its deployments."""
        self.apis.delete([api_id])
        for key, _ in self.deployments:
            if key[0] == api_id:
                self.deployments.delete(key)

    def _create(self, request: Record) -> Record:
        record = request | {
            "id": new_id(),
            "rootResourceId": new_id(),
            "createdDate": self._clock(),
        }
        self.apis.create([record["id"]], record)
        return record

    def _put(self, request: Record) -> Record:
        """What the document does not say of the API is reset: the mode is overwrite."""
        if request.get("mode") == "merge":
            raise refused("PutRestApi with mode merge")
        if lacking := request.get("parameters", {}).keys() - {"mode", "failonwarnings"}:
            raise refused(f"PutRestApi with parameters {', '.join(sorted(lacking))}")
        body = request["body"]
        text = body.decode() if isinstance(body, bytes) else body
        document = _parsed(text)
        said = {
            "name": document.title,
            "description": document.description,
            "binaryMediaTypes": list(document.binary_media_types) or None,
            "policy": json.dumps(document.policy) if document.policy else None,
        }
        record = self.apis.get([request["restApiId"]]) | said | {"body": text}
        record = {name: value for name, value in record.items() if value is not None}
        self.apis.replace([request["restApiId"]], record)
        return record

    def _update(self, request: Record) -> Record:
        key = [request["restApiId"]]
        record = patched(
            self.apis.get(key), request.get("patchOperations", []), self._shape("GetRestApi")
        )
        self.apis.replace(key, record)
        return record

    def _deploy(self, request: Record) -> Record:
        if "stageName" in request:
            raise refused("CreateDeployment with a stageName")
        api = self.apis.get([request["restApiId"]])
        if "body" not in api:
            raise AwsError("BadRequestException", "The REST API doesn't contain any methods")
        record = request | {"id": new_id(), "createdDate": self._clock()}
        self.deployments.create([request["restApiId"], record["id"]], record)
        types = tuple(api.get("binaryMediaTypes", ()))
        document = replace(_parsed(api["body"]), binary_media_types=types)
        self._deployed[request["restApiId"], record["id"]] = (api["body"], document)
        return record

    def _deployments_of(self, request: Record) -> Record:
        self.apis.get([request["restApiId"]])
        return page(
            (item for key, item in self.deployments if key[0] == request["restApiId"]), request
        )

    def _update_deployment(self, request: Record) -> Record:
        key = _deployment(request)
        operations = request.get("patchOperations", [])
        record = patched(self.deployments.get(key), operations, self._shape("GetDeployment"))
        self.deployments.replace(key, record)
        return record


def _deployment(request: Record) -> list[str]:
    return [request["restApiId"], request["deploymentId"]]


def _without_extensions(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_extensions(item)
            for key, item in value.items()
            if not key.startswith(_EXTENSION)
        }
    return [_without_extensions(item) for item in value] if isinstance(value, list) else value


def _parsed(body: str) -> Document:
    try:
        return parse_document(body)
    except DocumentError as error:
        raise AwsError("BadRequestException", str(error)) from error
