"""Physical names: given by the program, made up by Check, or begun with a prefix and ended here."""

import secrets
from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties

_DEFAULTS = "__defaults"
"""Where the bridged providers, too, note the inputs that the program did not give."""

_UNIQUE_BYTES = 13
"""26 digits after a prefix, as the real provider puts."""


def give_name(kind: ResourceType, inputs: Properties, old: Properties, request: Any) -> None:
    """Puts a name into the inputs of a resource that needs one and has neither name nor prefix.

    request: the engine's CheckRequest, which may propose one. A name that was made up once stays.
    """
    if not kind.named_by or kind.named_by in inputs or kind.prefixed_by in inputs:
        return
    inputs[kind.named_by] = old.get(kind.named_by) or _proposed(request)
    inputs[_DEFAULTS] = [kind.named_by]  # so that Diff can tell it from a given name


def is_given(kind: ResourceType, inputs: Properties) -> bool:
    """Whether the program itself chose the name, so that no other resource can have it too.

    The engine checks a replacement again, which gives it a new name where none is given.
    """
    return kind.named_by not in inputs.get(_DEFAULTS, []) and kind.prefixed_by not in inputs


def generated(kind: ResourceType, inputs: Properties) -> Properties:
    """The name that begins with the prefix given; nothing where there is no prefix."""
    if not kind.prefixed_by or kind.prefixed_by not in inputs:
        return {}
    return {kind.named_by: f"{inputs[kind.prefixed_by]}{secrets.token_hex(_UNIQUE_BYTES)}"}


def kept(kind: ResourceType, state: Properties) -> Properties:
    """What identifies a resource, from its state: the inputs lack a name that was generated."""
    generated = {kind.named_by} if kind.prefixed_by in state else set()
    return {name: state[name] for name in generated | kind.key.keys() if name in state}


def _proposed(request: Any) -> str:
    """What the engine proposes, else the logical name and 7 hexadecimal digits, as upstream."""
    if request.autonaming.proposed_name:
        return str(request.autonaming.proposed_name)
    seed = request.randomSeed or secrets.token_bytes(4)
    return f"{request.urn.rpartition('::')[2]}-{seed.hex()[:7]}"
