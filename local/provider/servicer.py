"""The gRPC servicer that the Pulumi engine takes for the aws plugin.

Errors end a call with FAILED_PRECONDITION: UNKNOWN and INTERNAL would taint the engine's state.
Protocol: https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/provider.html
"""

import functools
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.aws import Aws
from local.provider import wire
from local.provider.invokes import INVOKES
from local.provider.mapping import UnknownProperty
from local.provider.resource_type import ProviderError, ResourceType
from local.provider.types import RESOURCE_TYPES
from local.provider.wire import UNKNOWN, Properties

PLUGIN_VERSION = "7.51.1"
"""The plugin that this one stands in for; the version of pulumi_aws in the lock file."""

_DEFAULTS = "__defaults"
"""Where the bridged providers, too, note the inputs that the program did not give."""

_Answer = TypeVar("_Answer")
_Diff = provider_pb2.PropertyDiff


def _reported(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Turns what the local cloud refuses into an error that the engine shows."""

    @functools.wraps(method)
    def wrapper(self: "AwsProvider", request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except (ClientError, BotoCoreError, ProviderError, UnknownProperty, OSError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise  # abort never returns

    return wrapper


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Resources of the local cloud. aws_for: the cloud's APIs in a region."""

    def __init__(self, aws_for: Callable[[str], Aws]) -> None:
        self._aws_for = functools.cache(aws_for)
        # The engine attaches each configured provider over a connection of its own.
        self._regions: dict[str, str] = {}

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Answers PULUMI_DEBUG_PROVIDERS, by which the engine finds this process."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """The version that is stood in for."""
        return plugin_pb2.PluginInfo(version=PLUGIN_VERSION)

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Refuses tags; credentials and endpoints are taken, and nothing is asked of them."""
        failures = [
            provider_pb2.CheckFailure(
                property=name, reason=f"{name}: the local cloud does not have tags"
            )
            for name in ("defaultTags", "ignoreTags")
            if name in request.news.fields
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Another region replaces what stands in the old one."""
        old, _ = wire.decode(request.olds)
        new, _ = wire.decode(request.news)
        if old.get("region") == new.get("region"):
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME, diffs=["region"], replaces=["region"]
        )

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        """Keeps the region of this connection."""
        properties, _ = wire.decode(request.args)
        region: str = properties.get("region", "")
        if not region or region == UNKNOWN:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "aws:region is not set")
        self._regions[context.peer()] = region
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=True, supportsPreview=True
        )

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Calls are short; there is nothing to cancel."""
        return empty_pb2.Empty()

    @_reported
    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:
        """A data source."""
        invoke = INVOKES.get(request.tok)
        if invoke is None:
            raise ProviderError(f"{request.tok}: the local cloud does not have this data source")
        args, _ = wire.decode(request.args)
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(wire.encode(invoke(self._aws(context, args), args)))
        return answer

    @_reported
    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Names what has no name, and checks inputs that are known against the API's model."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.news)
        old, _ = wire.decode(request.olds)
        inputs.setdefault("region", self._regions[context.peer()])
        if kind.named_by and kind.named_by not in inputs:
            inputs[kind.named_by] = old.get(kind.named_by) or _generated_name(request)
            inputs[_DEFAULTS] = [kind.named_by]  # so that Diff can tell it from a given name
        failures = []
        if not wire.has_unknown(inputs):
            try:
                failures = [
                    provider_pb2.CheckFailure(property="", reason=fault)
                    for fault in kind.faults(inputs)
                ]
            except UnknownProperty as error:
                failures = [provider_pb2.CheckFailure(property=error.property, reason=str(error))]
        return provider_pb2.CheckResponse(inputs=wire.encode(inputs, hidden), failures=failures)

    @_reported
    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Which inputs changed, and whether they can be updated in place."""
        kind = _type_of(request.urn)
        old, _ = wire.decode(request.old_inputs)
        new, _ = wire.decode(request.news)
        state, _ = wire.decode(request.olds)
        # What was read back counts for more than what was sent: AWS may have rolled back.
        old |= {name: state[name] for name in kind.outputs if name in old and name in state}
        answer = provider_pb2.DiffResponse(
            hasDetailedDiff=True, changes=provider_pb2.DiffResponse.DIFF_NONE
        )
        for name in sorted({*old, *new} - {_DEFAULTS, *request.ignoreChanges}):
            if wire.same(old.get(name), new.get(name)):
                continue
            replaces = kind.replaces(name)
            verb = "ADD" if name not in old else "DELETE" if name not in new else "UPDATE"
            answer.changes = provider_pb2.DiffResponse.DIFF_SOME
            answer.diffs.append(name)
            answer.detailedDiff[name].kind = getattr(_Diff, f"{verb}_REPLACE" if replaces else verb)
            answer.detailedDiff[name].inputDiff = True
            if replaces:
                answer.replaces.append(name)
        # The engine checks a replacement again, which gives it a new name where none is given.
        given_name = kind.named_by not in new.get(_DEFAULTS, [])
        answer.deleteBeforeReplace = (
            bool(answer.replaces) and given_name and kind.collides(old, new)
        )
        return answer

    @_reported
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        """Creates, or at preview says which outputs are not known yet."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.properties)
        hidden |= kind.secrets
        if request.preview:
            unknown = dict.fromkeys(kind.outputs, UNKNOWN)
            return provider_pb2.CreateResponse(properties=wire.encode(unknown | inputs, hidden))
        aws = self._aws(context, inputs)
        resource_id = kind.make(aws, inputs)
        outputs = _outputs(kind, aws, resource_id, inputs)
        return provider_pb2.CreateResponse(
            id=resource_id, properties=wire.encode(inputs | outputs, hidden)
        )

    @_reported
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        """The live resource; an empty answer says that it is gone."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.inputs)
        if not inputs:
            raise ProviderError(f"{kind.pulumi_type}: the local cloud cannot import or get one")
        aws = self._aws(context, inputs)
        record = kind.look_up(aws, request.id, inputs)
        if record is None:
            return provider_pb2.ReadResponse()
        outputs = kind.attributes(aws, request.id, record, inputs)
        return provider_pb2.ReadResponse(
            id=request.id,
            inputs=request.inputs,
            properties=wire.encode(inputs | outputs, hidden | kind.secrets),
        )

    @_reported
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        """Updates in place; outputs that an update cannot change stay known at preview."""
        kind = _type_of(request.urn)
        new, hidden = wire.decode(request.news)
        if request.preview:
            known, _ = wire.decode(request.olds)
            outputs: Properties = {name: known.get(name) for name in kind.outputs} | new
        else:
            old, _ = wire.decode(request.old_inputs)
            aws = self._aws(context, new)
            kind.change(aws, request.id, old, new)
            outputs = _outputs(kind, aws, request.id, new)
        return provider_pb2.UpdateResponse(
            properties=wire.encode(new | outputs, hidden | kind.secrets)
        )

    @_reported
    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Deletes; a resource that is gone already is no error."""
        kind = _type_of(request.urn)
        properties, _ = wire.decode(request.properties)
        kind.remove(self._aws(context, properties), request.id, properties)
        return empty_pb2.Empty()

    def _aws(self, context: Any, properties: Properties) -> Aws:
        """The APIs of the region that the properties name, else of the provider's."""
        region: str = properties.get("region", self._regions[context.peer()])
        return self._aws_for(region)


def _type_of(urn: str) -> ResourceType:
    token = urn.split("::")[2].rpartition("$")[2]
    if token not in RESOURCE_TYPES:
        raise ProviderError(f"{token}: the local cloud does not have this resource type")
    return RESOURCE_TYPES[token]


def _generated_name(request: Any) -> str:
    """What the engine proposes, else the logical name and 7 hexadecimal digits, as upstream."""
    if request.autonaming.proposed_name:
        return str(request.autonaming.proposed_name)
    seed = request.randomSeed or secrets.token_bytes(4)
    return f"{request.urn.rpartition('::')[2]}-{seed.hex()[:7]}"


def _outputs(kind: ResourceType, aws: Aws, resource_id: str, properties: Properties) -> Any:
    record = kind.look_up(aws, resource_id, properties)
    return kind.attributes(aws, resource_id, record, properties)
