"""Stages of REST APIs, and what of a stack belongs to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Resource, Stack, Unknown

STAGE = "aws:apigateway/stage:Stage"
HTTP_STAGE = "aws:apigatewayv2/stage:Stage"
REST_API = "aws:apigateway/restApi:RestApi"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
METHOD_SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
EVERY_METHOD = "*/*"
"""The methodPath whose settings hold for each method without its own.

https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
"""


class StageSettings:
    """The method settings of a stack, by the stage that they are for."""

    def __init__(self, stack: Stack) -> None:
        self._by_stage: dict[str, list[Resource]] = defaultdict(list)
        stages = stack.of_type(STAGE)
        urns = {stage.urn for stage in stages}
        named: dict[tuple[str, str], str] = {
            (api, name): stage.urn
            for stage in stages
            for api in _apis(stage)
            if isinstance(name := stage.get("stageName"), str)
        }
        for settings in stack.of_type(METHOD_SETTINGS):
            name = settings.get("stageName")
            feeding = [*settings.dependencies.get("stageName", ()), *_feeding(settings)]
            found = [urn for urn in feeding if urn in urns]
            if not found and isinstance(name, str):
                found = [named[api, name] for api in _apis(settings) if (api, name) in named]
            for urn in dict.fromkeys(found):
                self._by_stage[urn].append(settings)

    def of(self, stage: Resource) -> Sequence[Resource]:
        """Those of one stage."""
        return self._by_stage.get(stage.urn, ())


def _apis(resource: Resource) -> Iterable[str]:
    """What tells the API of a stage, or of settings: its id, and what feeds it."""
    rest_api = resource.get("restApi")
    known = [rest_api] if isinstance(rest_api, str) else []
    return [*known, *_feeding(resource)]


def _feeding(resource: Resource) -> Sequence[str]:
    """URNs of what its API comes from."""
    return resource.dependencies.get("restApi", ())


def stages_without_settings(stack: Stack) -> Iterator[Resource]:
    """Stages of which some methods have no settings but AWS's defaults."""
    settings = StageSettings(stack)
    for stage in stack.of_type(STAGE):
        paths = [found.get("methodPath") for found in settings.of(stage)]
        if not any(path == EVERY_METHOD or path is UNKNOWN for path in paths):
            yield stage


class Apis:
    """The REST APIs of a stack, by the stages that serve them."""

    def __init__(self, stack: Stack) -> None:
        self._resources = {
            resource.urn: resource for resource in stack.of_types((REST_API, DEPLOYMENT))
        }

    def is_private(self, stage: Resource) -> bool | Unknown:
        """Whether only a VPC reaches a stage; UNKNOWN if its API is not one of the stack."""
        found = [stage]
        # A stage may take the API from its deployment, which takes it from the API.
        for _ in range(2):
            found = [
                self._resources[urn]
                for one in found
                for urn in _feeding(one)
                if urn in self._resources
            ]
            for api in found:
                if api.type == REST_API:
                    return _is_private(api)
        return UNKNOWN


def _is_private(api: Resource) -> bool | Unknown:
    [(_, types)] = values(api, "endpointConfiguration.types")
    if types is UNKNOWN:
        return UNKNOWN
    return "PRIVATE" in (types if isinstance(types, list) else [types])
