"""API Gateway: REST APIs, deployments, stages, keys, usage plans.

Everything but the document is updated by patch operations:
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties


@dataclass(frozen=True, kw_only=True)
class _Patched(ResourceType):
    """A type that is updated by replacing single values at paths.

    after_create: request members that create does not take and a patch sets at once.
    """

    after_create: frozenset[str] = frozenset()

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        kept = {k: v for k, v in properties.items() if k not in self.after_create}
        return super().request(kept, operation)

    def finish(self, aws: Any, resource_id: str, properties: Properties) -> None:
        later = {k: v for k, v in properties.items() if k in self.after_create}
        self._patch(aws, resource_id, properties, list(_operations({}, later)))

    def send_change(self, aws: Any, resource_id: str, old: Properties, new: Properties) -> None:
        before = self.request(old) | {k: old.get(k) for k in self.after_create}
        after = self.request(new) | {k: new.get(k) for k in self.after_create}
        self._patch(aws, resource_id, new, list(_operations(before, after)))

    def _patch(
        self, aws: Any, resource_id: str, properties: Properties, operations: list[dict[str, str]]
    ) -> None:
        if operations and self.update:
            request = self.address(resource_id, properties) | {"patchOperations": operations}
            aws.call(self.service, self.update, request)


class _RestApi(_Patched):
    """The OpenAPI document is the API; it is put as a whole."""

    def finish(self, aws: Any, resource_id: str, properties: Properties) -> None:
        if body := properties.get("body"):
            request = {"restApiId": resource_id, "mode": "overwrite", "body": body.encode()}
            aws.call(self.service, "PutRestApi", request)

    def attributes(self, aws: Any, resource_id: str, record: Any, properties: Properties) -> Any:
        return {
            "arn": f"arn:aws:apigateway:{aws.region}::/restapis/{resource_id}",
            "executionArn": _execution_arn(aws, resource_id),
            "rootResourceId": record["rootResourceId"],
        }


class _Stage(_Patched):
    """A stage: a deployment under a name, with its own logs and variables."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return f"ags-{properties['restApi']}-{properties['stageName']}"

    def attributes(self, aws: Any, resource_id: str, record: Any, properties: Properties) -> Any:
        api, stage = properties["restApi"], properties["stageName"]
        return {
            "arn": f"arn:aws:apigateway:{aws.region}::/restapis/{api}/stages/{stage}",
            "executionArn": f"{_execution_arn(aws, api)}/{stage}",
            "invokeUrl": f"{aws.gateway_url}/{api}/{stage}",
        }


class _ApiKey(_Patched):
    """The key's value is read only where it is asked for."""

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        return {"apiKey": resource_id}

    def look_up(self, aws: Any, resource_id: str, properties: Properties) -> Any:
        record = super().look_up(aws, resource_id, properties)
        if record is None:
            return None
        return aws.call(self.service, self.read, {"apiKey": resource_id, "includeValue": True})

    def attributes(self, aws: Any, resource_id: str, record: Any, properties: Properties) -> Any:
        arn = f"arn:aws:apigateway:{aws.region}::/apikeys/{resource_id}"
        return {"arn": arn, "value": record["value"]}


def _execution_arn(aws: Any, api: str) -> str:
    return f"arn:aws:execute-api:{aws.region}:{aws.account_id}:{api}"


def _operations(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str = ""
) -> Iterator[dict[str, str]]:
    """Patch operations that turn `old` into `new`; lists of structures are taken as they are."""
    for name in sorted({*old, *new}):
        before, after, here = old.get(name), new.get(name), f"{path}/{name}"
        if before == after:
            continue
        if isinstance(before or after, dict):
            yield from _operations(before or {}, after or {}, here)
        elif name == "apiStages":
            for stage in before or []:
                yield {"op": "remove", "path": here, "value": _api_stage(stage)}
            for stage in after or []:
                yield {"op": "add", "path": here, "value": _api_stage(stage)}
        elif after is None:
            yield {"op": "remove", "path": here}
        else:
            value = str(after).lower() if isinstance(after, bool) else str(after)
            yield {"op": "replace", "path": here, "value": value}


def _api_stage(stage: Mapping[str, str]) -> str:
    return f"{stage['apiId']}:{stage['stage']}"


TYPES = (
    _RestApi(
        pulumi_type="aws:apigateway/restApi:RestApi",
        service="apigateway",
        create="CreateRestApi",
        read="GetRestApi",
        update="UpdateRestApi",
        delete="DeleteRestApi",
        key={},
        generated_key="restApiId",
        not_sent=frozenset({"body", "failOnWarnings", "putRestApiMode"}),
        outputs={"arn": "", "executionArn": "", "rootResourceId": ""},
    ),
    ResourceType(
        pulumi_type="aws:apigateway/deployment:Deployment",
        service="apigateway",
        create="CreateDeployment",
        read="GetDeployment",
        delete="DeleteDeployment",
        key={"restApi": "restApiId"},
        generated_key="deploymentId",
        named_by="",
        not_sent=frozenset({"triggers"}),
        not_read=frozenset({"restApiId"}),
        outputs={"createdDate": "to_string(createdDate)"},
    ),
    _Stage(
        pulumi_type="aws:apigateway/stage:Stage",
        service="apigateway",
        create="CreateStage",
        read="GetStage",
        update="UpdateStage",
        delete="DeleteStage",
        key={"restApi": "restApiId", "stageName": "stageName"},
        named_by="",
        renames={"deployment": "deploymentId", "xrayTracingEnabled": "tracingEnabled"},
        not_read=frozenset({"restApiId"}),
        after_create=frozenset({"accessLogSettings"}),
        outputs={"arn": "", "executionArn": "", "invokeUrl": ""},
    ),
    _ApiKey(
        pulumi_type="aws:apigateway/apiKey:ApiKey",
        service="apigateway",
        create="CreateApiKey",
        read="GetApiKey",
        update="UpdateApiKey",
        delete="DeleteApiKey",
        key={},
        generated_key="apiKey",
        outputs={"arn": "", "value": ""},
        secrets=frozenset({"value"}),
    ),
    _Patched(
        pulumi_type="aws:apigateway/usagePlan:UsagePlan",
        service="apigateway",
        create="CreateUsagePlan",
        read="GetUsagePlan",
        update="UpdateUsagePlan",
        delete="DeleteUsagePlan",
        key={},
        generated_key="usagePlanId",
        renames={"quotaSettings": "quota", "throttleSettings": "throttle"},
    ),
    ResourceType(
        pulumi_type="aws:apigateway/usagePlanKey:UsagePlanKey",
        service="apigateway",
        create="CreateUsagePlanKey",
        read="GetUsagePlanKey",
        delete="DeleteUsagePlanKey",
        key={"usagePlanId": "usagePlanId", "keyId": "keyId"},
        named_by="",
        not_read=frozenset({"usagePlanId", "keyId", "keyType"}),
        outputs={"value": "value"},
    ),
)
