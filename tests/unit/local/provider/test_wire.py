import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from local.provider import wire

# Keys that the wire gives a meaning of its own are Pulumi's and never a program's.
KEYS = st.text(max_size=8).filter(lambda key: key != wire.SIGNATURE)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17"


def struct(**values):
    """A message as the engine sends it."""
    message = struct_pb2.Struct()
    message.update(values)
    return message


def secret(value):
    return {wire.SIGNATURE: SECRET_SIGNATURE, "value": value}


def output(**members):
    return {wire.SIGNATURE: OUTPUT_SIGNATURE, **members}


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_what_is_encoded_decodes_to_the_same(values, data):
    names = data.draw(st.sets(st.sampled_from(sorted(values))) if values else st.just(set()))
    message = wire.encode(values, names)
    assert wire.decode(struct_pb2.Struct.FromString(message.SerializeToString())) == (
        values,
        frozenset(names),
    )


def test_whole_numbers_become_int_and_others_stay_float():
    values, _ = wire.decode(struct(whole=3, half=0.5, on=True))
    assert [(v, type(v)) for v in (values["whole"], values["half"], values["on"])] == [
        (3, int),
        (0.5, float),
        (True, bool),
    ]


def test_a_secret_anywhere_hides_the_property_it_is_in():
    message = struct(plain="a", whole=secret("b"), nested={"list": [1, secret({"c": secret(2)})]})
    assert wire.decode(message) == (
        {"plain": "a", "whole": "b", "nested": {"list": [1, {"c": 2}]}},
        frozenset({"whole", "nested"}),
    )


def test_an_output_is_its_value_and_one_without_is_unknown():
    message = struct(
        known=output(value="a", secret=False, dependencies=[]),
        hidden=output(value="b", secret=True),
        unknown=output(secret=True),
    )
    assert wire.decode(message) == (
        {"known": "a", "hidden": "b", "unknown": wire.UNKNOWN},
        frozenset({"hidden", "unknown"}),
    )


def test_an_encoded_secret_carries_the_engines_mark():
    fields = wire.encode({"value": "x"}, {"value"}).fields["value"].struct_value.fields
    assert fields[wire.SIGNATURE].string_value == SECRET_SIGNATURE
    assert fields["value"].string_value == "x"


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        (wire.UNKNOWN, True),
        ({"a": [{"b": wire.UNKNOWN}]}, True),
        ({"a": [{"b": "known"}], "c": None}, False),
        ([], False),
    ],
)
def test_an_unknown_is_found_at_any_depth(value, unknown):
    assert wire.has_unknown(value) is unknown


def test_assets_are_alike_by_content_wherever_it_lies(tmp_path):
    asset = {wire.SIGNATURE: ASSET_SIGNATURE, "hash": "abc", "path": "/a"}
    assert wire.is_asset(asset)
    assert not wire.is_asset({"path": "/a"})
    assert wire.same(asset, {**asset, "path": "/b"})
    assert not wire.same(asset, {**asset, "hash": "def"})
    assert wire.same("a", "a")
    assert not wire.same("a", asset)


def test_an_asset_is_a_text_or_a_file(tmp_path):
    file = tmp_path / "model"
    file.write_bytes(b"\x00\xff")
    assert wire.asset_bytes({"text": "grün"}) == b"gr\xc3\xbcn"
    assert wire.asset_bytes({"path": str(file)}) == b"\x00\xff"
    with pytest.raises(FileNotFoundError):
        wire.asset_bytes({"path": str(tmp_path / "nothing")})
