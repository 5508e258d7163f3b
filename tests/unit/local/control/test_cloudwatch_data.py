from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.cloudwatch.metrics import Metrics
from local.control.cloudwatch_data import MetricData
from local.control.service import Service

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IRIS = [{"Name": "EndpointName", "Value": "iris"}]
LATENCY = {"Namespace": "Own", "MetricName": "Latency", "Dimensions": IRIS}


@pytest.fixture
def cloudwatch(aws, services):
    data = MetricData(lambda: NOON, Metrics(lambda: NOON))
    services.services["monitoring"] = Service("cloudwatch", data.handlers())
    return aws.client("cloudwatch")


def put(cloudwatch, **datum):
    datum = {"MetricName": "Latency", "Dimensions": IRIS} | datum
    cloudwatch.put_metric_data(Namespace="Own", MetricData=[datum])


def statistics(cloudwatch, **query):
    query = {"StartTime": NOON - 5 * MINUTE, "EndTime": NOON + MINUTE, "Period": 60} | query
    found = cloudwatch.get_metric_statistics(**LATENCY, **query)
    assert found["Label"] == "Latency"
    return found["Datapoints"]


def test_values_that_were_put_are_read_as_statistics(cloudwatch):
    put(cloudwatch, Value=1.0, Timestamp=NOON - 2 * MINUTE, Unit="Seconds")
    put(cloudwatch, Values=[2.0, 5.0], Counts=[3.0, 1.0])
    assert statistics(cloudwatch, Statistics=["Sum", "SampleCount"]) == [
        {"Timestamp": NOON - 2 * MINUTE, "Sum": 1.0, "SampleCount": 1.0, "ExtendedStatistics": {}},
        {"Timestamp": NOON, "Sum": 11.0, "SampleCount": 4.0, "ExtendedStatistics": {}},
    ]
    assert statistics(cloudwatch, Period=360, ExtendedStatistics=["p50", "p99.9"]) == [
        {"Timestamp": NOON - 5 * MINUTE, "ExtendedStatistics": {"p50": 2.0, "p99.9": 5.0}}
    ]


def test_a_request_that_botocore_compresses_is_read(cloudwatch):
    data = [{"MetricName": f"metric-{n}", "Value": float(n)} for n in range(500)]
    cloudwatch.put_metric_data(Namespace="Own", MetricData=data)
    assert len(cloudwatch.list_metrics()["Metrics"]) == 500


def test_a_summary_has_all_but_percentiles(cloudwatch):
    put(
        cloudwatch,
        StatisticValues={"SampleCount": 4.0, "Sum": 10.0, "Minimum": 1.0, "Maximum": 4.0},
    )
    [point] = statistics(
        cloudwatch, Statistics=["Average", "Minimum", "Maximum"], ExtendedStatistics=["p50"]
    )
    assert (point["Average"], point["Minimum"], point["Maximum"]) == (2.5, 1.0, 4.0)
    assert point["ExtendedStatistics"] == {}


def test_a_summary_of_equal_values_has_percentiles_too(cloudwatch):
    put(
        cloudwatch,
        StatisticValues={"SampleCount": 4.0, "Sum": 8.0, "Minimum": 2.0, "Maximum": 2.0},
    )
    [point] = statistics(cloudwatch, ExtendedStatistics=["p50"])
    assert point["ExtendedStatistics"] == {"p50": 2.0}


