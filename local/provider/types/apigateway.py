"""API Gateway: REST APIs, deployments, stages, keys, usage plans, the account's settings."""

from collections.abc import Mapping
from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.patches import Patched, operations
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.types.method_settings import METHOD_SETTINGS
from local.provider.wire import Properties

_ARN = "arn:aws:apigateway:{region}:"
_EXECUTION_ARN = "arn:aws:execute-api:{region}:{account}:"

_PUT_OPTIONS = ("failOnWarnings", "parameters")
"""Properties that PutRestApi takes, and CreateRestApi does not."""

_TAGS = Tagging(
    service="apigateway",
    tag="TagResource",
    untag="UntagResource",
    read="GetTags",
    address={"resourceArn": "arn"},
    pair=None,
    create="tags",
    member="tags",
    keys="tagKeys",
    found="tags",
)


class _RestApi(Patched):
    """The OpenAPI document is the API; it is put as a whole.

    Putting it resets what the document says otherwise, the name above all, so that what the
    program says is put back, as the real provider does.
    """

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if not properties.get("body"):
            return
        given = {name: properties[name] for name in _PUT_OPTIONS if name in properties}
        request = given | {
            "restApiId": resource_id,
            "mode": properties.get("putRestApiMode", "overwrite"),
            "body": properties["body"].encode(),
        }
        found = contract.call(aws, self.service, "PutRestApi", request)
        wanted = self.request(properties)
        now = {name: found.get(name) for name in wanted}
        self.patch(aws, resource_id, properties, list(operations(now, wanted)))


class _Stage(Patched):
    """A stage: a deployment under a name, with its own logs and variables."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return f"ags-{properties['restApi']}-{properties['stageName']}"


class _ApiKey(Patched):
    """The key's value is told only where it is asked for."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        if super().look_up(aws, resource_id, properties) is None:
            return None
        return aws.call(self.service, self.read, {"apiKey": resource_id, "includeValue": True})


class _UsagePlan(Patched):
    """A plan can be deleted only without stages."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        stages = {"apiStages": properties.get("apiStages") or []}
        changes = list(operations(self.request(stages), {}))
        self.patch(aws, resource_id, properties, changes)
        super().send_delete(aws, resource_id, properties)


class _Account(Patched):
    """The region's settings: always there, so they are patched and reset."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        return {"patchOperations": list(operations({}, self._settings(properties)))}

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return "api-gateway-account"

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        changes = list(operations(self._settings(old), self._settings(new)))
        self.patch(aws, resource_id, new, changes)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        changes = list(operations(self._settings(properties), {}))
        self.patch(aws, resource_id, properties, changes)

    def _settings(self, properties: Properties) -> dict[str, Any]:
        role = properties.get("cloudwatchRoleArn")
        return {"cloudwatchRoleArn": role} if role else {}


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
        not_sent=frozenset({"body", "failOnWarnings", "parameters", "putRestApiMode"}),
        outputs={"createdDate": "createdDate", "rootResourceId": "rootResourceId"},
        computed={"arn": _ARN + ":/restapis/{id}", "executionArn": _EXECUTION_ARN + "{id}"},
        tagging=_TAGS,
        used=paths("binaryMediaTypes body failOnWarnings name parameters putRestApiMode"),
        inert=paths("apiKeySource description endpointConfiguration minimumCompressionSize policy"),
    ),
    Patched(
        pulumi_type="aws:apigateway/deployment:Deployment",
        service="apigateway",
        create="CreateDeployment",
        read="GetDeployment",
        update="UpdateDeployment",
        delete="DeleteDeployment",
        key={"restApi": "restApiId"},
        generated_key="deploymentId",
        named_by="",
        not_sent=frozenset({"triggers"}),
        not_read=frozenset({"restApiId"}),
        outputs={"createdDate": "createdDate"},
        used=paths("restApi triggers"),
        inert=paths("description"),
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
        outputs={"webAclArn": "webAclArn"},
        computed={
            "arn": _ARN + ":/restapis/{restApi}/stages/{stageName}",
            "executionArn": _EXECUTION_ARN + "{restApi}/{stageName}",
            "invokeUrl": "{gateway}/{restApi}/{stageName}",
        },
        tagging=_TAGS,
        used=paths("""
            accessLogSettings cacheClusterEnabled deployment restApi stageName variables
        """),
        inert=paths("cacheClusterSize description xrayTracingEnabled"),
    ),
    METHOD_SETTINGS,
    _ApiKey(
        pulumi_type="aws:apigateway/apiKey:ApiKey",
        service="apigateway",
        create="CreateApiKey",
        read="GetApiKey",
        update="UpdateApiKey",
        delete="DeleteApiKey",
        key={},
        generated_key="apiKey",
        defaults={"enabled": True},
        outputs={"createdDate": "createdDate", "value": "value"},
        computed={"arn": _ARN + ":/apikeys/{id}"},
        secrets=frozenset({"value"}),
        tagging=_TAGS,
        used=paths("enabled name value"),
        inert=paths("customerId description"),
    ),
    _UsagePlan(
        pulumi_type="aws:apigateway/usagePlan:UsagePlan",
        service="apigateway",
        create="CreateUsagePlan",
        read="GetUsagePlan",
        update="UpdateUsagePlan",
        delete="DeleteUsagePlan",
        key={},
        generated_key="usagePlanId",
        renames={
            "apiStages.throttles": "throttle",
            "quotaSettings": "quota",
            "throttleSettings": "throttle",
        },
        keyed_by={"apiStages.throttles": "path"},
        computed={"arn": _ARN + ":/usageplans/{id}"},
        tagging=_TAGS,
        used=paths("apiStages name quotaSettings throttleSettings"),
        inert=paths("description"),
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
        outputs={"name": "name", "value": "value"},
        used=paths("keyId keyType usagePlanId"),
    ),
    _Account(
        pulumi_type="aws:apigateway/account:Account",
        service="apigateway",
        create="UpdateAccount",
        read="GetAccount",
        update="UpdateAccount",
        delete="UpdateAccount",
        key={},
        named_by="",
        not_sent=frozenset({"cloudwatchRoleArn"}),
        found_at={"cloudwatchRoleArn": "cloudwatchRoleArn"},
        used=paths("cloudwatchRoleArn"),
    ),
)
