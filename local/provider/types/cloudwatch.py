"""CloudWatch: metric alarms."""

from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties


class _MetricAlarm(ResourceType):
    """Alarms are read and deleted by lists of names."""

    def address(self, resource_id: str, properties: Properties) -> Record:
        return {"AlarmNames": [properties["name"]]}


TYPES = (
    _MetricAlarm(
        pulumi_type="aws:cloudwatch/metricAlarm:MetricAlarm",
        service="cloudwatch",
        create="PutMetricAlarm",
        read="DescribeAlarms",
        update="PutMetricAlarm",
        delete="DeleteAlarms",
        key={"name": "AlarmName"},
        renames={
            "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
            "metricQueries": "Metrics",
            "metricQueries.metric": "MetricStat",
            "metricQueries.metric.dimensions": "Metric.Dimensions",
            "metricQueries.metric.metricName": "Metric.MetricName",
            "metricQueries.metric.namespace": "Metric.Namespace",
        },
        defaults={"metricQueries.returnData": False},
        record="MetricAlarms[0]",
        outputs={"arn": "AlarmArn"},
        tagging=Tagging(
            service="cloudwatch",
            tag="TagResource",
            untag="UntagResource",
            read="ListTagsForResource",
            address={"ResourceARN": "arn"},
        ),
        used=paths("""
            name comparisonOperator datapointsToAlarm dimensions evaluationPeriods
            extendedStatistic metricName metricQueries namespace period statistic threshold
            treatMissingData actionsEnabled alarmActions insufficientDataActions okActions
        """),
        inert=paths("alarmDescription unit"),
    ),
)
