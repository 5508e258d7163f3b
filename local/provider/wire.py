"""Pulumi property values as they cross gRPC, to plain Python values and back."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from local.provider.comparison import same_text
from local.provider.errors import ProviderError

UNKNOWN: Final[str] = rpc.UNKNOWN
"""Stands for a value that is not known before `up`."""

SIGNATURE: Final[str] = rpc._special_sig_key
ASSET: Final[str] = rpc._special_asset_sig
_SECRET: Final[str] = rpc._special_secret_sig
_OUTPUT: Final[str] = rpc._special_output_value_sig

Properties = dict[str, Any]


def decode(struct: struct_pb2.Struct) -> tuple[Properties, frozenset[str]]:
    """Plain values, and the names of the top-level properties that hold a secret anywhere.

    Whole numbers become int (the wire knows only doubles); assets stay dictionaries.
    """
    secrets: set[str] = set()
    values = {name: _plain(value, name, secrets) for name, value in struct.fields.items()}
    return values, frozenset(secrets)


def encode(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """The reverse of `decode`: properties named in `secrets` are marked as such again."""
    struct = struct_pb2.Struct()
    hidden = set(secrets)
    struct.update(
        {
            name: {SIGNATURE: _SECRET, "value": value} if name in hidden else value
            for name, value in values.items()
        }
    )
    return struct


def has_unknown(value: Any) -> bool:
    """Whether any part of `value` is not known yet."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return bool(value == UNKNOWN)


def is_asset(value: Any) -> bool:
    """Whether `value` is a Pulumi asset: a file or a text, with the hash of its content."""
    return isinstance(value, dict) and value.get(SIGNATURE) == ASSET


def same(old: Any, new: Any) -> bool:
    """Whether two values are equal; assets and JSON documents are by their content."""
    if is_asset(old) and is_asset(new):
        return bool(old["hash"] == new["hash"])
    return same_text(old, new)


def asset_bytes(asset: Mapping[str, Any]) -> bytes:
    """The content of an asset.

    Raises OSError if its file cannot be read, ProviderError if it is neither a file nor a text.
    """
    if "text" in asset:
        return str(asset["text"]).encode()
    if "path" not in asset:
        raise ProviderError(
            f"asset {asset.get('uri')!r}: the local cloud fetches nothing. "
            "Allowed: a file or a text. Use pulumi.FileAsset."
        )
    with open(asset["path"], "rb") as file:
        return file.read()


def _plain(value: struct_pb2.Value, name: str, secrets: set[str]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _plain_struct(value.struct_value, name, secrets)
    if kind == "list_value":
        return [_plain(item, name, secrets) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind in ("string_value", "bool_value"):
        return getattr(value, kind)
    return None


def _plain_struct(struct: struct_pb2.Struct, name: str, secrets: set[str]) -> Any:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if signature in (_SECRET, _OUTPUT):
        if signature == _SECRET or ("secret" in fields and fields["secret"].bool_value):
            secrets.add(name)
        return _plain(fields["value"], name, secrets) if "value" in fields else UNKNOWN
    return {key: _plain(item, name, secrets) for key, item in fields.items()}
