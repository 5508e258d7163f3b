"""The gRPC servicer that the Pulumi engine takes for the aws plugin.

Errors end a call with FAILED_PRECONDITION: UNKNOWN and INTERNAL would taint the engine's state.
Protocol: https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/provider.html
"""

import functools
import json
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.aws import Aws
from local.provider import diff, naming, tags, wire
from local.provider.coverage import PropertyRefused
from local.provider.errors import ProviderError
from local.provider.invokes import INVOKES
from local.provider.mapping import UnknownProperty
from local.provider.resource_type import ResourceType
from local.provider.types import RESOURCE_TYPES
from local.provider.wire import UNKNOWN, Properties

PLUGIN_VERSION = "7.51.1"
"""The plugin that this one stands in for; the version of pulumi_aws in the lock file."""

_Answer = TypeVar("_Answer")
_REFUSALS = (ClientError, BotoCoreError, ProviderError, PropertyRefused, UnknownProperty, OSError)


def _reported(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Turns what the local cloud refuses into an error that the engine shows."""

    @functools.wraps(method)
    def wrapper(self: "AwsProvider", request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except _REFUSALS as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise  # abort never returns

    return wrapper


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Resources of the local cloud. aws_for: the cloud's APIs in a region."""

    def __init__(self, aws_for: Callable[[str], Aws]) -> None:
        self._aws_for = functools.cache(aws_for)
        # The engine attaches each configured provider over a connection of its own.
        self._configurations: dict[str, Properties] = {}

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Answers PULUMI_DEBUG_PROVIDERS, by which the engine finds this process."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """The version that is stood in for."""
        return plugin_pb2.PluginInfo(version=PLUGIN_VERSION)

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Credentials and endpoints are taken, and nothing is asked of them."""
        failures = []
        if "ignoreTags" in request.news.fields:
            reason = "ignoreTags: the local cloud does not have it"
            failures = [provider_pb2.CheckFailure(property="ignoreTags", reason=reason)]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Another region replaces what stands in the old one; other tags change it in place."""
        old, _ = wire.decode(request.olds)
        new, _ = wire.decode(request.news)
        changed = [name for name in ("defaultTags", "region") if old.get(name) != new.get(name)]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME
            if changed
            else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=[name for name in changed if name == "region"],
        )

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        """Keeps the region and the default tags of this connection."""
        properties, _ = wire.decode(request.args)
        region: str = properties.get("region", "")
        if not region or region == UNKNOWN:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "aws:region is not set")
        try:
            defaults = tags.default_tags(properties)
        except json.JSONDecodeError:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "aws:defaultTags is no JSON")
        self._configurations[context.peer()] = {"region": region, "tags": defaults}
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
        """Names what has no name, tags it, and checks it against our tables and the API's model."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.news)
        old, _ = wire.decode(request.olds)
        configuration = self._configurations[context.peer()]
        inputs.setdefault("region", configuration["region"])
        if kind.tagging and (configuration["tags"] or "tags" in inputs):
            inputs["tags"] = tags.merged(configuration["tags"], inputs.get("tags"))
        naming.give_name(kind, inputs, old, request)
        failures = []
        try:
            kind.refuse_unknown(inputs)
            if not wire.has_unknown(inputs):
                failures = [
                    provider_pb2.CheckFailure(property="", reason=fault)
                    for fault in kind.faults(inputs)
                ]
        except (PropertyRefused, UnknownProperty) as error:
            failures = [provider_pb2.CheckFailure(property=error.property, reason=str(error))]
        return provider_pb2.CheckResponse(inputs=wire.encode(inputs, hidden), failures=failures)

    @_reported
    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Which inputs changed, and whether they can be updated in place."""
        kind = _type_of(request.urn)
        old, _ = wire.decode(request.old_inputs)
        new, _ = wire.decode(request.news)
        state, _ = wire.decode(request.olds)
        changes = diff.changes(kind, _as_read_back(kind, old, state), new, request.ignoreChanges)
        given = naming.is_given(kind, new)
        return diff.response(changes, delete_first=given and kind.collides(old, new))

    @_reported
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        """Creates, or at preview says which outputs are not known yet."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.properties)
        hidden = _hidden_outputs(kind, hidden)
        if request.preview:
            outputs = dict.fromkeys(
                [*naming.generated(kind, inputs), *kind.output_names()], UNKNOWN
            )
            outputs |= inputs | _tags_all(kind, inputs)
            return provider_pb2.CreateResponse(properties=wire.encode(outputs, hidden))
        aws = self._aws(context, inputs)
        named = naming.generated(kind, inputs) | inputs
        resource_id, record = kind.make(aws, named)
        outputs = named | kind.attributes(aws, resource_id, record, named)
        return provider_pb2.CreateResponse(
            id=resource_id,
            properties=wire.encode(outputs | _tags_all(kind, inputs), hidden),
        )

    @_reported
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        """The live resource, its inputs as they are now; an empty answer says that it is gone."""
        kind = _type_of(request.urn)
        inputs, hidden = wire.decode(request.inputs)
        state, hidden_outputs = wire.decode(request.properties)
        if not inputs:
            raise ProviderError(f"{kind.pulumi_type}: the local cloud cannot import or get one")
        aws = self._aws(context, inputs)
        named = naming.kept(kind, state) | inputs
        record = kind.look_up(aws, request.id, named)
        if record is None:
            return provider_pb2.ReadResponse()
        live = kind.live(aws, request.id, record, named)
        outputs = live | kind.attributes(aws, request.id, record, named) | _tags_all(kind, live)
        live = {name: value for name, value in live.items() if name in inputs or name == "tags"}
        return provider_pb2.ReadResponse(
            id=request.id,
            inputs=wire.encode(live, hidden),
            properties=wire.encode(outputs, hidden_outputs | _hidden_outputs(kind, hidden)),
        )

    @_reported
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        """Updates in place; outputs that an update cannot change stay known at preview."""
        kind = _type_of(request.urn)
        new, hidden = wire.decode(request.news)
        old, _ = wire.decode(request.old_inputs)
        state, _ = wire.decode(request.olds)
        named = naming.kept(kind, state) | new
        if request.preview:
            moving = kind.moving if diff.changes_more_than_tags(kind, old, new) else frozenset()
            known = {name: state[name] for name in kind.output_names() if name in state}
            outputs = known | dict.fromkeys(moving, UNKNOWN) | named
        else:
            aws = self._aws(context, new)
            before = naming.kept(kind, state) | _as_read_back(kind, old, state)
            record = kind.change(aws, request.id, before, named)
            outputs = named | kind.attributes(aws, request.id, record, named)
        return provider_pb2.UpdateResponse(
            properties=wire.encode(outputs | _tags_all(kind, new), _hidden_outputs(kind, hidden))
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
        configured = self._configurations[context.peer()]
        return self._aws_for(properties.get("region") or configured["region"])


def _type_of(urn: str) -> ResourceType:
    token = urn.split("::")[2].rpartition("$")[2]
    if token not in RESOURCE_TYPES:
        raise ProviderError(f"{token}: the local cloud does not have this resource type")
    return RESOURCE_TYPES[token]


def _as_read_back(kind: ResourceType, inputs: Properties, state: Properties) -> Properties:
    """The old inputs; where an output has the same name it counts for more: AWS may roll back."""
    found = {name: state[name] for name in kind.outputs if name in inputs and name in state}
    return inputs | found


def _tags_all(kind: ResourceType, properties: Properties) -> Properties:
    """All tags, which are the same as `tags`: the default ones are among them since Check."""
    return {"tagsAll": properties.get("tags") or {}} if kind.tagging else {}


def _hidden_outputs(kind: ResourceType, hidden: frozenset[str]) -> frozenset[str]:
    """Names of the secret outputs, where the inputs named in `hidden` are secret."""
    return hidden | kind.secrets | ({"tagsAll"} if "tags" in hidden else set())
