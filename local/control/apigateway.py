"""API Gateway's control plane: REST APIs as documents, deployments as their snapshots."""

import secrets
from collections.abc import Callable, Mapping

from moto.core.utils import get_service_model

from local.api_gateway.access_log import AccessLogFormatError, check_format
from local.api_gateway.document import parse_document
from local.api_gateway.json_reader import DocumentError
from local.api_gateway.model import Document
from local.clock import Clock
from local.control.patch import patched
from local.control.records import Record, Records
from local.control.service import AwsError, Handler

_Key = Callable[[Record], list[str]]


class ApiGateway:
    """REST APIs, deployments, stages, API keys and usage plans of one region."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._model = get_service_model("apigateway")
        self._apis = _records("REST API")
        self._deployments = _records("deployment")
        self._stages = _records("stage")
        self._keys = _records("API key")
        self._plans = _records("usage plan")
        self._plan_keys = _records("usage plan key")
        self._documents: dict[tuple[str, str], Document] = {}

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateRestApi": self._create_api,
            "PutRestApi": self._put_api,
            "CreateDeployment": self._create_deployment,
            "CreateStage": self._create_stage,
            "CreateApiKey": self._create_key,
            "CreateUsagePlan": self._create_plan,
            "CreateUsagePlanKey": self._create_plan_key,
            **self._existing("RestApi", self._apis, lambda r: [r["restApiId"]]),
            **self._existing(
                "Deployment", self._deployments, lambda r: [r["restApiId"], r["deploymentId"]]
            ),
            **self._existing("Stage", self._stages, lambda r: [r["restApiId"], r["stageName"]]),
            **self._existing("ApiKey", self._keys, lambda r: [r["apiKey"]]),
            **self._existing("UsagePlan", self._plans, lambda r: [r["usagePlanId"]]),
            **self._existing(
                "UsagePlanKey", self._plan_keys, lambda r: [r["usagePlanId"], r["keyId"]]
            ),
        }

    def stage(self, api_id: str, stage_name: str) -> tuple[Record, Document]:
        """A stage and the document deployed to it. Raises AwsError if there is none."""
        self._apis.get([api_id])
        stage = self._stages.get([api_id, stage_name])
        return stage, self._documents[api_id, stage["deploymentId"]]

    def keys(self, api_id: str, stage_name: str) -> dict[str, str]:
        """Values of the enabled keys whose usage plan covers a stage, each with the key's id."""
        covered = {"apiId": api_id, "stage": stage_name}
        plans = {key[0] for key, plan in self._plans if covered in plan.get("apiStages", [])}
        ids = {key[1] for key, _ in self._plan_keys if key[0] in plans}
        return {
            record["value"]: key[0]
            for key, record in self._keys
            if key[0] in ids and record.get("enabled", True)
        }

    def _existing(self, noun: str, records: Records, key: _Key) -> Mapping[str, Handler]:
        shape = self._model.operation_model(f"Get{noun}").output_shape

        def update(request: Record) -> Record:
            operations = request.get("patchOperations", [])
            record = patched(records.get(key(request)), operations, shape)
            if settings := record.get("accessLogSettings"):
                _check_format(settings.get("format", ""))
            records.replace(key(request), record)
            return record

        handlers: dict[str, Handler] = {
            f"Get{noun}": lambda request: records.get(key(request)),
            f"Delete{noun}": lambda request: records.delete(key(request)),
        }
        if f"Update{noun}" in self._model.operation_names:
            handlers[f"Update{noun}"] = update
        return handlers

    def _create_api(self, request: Record) -> Record:
        record = self._new(request) | {"rootResourceId": _new_id()}
        self._apis.create([record["id"]], record)
        return record

    def _put_api(self, request: Record) -> Record:
        if request.get("mode") == "merge":
            raise _refused("PutRestApi with mode merge")
        key = [request["restApiId"]]
        body = request["body"]
        text = body.decode() if isinstance(body, bytes) else body
        _parsed(text)
        self._apis.update(key, {"body": text})
        return self._apis.get(key)

    def _create_deployment(self, request: Record) -> Record:
        if "stageName" in request:
            raise _refused("CreateDeployment with a stageName")
        api = self._apis.get([request["restApiId"]])
        if "body" not in api:
            raise AwsError("BadRequestException", "The REST API doesn't contain any methods")
        record = self._new(request)
        self._deployments.create([request["restApiId"], record["id"]], record)
        self._documents[request["restApiId"], record["id"]] = _parsed(api["body"])
        return record

    def _create_stage(self, request: Record) -> Record:
        self._deployments.get([request["restApiId"], request["deploymentId"]])
        record = request | {"createdDate": self._clock()}
        self._stages.create([request["restApiId"], request["stageName"]], record)
        return record

    def _create_key(self, request: Record) -> Record:
        record = {"value": secrets.token_urlsafe(30), **self._new(request)}
        self._keys.create([record["id"]], record)
        return record

    def _create_plan(self, request: Record) -> Record:
        record = self._new(request)
        self._plans.create([record["id"]], record)
        return record

    def _create_plan_key(self, request: Record) -> Record:
        stages = self._plans.get([request["usagePlanId"]]).get("apiStages", [])
        joined = {key[0] for key, _ in self._plan_keys if key[1] == request["keyId"]}
        for (plan_id,), other in self._plans:
            elsewhere = plan_id in joined - {request["usagePlanId"]}
            if elsewhere and any(stage in other.get("apiStages", []) for stage in stages):
                message = "cannot reference multiple Usage Plans with the same API Stage"
                raise AwsError("ConflictException", f"API Key {request['keyId']} {message}")
        key = self._keys.get([request["keyId"]])
        record = {"id": request["keyId"], "type": request["keyType"], "value": key["value"]}
        self._plan_keys.create([request["usagePlanId"], request["keyId"]], record)
        return record

    def _new(self, request: Record) -> Record:
        return request | {"id": _new_id(), "createdDate": self._clock()}


def _records(noun: str) -> Records:
    return Records(noun, missing="NotFoundException", taken="ConflictException")


def _check_format(format_: str) -> None:
    try:
        check_format(format_)
    except AccessLogFormatError as error:
        raise AwsError("BadRequestException", str(error)) from error


def _refused(what: str) -> AwsError:
    return AwsError("BadRequestException", f"{what}: the local cloud does not have it")


def _new_id() -> str:
    return secrets.token_hex(5)


def _parsed(body: str) -> Document:
    try:
        return parse_document(body)
    except DocumentError as error:
        raise AwsError("BadRequestException", str(error)) from error
