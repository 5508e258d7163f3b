"""API Gateway's control plane, and what it says to the data plane."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.model import Shape
from moto.core.utils import get_service_model

from local.api_gateway.model import Document
from local.api_gateway.stage import Stage
from local.api_gateway.usage import ApiKey
from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.control.apigateway.method_settings import read_settings
from local.control.apigateway.patch import patched
from local.control.apigateway.rest_apis import RestApis
from local.control.apigateway.stages import Stages
from local.control.apigateway.tags import Tagging
from local.control.apigateway.usage_plans import UsagePlans
from local.control.records import Record
from local.control.service import Handler


@dataclass(frozen=True)
class Deployed:
    """All that answers the requests of one stage.

    access_log: destinationArn and format; empty for none. log_role_arn: by which logs are written;
    empty where the account's settings have none. cache: gigabytes, and how often it was made or
    emptied.
    """

    stage: Stage
    document: Document
    keys: Mapping[str, ApiKey]
    access_log: Mapping[str, str]
    log_role_arn: str
    cache: tuple[float, int]


class ApiGateway:
    """REST APIs, deployments, stages, API keys, usage plans and settings of one region."""

    def __init__(self, region: str, clock: Clock) -> None:
        self._region = region
        self._model = get_service_model("apigateway")
        self._apis = RestApis(clock, self._shape)
        self._stages = Stages(clock, self._shape, self._apis.document)
        self._usage = UsagePlans(clock, self._shape, self.stage)
        self._tagging = Tagging(
            {
                "restapis": self._apis.apis,
                "restapis/stages": self._stages.stages,
                "apikeys": self._usage.keys,
                "usageplans": self._usage.plans,
            }
        )
        self._account: Record = {
            "throttleSettings": {"rateLimit": 10000.0, "burstLimit": 5000},
            "features": ["UsagePlans"],
            "apiKeyVersion": "4",
        }
        self.revision = 0
        """Grows with every change, so that whoever keeps what is deployed knows when to ask."""

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        handlers: dict[str, Handler] = {
            **self._apis.handlers(),
            **self._stages.handlers(),
            **self._usage.handlers(),
            **self._tagging.handlers(),
            "DeleteRestApi": self._delete_api,
            "DeleteStage": self._delete_stage,
            "DeleteDeployment": self._delete_deployment,
            "GetExport": self._export,
            "GetAccount": lambda _: self._account,
            "UpdateAccount": self._update_account,
        }
        return {
            name: handler if name.startswith("Get") else self._counted(handler)
            for name, handler in handlers.items()
        }

    def stage(self, api_id: str, stage_name: str) -> tuple[Record, Document]:
        """A stage and the document deployed to it. Raises AwsError if there is none."""
        stage = self._stages.stages.get([api_id, stage_name])
        return stage, self._apis.document(api_id, stage["deploymentId"])

    def deployed(self, api_id: str, stage_name: str) -> Deployed:
        """What answers the requests of a stage. Raises AwsError if there is no such stage."""
        record, document = self.stage(api_id, stage_name)
        stage = Stage(
            name=stage_name,
            api_id=api_id,
            account_id=ACCOUNT_ID,
            region=self._region,
            variables=record.get("variables", {}),
            cached=record["cacheClusterEnabled"],
            traced=record.get("tracingEnabled", False),
            settings=read_settings(record),
        )
        size = float(record["cacheClusterSize"]) if stage.cached else 0.0
        return Deployed(
            stage=stage,
            document=document,
            keys=self._usage.open(api_id, stage_name),
            access_log=record.get("accessLogSettings", {}),
            log_role_arn=str(self._account.get("cloudwatchRoleArn", "")),
            cache=(size, self._stages.emptied(api_id, stage_name)),
        )

    def _shape(self, operation: str) -> Shape:
        return self._model.operation_model(operation).output_shape

    def _counted(self, handler: Handler) -> Handler:
        def counted(request: Record) -> Mapping[str, object] | None:
            try:
                return handler(request)
            finally:
                self.revision += 1

        return counted

    def _delete_api(self, request: Record) -> None:
        self._apis.forget(request["restApiId"])
        self._stages.forget(request["restApiId"])
        self._usage.forget_stages()

    def _delete_stage(self, request: Record) -> None:
        self._stages.stages.delete([request["restApiId"], request["stageName"]])
        self._usage.forget_stages()

    def _delete_deployment(self, request: Record) -> None:
        key = [request["restApiId"], request["deploymentId"]]
        self._stages.refuse_deployed(*key)
        self._apis.deployments.delete(key)

    def _export(self, request: Record) -> Record:
        stage, _ = self.stage(request["restApiId"], request["stageName"])
        return self._apis.export(request["restApiId"], stage["deploymentId"], request)

    def _update_account(self, request: Record) -> Record:
        operations = request.get("patchOperations", [])
        self._account = patched(dict(self._account), operations, self._shape("GetAccount"))
        return self._account
