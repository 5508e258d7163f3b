import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider import contract
from local.provider.live import live_properties, plain
from local.provider.mapping import Translation

ALARM = contract.operation("cloudwatch", "PutMetricAlarm").input_shape
API = contract.operation("apigateway", "CreateRestApi").input_shape
CONFIGURATION = contract.operation("sagemaker", "CreateEndpointConfig").input_shape
MODEL = contract.operation("sagemaker", "CreateModel").input_shape
PLAN = contract.operation("apigateway", "CreateUsagePlan").input_shape
ROLE = contract.operation("iam", "CreateRole").input_shape
SCHEDULE = contract.operation("application-autoscaling", "PutScheduledAction").input_shape
STAGE = contract.operation("apigateway", "CreateStage").input_shape
THROTTLES = {
    "renames": {"apiStages.throttles": "throttle"},
    "keyed_by": {"apiStages.throttles": "path"},
}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []}, indent=1)


def live(shape, sent, record, **names):
    return live_properties(Translation(**names), shape, sent, record)


@pytest.mark.parametrize(
    ("shape", "sent", "record", "now"),
    [
        (STAGE, {"variables": {"a": "1"}}, {"variables": {"a": "2", "b": "3"}},
         {"variables": {"a": "2", "b": "3"}}),
        (STAGE, {"variables": {"a": "1"}}, {"variables": {"a": "1", "b": "3"}},
         {"variables": {"a": "1", "b": "3"}}),
        (MODEL, {"primaryContainer": {"image": "i", "environment": {"a": "1"}}},
         {"PrimaryContainer": {"Image": "i", "Mode": "X", "Environment": {"a": "1", "b": "2"}}},
         {"primaryContainer": {"image": "i", "environment": {"a": "1", "b": "2"}}}),
        (STAGE, {"description": "a"}, {}, {}),
        (STAGE, {"description": "a"}, {"description": "b"}, {"description": "b"}),
        (STAGE, {}, {"description": "b"}, {}),
        (STAGE, {"region": "r", "description": None}, {"description": "b"},
         {"region": "r", "description": None}),
        (ALARM, {"dimensions": {"a": "1"}}, {"Dimensions": [{"Name": "a", "Value": "2"}]},
         {"dimensions": {"a": "2"}}),
        (API, {"endpointConfiguration": {"types": "EDGE"}},
         {"endpointConfiguration": {"types": ["REGIONAL"]}},
         {"endpointConfiguration": {"types": "REGIONAL"}}),
        (API, {"minimumCompressionSize": "5"}, {"minimumCompressionSize": 6},
         {"minimumCompressionSize": "6"}),
        (API, {"binaryMediaTypes": ["a/b"]}, {"binaryMediaTypes": ["a/b", "c/d"]},
         {"binaryMediaTypes": ["a/b", "c/d"]}),
        (API, {"binaryMediaTypes": []}, {"binaryMediaTypes": ["c/d"]},
         {"binaryMediaTypes": ["c/d"]}),
        (ROLE, {"assumeRolePolicyDocument": TRUST}, {"AssumeRolePolicyDocument": {"a": 1}},
         {"assumeRolePolicyDocument": '{"a": 1}'}),
        (SCHEDULE, {"startTime": "2026-01-01T00:00:00Z"},
         {"StartTime": datetime(2026, 3, 1, 12, tzinfo=UTC)},
         {"startTime": "2026-03-01T12:00:00Z"}),
    ],
)  # fmt: skip
def test_drift_shows_in_the_terms_of_what_was_sent(shape, sent, record, now):
    assert live(shape, sent, record) == now


@pytest.mark.parametrize(
    ("shape", "sent", "record"),
    [
        (ROLE, {"assumeRolePolicyDocument": TRUST},
         {"AssumeRolePolicyDocument": json.loads(TRUST)}),
        (API, {"minimumCompressionSize": "5"}, {"minimumCompressionSize": 5}),
        (API, {"binaryMediaTypes": []}, {}),
        (ALARM, {"dimensions": {}}, {"Dimensions": []}),
        (SCHEDULE, {"startTime": "2026-03-01T13:00:00+01:00"},
         {"StartTime": datetime(2026, 3, 1, 12, tzinfo=UTC)}),
        (CONFIGURATION,
         {"productionVariants": [{"routingConfigs": [{"routingStrategy": "RANDOM"}]}]},
         {"ProductionVariants": [{"RoutingConfig": {"RoutingStrategy": "RANDOM"}, "More": 1}]}),
    ],
)  # fmt: skip
def test_what_means_the_same_stays_as_it_was_sent(shape, sent, record):
    assert live(shape, sent, record) == sent


