"""API Gateway's stages: a deployment under a name, with variables, logs, settings and a cache.

https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from botocore.model import Shape

from local.api_gateway.access_log import AccessLogFormatError, check_format
from local.clock import Clock
from local.control.apigateway.method_settings import patch_settings
from local.control.apigateway.patch import invalid, patched, steps
from local.control.apigateway.records import new_records, refused
from local.control.records import Record
from local.control.service import AwsError, Handler

DEFAULT_CACHE_SIZE = "0.5"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]+")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]*")


class Stages:
    """Stages of one region.

    shape: of an operation's answer, by the operation's name. check_deployment: takes an API's and
    a deployment's id, raises AwsError if there is no such deployment.
    """

    def __init__(
        self,
        clock: Clock,
        shape: Callable[[str], Shape],
        check_deployment: Callable[[str, str], object],
    ) -> None:
        self._clock = clock
        self._shape = shape("GetStage")
        self._check_deployment = check_deployment
        self.stages = new_records("stage")
        self._emptied: Counter[tuple[str, str]] = Counter()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names. Not here: DeleteStage, which concerns usage plans."""
        return {
            "CreateStage": self._create,
            "GetStage": lambda request: self.stages.get(_key(request)),
            "GetStages": self._of_api,
            "UpdateStage": self._update,
            "FlushStageCache": self._flush,
        }

    def emptied(self, api_id: str, stage_name: str) -> int:
        """How often the cache of a stage of that name was made or emptied."""
        return self._emptied[api_id, stage_name]

    def refuse_deployed(self, api_id: str, deployment_id: str) -> None:
        """Raises AwsError if a stage serves a deployment, which then cannot go."""
        for key, stage in self.stages:
            if key[0] == api_id and stage["deploymentId"] == deployment_id:
                raise AwsError(
                    "BadRequestException",
                    "Active stages pointing to this deployment must be moved or deleted",
                )

    def forget(self, api_id: str) -> None:
        """Deletes the stages of an API."""
        for key, _ in self.stages:
            if key[0] == api_id:
                self.stages.delete(key)

    def _create(self, request: Record) -> Record:
        if "canarySettings" in request:
            raise refused("CreateStage with canarySettings")
        if not _NAME.fullmatch(request["stageName"]):
            raise AwsError(
                "BadRequestException", "Stage name only allows a-zA-Z0-9_- and 128 characters"
            )
        record = request | {"createdDate": self._clock()}
        self._check(request["restApiId"], record)
        self.stages.create(_key(request), record)
        self._emptied[request["restApiId"], request["stageName"]] += 1
        return record

    def _update(self, request: Record) -> Record:
        """All operations apply, or none."""
        record = self.stages.get(_key(request))
        for operation in request.get("patchOperations", []):
            if steps(operation)[0] == "canarySettings":
                raise refused("UpdateStage of canarySettings")
            setting = self._shape.members["methodSettings"].value
            if not patch_settings(record, operation, setting):
                record = patched(record, [operation], self._shape)
        record["lastUpdatedDate"] = self._clock()
        self._check(request["restApiId"], record)
        self.stages.replace(_key(request), record)
        return record

    def _check(self, api_id: str, record: Record) -> None:
        """Refuses what AWS would, and adds what AWS adds."""
        self._check_deployment(api_id, record["deploymentId"])
        for name, value in record.get("variables", {}).items():
            if not _VARIABLE_NAME.fullmatch(name) or not _VARIABLE_VALUE.fullmatch(value):
                raise invalid(
                    f"Invalid stage variable {name}={value!r}: names have a-zA-Z0-9_, "
                    "values a-zA-Z0-9-._~:/?#&=,"
                )
        if logs := record.get("accessLogSettings"):
            try:
                check_format(logs.get("format", ""))
            except AccessLogFormatError as error:
                raise invalid(str(error)) from error
        sizes = self._shape.members["cacheClusterSize"].enum
        if record.get("cacheClusterSize", DEFAULT_CACHE_SIZE) not in sizes:
            seen = record["cacheClusterSize"]
            raise invalid(f"Invalid cache size {seen!r}: it is one of {', '.join(sizes)}")
        cached = record.setdefault("cacheClusterEnabled", False)
        record["cacheClusterStatus"] = "AVAILABLE" if cached else "NOT_AVAILABLE"
        if cached:
            record.setdefault("cacheClusterSize", DEFAULT_CACHE_SIZE)

    def _of_api(self, request: Record) -> Record:
        deployment = request.get("deploymentId")
        return {
            "item": [
                stage
                for key, stage in self.stages
                if key[0] == request["restApiId"] and deployment in (None, stage["deploymentId"])
            ]
        }

    def _flush(self, request: Record) -> None:
        self.stages.get(_key(request))
        self._emptied[request["restApiId"], request["stageName"]] += 1


def _key(request: Record) -> list[str]:
    return [request["restApiId"], request["stageName"]]