def test_several_queries_and_an_expression_are_answered_at_once(cloudwatch):
    for ago in range(3):
        put(cloudwatch, Value=float(ago), Timestamp=NOON - ago * MINUTE)
    metric = {"Metric": LATENCY, "Period": 60, "Stat": "Sum"}
    query = {
        "MetricDataQueries": [
            {"Id": "m1", "MetricStat": metric, "Label": "Latency"},
            {"Id": "e1", "Expression": "10 * m1"},
        ],
        "StartTime": NOON - 2 * MINUTE,
        "EndTime": NOON + 2 * MINUTE,
    }
    newest_first = [NOON, NOON - MINUTE, NOON - 2 * MINUTE]
    assert cloudwatch.get_metric_data(**query)["MetricDataResults"] == [
        {
            "Id": "m1",
            "Label": "Latency",
            "Timestamps": newest_first,
            "Values": [0.0, 1.0, 2.0],
            "StatusCode": "Complete",
        },
        {
            "Id": "e1",
            "Label": "e1",
            "Timestamps": newest_first,
            "Values": [0.0, 10.0, 20.0],
            "StatusCode": "Complete",
        },
    ]
    oldest_first = cloudwatch.get_metric_data(**query, ScanBy="TimestampAscending")
    assert oldest_first["MetricDataResults"][0]["Values"] == [2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Errors", "Latency"]),
        ({"Namespace": "Other"}, []),
        ({"MetricName": "Errors"}, ["Errors"]),
        ({"Dimensions": [{"Name": "EndpointName"}]}, ["Latency"]),
        ({"Dimensions": IRIS}, ["Latency"]),
        ({"Dimensions": [{"Name": "EndpointName", "Value": "other"}]}, []),
    ],
)
def test_metrics_are_found_by_what_they_are(cloudwatch, query, found):
    put(cloudwatch, Value=1.0)
    put(cloudwatch, Value=1.0, MetricName="Errors", Dimensions=[])
    metrics = cloudwatch.list_metrics(**query)["Metrics"]
    assert [metric["MetricName"] for metric in metrics] == found


@pytest.mark.parametrize(
    ("datum", "message"),
    [
        ({"Value": float("nan")}, "Latency: a metric takes neither NaN nor infinity."),
        ({}, "Latency needs one of Value, Values and StatisticValues."),
        (
            {"Value": 1.0, "Values": [1.0]},
            "Latency needs one of Value, Values and StatisticValues.",
        ),
        ({"Values": [1.0], "Counts": [1.0, 2.0]}, "Latency has 1 Values and 2 Counts."),
        (
            {"Value": 1.0, "StorageResolution": 1},
            "Latency: the local cloud keeps metrics by the minute, StorageResolution 60.",
        ),
        (
            {"Value": 1.0, "Timestamp": NOON + timedelta(hours=3)},
            "Latency at 2026-03-01 15:00 is over 2 hours ahead.",
        ),
        (
            {"Value": 1.0, "Timestamp": NOON - timedelta(days=4)},
            "2026-02-25 12:00 is past the 3 days that are kept.",
        ),
    ],
)
def test_a_value_that_cannot_be_taken_is_named_and_nothing_is(cloudwatch, datum, message):
    good = {"MetricName": "Latency", "Value": 1.0}
    with pytest.raises(ClientError) as error:
        cloudwatch.put_metric_data(
            Namespace="Own", MetricData=[good, {"MetricName": "Latency"} | datum]
        )
    assert error.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert error.value.response["Error"]["Message"] == message
    assert cloudwatch.list_metrics()["Metrics"] == []


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        (
            "PutMetricData",
            {"Namespace": "AWS/SageMaker", "MetricData": []},
            "Namespace AWS/SageMaker: those that begin with AWS/ are AWS's own.",
        ),
        (
            "PutMetricData",
            {"Namespace": "Own", "EntityMetricData": []},
            "the local cloud does not have EntityMetricData of PutMetricData",
        ),
        (
            "ListMetrics",
            {"RecentlyActive": "PT3H"},
            "the local cloud does not have RecentlyActive of ListMetrics",
        ),
        (
            "GetMetricStatistics",
            LATENCY | {"StartTime": NOON, "EndTime": NOON, "Period": 60, "Statistics": ["Sum"]},
            "StartTime must be before EndTime.",
        ),
        (
            "GetMetricStatistics",
            LATENCY | {"StartTime": NOON, "EndTime": NOON + MINUTE, "Period": 60},
            "GetMetricStatistics needs Statistics or ExtendedStatistics.",
        ),
        (
            "GetMetricStatistics",
            LATENCY
            | {"StartTime": NOON - timedelta(days=2), "EndTime": NOON, "Period": 60}
            | {"Statistics": ["Sum"]},
            "2880 data points are asked for. Allowed: 1440. Take a longer Period or less time.",
        ),
    ],
)
def test_what_cannot_be_done_is_answered_as_an_error(aws, cloudwatch, operation, request_, message):
    with pytest.raises(ClientError) as error:
        aws.call("cloudwatch", operation, request_)
    assert error.value.response["Error"]["Message"] == message
