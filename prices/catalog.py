"""Which product of AWS's Price List has the figure of which item.

Names stand for the product's own attributes: `hosting {instanceName}` is an item for each type.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Where a price stands. It must be told from all others: one product for each item."""

    item: str
    """As in prices.json."""
    unit: str
    service: str
    terms: Mapping[str, str]
    """Attributes and the values that they must have."""
    usage: str = ""
    """The usage type without its region: `KMS-Keys` of `eu-central-1-KMS-Keys`."""
    region_key: str = "regionCode"


def _sagemaker(item: str, unit: str, **terms: str) -> Figure:
    return Figure(item, unit, "AmazonSageMaker", terms)


def _lambda(item: str, unit: str, group: str) -> Figure:
    return Figure(item, unit, "AWSLambda", {"group": group})


def _by_usage(item: str, unit: str, service: str, usage: str, **terms: str) -> Figure:
    return Figure(item, unit, service, terms, usage)


_WARM = "ServerlessProvisionedConcurrency"

FIGURES = (
    _sagemaker("hosting {instanceName}", "hour", component="Hosting"),
    _sagemaker(
        "hosting storage",
        "GB-month",
        platoclassificationtype="Host:VolumeUsage",
        volumeType="General Purpose-Hosting",
    ),
    _sagemaker("hosting data in", "GB", group="Hosting:IN"),
    _sagemaker("hosting data out", "GB", group="Hosting:OUT"),
    _sagemaker("serverless inference", "GB-second", group="ServerlessInf", memorygb="1"),
    _sagemaker("provisioned serverless {memorygb} GB", "second", group=f"{_WARM}-Usage"),
    _sagemaker("provisioned serverless {memorygb} GB running", "second", group=f"{_WARM}-Duration"),
    _by_usage("REST requests", "request", "AmazonApiGateway", "ApiGatewayRequest"),
    _by_usage(
        "REST cache {cacheMemorySizeGb} GB",
        "hour",
        "AmazonApiGateway",
        "ApiGatewayCacheUsage:{cacheMemorySizeGb}GB",
    ),
    Figure(
        "transfer out",
        "GB",
        "AWSDataTransfer",
        {"transferType": "AWS Outbound"},
        "DataTransfer-Out-Bytes",
        "fromRegionCode",
    ),
    _lambda("Lambda requests", "request", "AWS-Lambda-Requests"),
    _lambda("Lambda x86_64", "GB-second", "AWS-Lambda-Duration"),
    _lambda("Lambda arm64", "GB-second", "AWS-Lambda-Duration-ARM"),
    _lambda("provisioned Lambda x86_64", "GB-second", "AWS-Lambda-Provisioned-Concurrency"),
    _lambda("provisioned Lambda arm64", "GB-second", "AWS-Lambda-Provisioned-Concurrency-ARM"),
    _by_usage("web ACL", "month", "awswaf", "WebACLV2"),
    _by_usage("web ACL rule", "month", "awswaf", "RuleV2"),
    _by_usage("web ACL requests", "request", "awswaf", "RequestV2-Tier1"),
    _by_usage("KMS key", "month", "awskms", "KMS-Keys"),
    _by_usage("alarm", "month", "AmazonCloudWatch", "CW:AlarmMonitorUsage"),
    _by_usage("high-resolution alarm", "month", "AmazonCloudWatch", "CW:HighResAlarmMonitorUsage"),
    _by_usage("dashboard", "month", "AmazonCloudWatch", "DashboardsUsageHour-Basic"),
    _by_usage(
        "interface endpoint", "hour", "AmazonVPC", "VpcEndpoint-Hours", endpointType="PrivateLink"
    ),
    _by_usage("NAT gateway", "hour", "AmazonEC2", "NatGateway-Hours", productFamily="NAT Gateway"),
    _by_usage("Kinesis shard", "hour", "AmazonKinesis", "Storage-ShardHour"),
    _by_usage("Kinesis on-demand stream", "hour", "AmazonKinesis", "OnDemand-StreamHour"),
    _by_usage("secret", "month", "AWSSecretsManager", "AWSSecretsManager-Secrets"),
)


def figure_of(item: str) -> Figure | None:
    """Where the price of an item stands; None for an item that nothing here gives."""
    exact = [figure for figure in FIGURES if figure.item == item]
    named = [figure for figure in FIGURES if re.fullmatch(_pattern(figure.item), item)]
    return next(iter(exact + named), None)


def _pattern(template: str) -> str:
    return re.sub(r"\{\w+\}", r"[^ ]+", template)
