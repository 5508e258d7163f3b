from datetime import timedelta

import pytest

from local.cloudwatch.query import parse_queries


def stat(name, period=60, **members):
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": "Own", "MetricName": name},
            "Period": period,
            "Stat": "Sum",
        },
    } | members


def expression(text, **members):
    return {"Id": "e1", "Expression": text} | members


def test_an_expression_is_over_the_metrics_that_it_names(metrics, clock):
    metrics.put("Own", "failed", {}, 1)
    metrics.put("Own", "all", {}, 4)
    clock.forward(minutes=1)
    [query] = parse_queries(
        [
            stat("failed", ReturnData=False),
            stat("all", ReturnData=False),
            expression("100 * failed / all"),
        ]
    ).values()
    assert query.series(metrics, [clock.now, clock.now + timedelta(minutes=1)]) == [25, None]


def test_what_is_returned_is_what_is_not_said_to_be_hidden():
    assert list(parse_queries([stat("a"), stat("b", ReturnData=False)])) == ["a"]


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ([{"Id": "a"}], "Query a needs either MetricStat or Expression."),
        ([stat("a", Expression="a")], "Query a needs either MetricStat or Expression."),
        (
            [stat("a", AccountId="123456789012")],
            "Query a: the local cloud does not have AccountId there.",
        ),
        (
            [stat("a"), expression("a", Period=60)],
            "Query e1: the local cloud does not have Period there.",
        ),
        ([stat("a"), stat("a")], "Id a comes twice. Every query needs an Id of its own."),
        ([stat("a"), expression("a / b")], "Expression 'a / b' uses b. Allowed: a."),
        (
            [expression("a")],
            "Expression 'a' uses a. Allowed: nothing, as no query is a MetricStat.",
        ),
        (
            [stat("a"), stat("b", period=300), expression("a / b")],
            "Expression 'a / b' is over metrics of different periods.",
        ),
    ],
)
def test_what_is_wrong_or_not_there_is_named(queries, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text follows
        parse_queries(queries)
    assert str(error.value) == message
