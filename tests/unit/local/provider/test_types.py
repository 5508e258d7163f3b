"""The tables against pulumi_aws, which they stand in for, and against botocore's models."""

import pytest

from local.provider import contract, force_new
from local.provider.mapping import shape_at
from local.provider.types import RESOURCE_TYPES
from tests.unit.local.provider import sdk


def follow(names, shape, steps):
    """The shape to which a property's path leads, through lists and maps."""
    path = ""
    for step in steps:
        while shape.type_name in ("list", "map"):
            shape = shape.member if shape.type_name == "list" else shape.value
        shape = shape_at(shape, names.members(shape, step, path))
        path += f"{step}."
    return shape


def after_create(kind):
    """Properties that a patch sets, so that the creating operation lacks them."""
    if kind.pulumi_type.startswith("aws:apigateway/methodSettings"):
        return {path for path in kind.used | kind.inert if path not in kind.key}
    return getattr(kind, "after_create", frozenset())


EVERY_TYPE = pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=RESOURCE_TYPES)


@EVERY_TYPE
def test_every_operation_of_a_type_is_one_of_its_service(kind):
    names = contract.service_model(kind.service).operation_names
    assert {kind.create, kind.read, kind.delete, kind.update or kind.read} <= set(names)
    if kind.tagging:
        assert {kind.tagging.tag, kind.tagging.untag, kind.tagging.read} <= set(names)


@EVERY_TYPE
def test_every_property_in_the_tables_is_one_of_pulumi_aws(kind):
    named = {*kind.key, *kind.renames, *kind.keyed_by, *kind.defaults, *kind.not_sent}
    named |= set(kind.found_at)
    named |= {kind.named_by, kind.prefixed_by} - {""}
    assert [
        path for path in named | kind.used | kind.inert if not sdk.has(kind.pulumi_type, path)
    ] == []


@EVERY_TYPE
def test_every_property_that_is_sent_has_a_member_in_the_api(kind):
    handled = {*kind.not_sent, *kind.found_at, kind.prefixed_by}
    shape = kind.shape(kind.create)
    for path in kind.used | kind.inert:
        if path.split(".")[0] not in handled and path not in after_create(kind):
            assert follow(kind.names, shape, path.split(".")) is not None, path


@EVERY_TYPE
def test_every_output_is_one_of_pulumi_aws(kind):
    assert set(kind.output_names()) | kind.moving | kind.secrets <= sdk.outputs(kind.pulumi_type)


@EVERY_TYPE
def test_a_type_takes_tags_where_pulumi_aws_has_them(kind):
    assert (kind.tagging is not None) == sdk.has(kind.pulumi_type, "tags")


@EVERY_TYPE
def test_no_property_is_both_used_and_inert(kind):
    assert not kind.used & kind.inert


@EVERY_TYPE
def test_what_is_handled_is_listed_as_used_or_inert(kind):
    listed = kind.used | kind.inert
    handled = {*kind.key, *kind.not_sent, *kind.found_at, kind.named_by, kind.prefixed_by} - {""}
    assert handled <= listed


def test_the_facts_on_replacement_are_of_our_types_and_of_properties_of_pulumi_aws():
    assert set(force_new.table()["replaces"]) == set(RESOURCE_TYPES)
    for column in ("replaces", "replaces_when_added_or_removed"):
        for token, paths in force_new.table()[column].items():
            assert [path for path in paths if not sdk.has(token, path)] == []


@EVERY_TYPE
def test_what_identifies_a_resource_replaces_it(kind):
    assert set(kind.key) <= set(force_new.table()["replaces"][kind.pulumi_type])


@EVERY_TYPE
def test_what_no_api_can_update_replaces(kind):
    if kind.update is None:
        steering = {"tags", "region", *kind.not_sent}
        in_place = sdk.inputs(kind.pulumi_type).keys() & (kind.used | kind.inert) - steering
        assert in_place <= set(force_new.table()["replaces"][kind.pulumi_type])
