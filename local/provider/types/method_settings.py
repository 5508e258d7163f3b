"""API Gateway: settings of a stage's methods, which are a part of the stage's record."""

from collections.abc import Mapping
from typing import Any

from botocore.model import StructureShape

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.errors import ProviderError
from local.provider.patches import Operation
from local.provider.resource_type import ResourceType
from local.provider.type_table import Record
from local.provider.wire import Properties

_SETTING_PATHS = {
    "cacheDataEncrypted": "caching/dataEncrypted",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cachingEnabled": "caching/enabled",
    "dataTraceEnabled": "logging/dataTrace",
    "loggingLevel": "logging/loglevel",
    "metricsEnabled": "metrics/enabled",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}
"""Where UpdateStage takes each setting, below the method's path.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

_UNLIMITED = {"throttlingBurstLimit": -1, "throttlingRateLimit": -1}
"""What the real provider sends where the program sets no limit: none, and not the stage's."""


class _MethodSettings(ResourceType):
    """Set, changed and taken off by patches of the stage."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        return self.address("", properties) | {"patchOperations": self._patches({}, properties)}

    def faults(self, properties: Properties) -> list[str]:
        settings = self._settings(properties)
        return [
            *super().faults(properties),
            *contract.shape_faults(self._setting_shape(), settings, "settings"),
        ]

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return f"{properties['restApi']}-{properties['stageName']}-{properties['methodPath']}"

    def collides(self, old: Properties, new: Properties) -> bool:
        return super().collides(old, new) and old.get("methodPath") == new.get("methodPath")

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        stage = super().look_up(aws, resource_id, properties) or {}
        wanted = _plain(properties["methodPath"])
        settings = stage.get("methodSettings", {})
        found: Record | None = next(
            (s for path, s in settings.items() if _plain(path) == wanted), None
        )
        return found

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        changes = self._patches(old, new)
        request = self.address(resource_id, new) | {"patchOperations": changes}
        contract.call(aws, self.service, "UpdateStage", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if self.look_up(aws, resource_id, properties) is None:
            return
        changes = [{"op": "remove", "path": f"/{properties['methodPath']}"}]
        request = self.address(resource_id, properties) | {"patchOperations": changes}
        contract.call(aws, self.service, "UpdateStage", request)

    def compare(self, properties: Properties, record: Record) -> None:
        for name, sent in self._settings(properties).items():
            if record.get(name) != sent:
                raise ProviderError(
                    f"UpdateStage: {name} was sent as {sent!r} and reads back as "
                    f"{record.get(name)!r}; the local cloud must not drop it"
                )

    def live(
        self, aws: Aws, resource_id: str, record: Record, properties: Properties
    ) -> Properties:
        sent = properties.get("settings", {})
        now = {name: record[name] for name in sent if record.get(name) is not None}
        return properties | {"settings": now}

    def _patches(self, old: Properties, new: Properties) -> list[Operation]:
        """A setting that the program has no longer keeps its value, as with the real provider."""
        before = self._settings(old) if old else {}
        after = self._settings(new)
        return [
            {
                "op": "replace",
                "path": f"/{new['methodPath']}/{_SETTING_PATHS[name]}",
                "value": str(value).lower() if isinstance(value, bool) else str(value),
            }
            for name, value in sorted(after.items())
            if before.get(name) != value
        ]

    def _settings(self, properties: Properties) -> dict[str, Any]:
        settings = _UNLIMITED | properties.get("settings", {})
        return self.names.request(self._setting_shape(), settings)

    def _setting_shape(self) -> StructureShape:
        stage = contract.operation(self.service, self.read).output_shape
        shape: StructureShape = stage.members["methodSettings"].value
        return shape


def _plain(path: str) -> str:
    """A method's path in one of the ways to write it: its first slash, and any escape, may lack."""
    return path.replace("~1", "/").removeprefix("/")


METHOD_SETTINGS = _MethodSettings(
    pulumi_type="aws:apigateway/methodSettings:MethodSettings",
    service="apigateway",
    create="UpdateStage",
    read="GetStage",
    update="UpdateStage",
    delete="UpdateStage",
    key={"restApi": "restApiId", "stageName": "stageName"},
    named_by="",
    used=paths("""
        methodPath restApi stageName settings.cacheTtlInSeconds settings.cachingEnabled
        settings.requireAuthorizationForCacheControl settings.throttlingBurstLimit
        settings.throttlingRateLimit settings.unauthorizedCacheControlHeaderStrategy
    """),
    inert=paths("""
        settings.cacheDataEncrypted settings.dataTraceEnabled settings.loggingLevel
        settings.metricsEnabled
    """),
)