def test_items_that_came_and_blocks_that_changed_are_told():
    sent = {
        "productionVariants": [{"variantName": "a", "routingConfigs": [{"routingStrategy": "X"}]}]
    }
    record = {
        "ProductionVariants": [
            {"VariantName": "a", "RoutingConfig": {"RoutingStrategy": "Y"}},
            {"VariantName": "b", "InitialInstanceCount": 5},
        ]
    }
    assert live(CONFIGURATION, sent, record) == {
        "productionVariants": [
            {"variantName": "a", "routingConfigs": [{"routingStrategy": "Y"}]},
            {"variantName": "b"},
        ]
    }


def test_items_that_went_are_told():
    sent = {"productionVariants": [{"variantName": "a"}, {"variantName": "b"}]}
    record = {"ProductionVariants": [{"VariantName": "b"}]}
    assert live(CONFIGURATION, sent, record) == {"productionVariants": [{"variantName": "b"}]}


def test_a_map_that_was_sent_as_a_list_is_told_as_one():
    sent = {"apiStages": [{"apiId": "a", "throttles": [{"path": "/x/GET", "rateLimit": 5}]}]}
    limits = {"/x/GET": {"rateLimit": 6.0, "burstLimit": 1}, "/y/GET": {"rateLimit": 7.0}}
    record = {"apiStages": [{"apiId": "a", "throttle": limits}]}
    assert live(PLAN, sent, record, **THROTTLES) == {
        "apiStages": [
            {
                "apiId": "a",
                "throttles": [
                    {"path": "/x/GET", "rateLimit": 6.0},
                    {"path": "/y/GET", "rateLimit": 7.0},
                ],
            }
        ]
    }


def test_items_of_a_map_keep_the_order_in_which_they_were_sent():
    throttles = [{"path": "/y/GET", "rateLimit": 7}, {"path": "/x/GET", "rateLimit": 5}]
    sent = {"apiStages": [{"apiId": "a", "throttles": throttles}]}
    limits = {"/x/GET": {"rateLimit": 5.0}, "/y/GET": {"rateLimit": 7.0}}
    record = {"apiStages": [{"apiId": "a", "throttle": limits}]}
    assert live(PLAN, sent, record, **THROTTLES) == sent
    limits["/a/GET"] = {"rateLimit": 1.0}
    [stage] = live(PLAN, sent, record, **THROTTLES)["apiStages"]
    assert stage["throttles"] == [*throttles, {"path": "/a/GET", "rateLimit": 1.0}]


def test_a_way_into_a_structure_is_followed_back():
    names = {"renames": {"metricQueries": "Metrics", "metricQueries.metric": "MetricStat",
                         "metricQueries.metric.namespace": "Metric.Namespace"}}  # fmt: skip
    sent = {"metricQueries": [{"id": "a", "metric": {"namespace": "x", "stat": "Sum"}}]}
    stat = {"Metric": {"Namespace": "y", "MetricName": "n"}, "Stat": "Sum"}
    now = {"metricQueries": [{"id": "a", "metric": {"namespace": "y", "stat": "Sum"}}]}
    assert live(ALARM, sent, {"Metrics": [{"Id": "a", "MetricStat": stat}]}, **names) == now
    now = {"metricQueries": [{"id": "a", "metric": {"stat": "Sum"}}]}
    assert (
        live(ALARM, sent, {"Metrics": [{"Id": "a", "MetricStat": {"Stat": "Sum"}}]}, **names) == now
    )


VARIANT = st.fixed_dictionaries(
    {"variantName": st.text(min_size=1), "initialInstanceCount": st.integers(1, 9)},
    optional={
        "initialVariantWeight": st.floats(0, 9),
        "serverlessConfig": st.fixed_dictionaries({"maxConcurrency": st.integers(1, 200)}),
    },
)


@given(st.lists(VARIANT, min_size=1), st.lists(VARIANT, min_size=1))
def test_what_was_sent_reads_back_as_it_was_sent(sent, other):
    names, properties = Translation(), {"productionVariants": sent}
    record = names.request(CONFIGURATION, properties)
    assert live_properties(names, CONFIGURATION, properties, record) == properties
    changed = names.request(CONFIGURATION, {"productionVariants": other})
    now = live_properties(names, CONFIGURATION, properties, changed)
    assert [variant["variantName"] for variant in now["productionVariants"]] == [
        variant["variantName"] for variant in other
    ]


def test_times_cross_the_wire_as_text():
    at = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
    assert plain({"a": [at], "b": 1}) == {"a": ["2026-03-01T12:00:05Z"], "b": 1}
