"""Which inputs changed, how, and whether that replaces the resource."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import provider_pb2

from local.provider import force_new, property_path, wire
from local.provider.resource_type import ResourceType
from local.provider.wire import Properties

_Kind = provider_pb2.PropertyDiff


@dataclass(frozen=True)
class Change:
    """One value that came, went or changed. path: where, in Pulumi's notation."""

    path: str
    property: str
    verb: str
    replaces: bool


def changes(
    kind: ResourceType, old: Properties, new: Properties, ignored: Sequence[str] = ()
) -> list[Change]:
    """The changes from `old` inputs to `new` ones, but for those below an ignored path."""
    skipped = [property_path.parse(path) for path in ignored]
    found = []
    for path, verb in _differences(old, new, []):
        if path == ["__defaults"] or any(property_path.within(path, other) for other in skipped):
            continue
        schema_path = ".".join(str(step) for step in path if not isinstance(step, int))
        replaces = force_new.replaces(kind.pulumi_type, schema_path, old, new)
        found.append(Change(property_path.write(path), str(path[0]), verb, replaces))
    return found


def response(found: Sequence[Change], delete_first: bool) -> provider_pb2.DiffResponse:
    """The changes as the engine takes them. delete_first: old and new cannot both exist."""
    answer = provider_pb2.DiffResponse(
        hasDetailedDiff=True,
        changes=provider_pb2.DiffResponse.DIFF_SOME
        if found
        else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({change.property for change in found}),
        replaces=sorted({change.property for change in found if change.replaces}),
    )
    for change in found:
        verb = f"{change.verb}_REPLACE" if change.replaces else change.verb
        answer.detailedDiff[change.path].kind = getattr(_Kind, verb)
        answer.detailedDiff[change.path].inputDiff = True
    answer.deleteBeforeReplace = bool(answer.replaces) and delete_first
    return answer


def _differences(
    old: Any, new: Any, path: list[str | int]
) -> Iterator[tuple[list[str | int], str]]:
    if wire.same(old, new):
        return
    if old is None or new is None:
        yield path, "ADD" if old is None else "DELETE"
    elif isinstance(old, dict) and isinstance(new, dict) and not wire.is_asset(old):
        for name in sorted({*old, *new}):
            yield from _differences(old.get(name), new.get(name), [*path, name])
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _differences(before, after, [*path, index])
    else:
        yield path, "UPDATE"


def changes_more_than_tags(kind: ResourceType, old: Properties, new: Properties) -> bool:
    """Whether an update does anything to the resource itself."""
    return any(change.property != "tags" for change in changes(kind, old, new))
