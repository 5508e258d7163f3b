import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from local.provider import diff, wire
from local.provider.diff import Change
from local.provider.types import RESOURCE_TYPES

ENDPOINT = RESOURCE_TYPES["aws:sagemaker/endpoint:Endpoint"]
CONFIGURATION = RESOURCE_TYPES["aws:sagemaker/endpointConfiguration:EndpointConfiguration"]
ALARM = RESOURCE_TYPES["aws:cloudwatch/metricAlarm:MetricAlarm"]
API = RESOURCE_TYPES["aws:apigateway/restApi:RestApi"]
ROLLBACK = {"alarms": [{"alarmName": "errors"}]}
BLUE_GREEN = {"trafficRoutingConfiguration": {"type": "ALL_AT_ONCE", "waitIntervalInSeconds": 0}}


def test_a_change_is_told_where_it_is():
    old = {"name": "a", "tags": {"a.b": "1", "c": "2"}, "threshold": 1}
    new = {"name": "a", "tags": {"a.b": "3"}, "threshold": 1, "statistic": "Sum"}
    assert diff.changes(ALARM, old, new) == [
        Change("statistic", "statistic", "ADD", False),
        Change('tags["a.b"]', "tags", "UPDATE", False),
        Change("tags.c", "tags", "DELETE", False),
    ]


def test_a_change_in_a_list_is_told_by_its_place():
    variants = [{"variantName": "a", "initialInstanceCount": 1}]
    grown = [{"variantName": "a", "initialInstanceCount": 2}, {"variantName": "b"}]
    old, new = {"productionVariants": variants}, {"productionVariants": grown}
    assert diff.changes(CONFIGURATION, old, new) == [
        Change("productionVariants[0].initialInstanceCount", "productionVariants", "UPDATE", True),
        Change("productionVariants[1]", "productionVariants", "ADD", True),
    ]


def test_what_is_ignored_is_no_change():
    old = {"productionVariants": [{"initialInstanceCount": 1, "modelName": "a"}]}
    new = {"productionVariants": [{"initialInstanceCount": 2, "modelName": "b"}]}
    for ignored in (
        "productionVariants[0].initialInstanceCount",
        "productionVariants[*].initialInstanceCount",
    ):
        [change] = diff.changes(CONFIGURATION, old, new, [ignored])
        assert change.path == "productionVariants[0].modelName"
    assert diff.changes(CONFIGURATION, old, new, ["productionVariants"]) == []


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        (None, {"blueGreenUpdatePolicy": BLUE_GREEN}, False),
        (
            {"blueGreenUpdatePolicy": BLUE_GREEN},
            {"blueGreenUpdatePolicy": BLUE_GREEN, "autoRollbackConfiguration": ROLLBACK},
            True,
        ),
        (
            None,
            {"blueGreenUpdatePolicy": BLUE_GREEN, "autoRollbackConfiguration": ROLLBACK},
            True,
        ),
        (
            {"autoRollbackConfiguration": ROLLBACK},
            {"autoRollbackConfiguration": {"alarms": [{"alarmName": "latency"}]}},
            False,
        ),
        ({"autoRollbackConfiguration": ROLLBACK}, None, True),
    ],
    ids=["a policy", "alarms beside it", "both", "other alarms", "none any more"],
)
def test_roll_back_alarms_that_come_or_go_replace_an_endpoint(old, new, replaced):
    """As upstream has it: an endpoint that gets its first alarm is made anew."""
    before = {"name": "e", "deploymentConfig": old}
    found = diff.changes(ENDPOINT, before, {"name": "e", "deploymentConfig": new})
    assert any(change.replaces for change in found) is replaced


def test_a_document_with_other_spaces_is_no_change():
    old, new = {"policy": '{"Version": "1"}'}, {"policy": '{ "Version":"1" }'}
    assert diff.changes(API, old, new) == []


def test_the_answer_names_the_properties_and_details_the_paths():
    found = [
        Change("a[0].b", "a", "UPDATE", True),
        Change("a[1]", "a", "ADD", False),
        Change("c", "c", "DELETE", False),
    ]
    answer = diff.response(found, delete_first=True)
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert (list(answer.diffs), list(answer.replaces)) == (["a", "c"], ["a"])
    assert {path: detail.kind for path, detail in answer.detailedDiff.items()} == {
        "a[0].b": pb.PropertyDiff.Kind.UPDATE_REPLACE,
        "a[1]": pb.PropertyDiff.Kind.ADD,
        "c": pb.PropertyDiff.Kind.DELETE,
    }
    assert answer.deleteBeforeReplace
    assert not diff.response(found, delete_first=False).deleteBeforeReplace
    assert not diff.response(found[1:], delete_first=True).deleteBeforeReplace
    assert diff.response([], delete_first=True).changes == pb.DiffResponse.DIFF_NONE


def test_what_is_not_known_yet_is_a_change():
    [change] = diff.changes(API, {"body": "{}"}, {"body": wire.UNKNOWN})
    assert (change.path, change.verb) == ("body", "UPDATE")


def test_tags_alone_do_nothing_to_the_resource_itself():
    assert not diff.changes_more_than_tags(API, {"tags": {}}, {"tags": {"a": "1"}})
    assert diff.changes_more_than_tags(API, {"name": "a"}, {"name": "b", "tags": {"a": "1"}})
