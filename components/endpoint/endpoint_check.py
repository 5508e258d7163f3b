"""Is what is live what was wanted?

A roll-out that AWS rolls back is reported as a success by the aws provider
(https://github.com/hashicorp/terraform-provider-aws/issues/46663), so the stack looks for itself:
after every create and update of an endpoint, which then fail, and in every other deploy.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from components.endpoint.live_endpoint import is_missing


class EndpointMismatch(Exception):
    """The live endpoint is not the one that was asked for."""


def check_live_endpoint(sagemaker: Any, name: str, wanted_configuration: str) -> None:
    """Raises EndpointMismatch if the live configuration is not the wanted one, in service.

    sagemaker: a boto3 client.
    """
    try:
        live = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if not is_missing(error):
            raise
        raise EndpointMismatch(
            f"{name}: nothing is live; wanted is {wanted_configuration}, InService. "
            "Run `pulumi up --refresh`."
        ) from error
    if problem := mismatch(name, wanted_configuration, live):
        raise EndpointMismatch(f"{name}: {problem}")


def mismatch(name: str, wanted_configuration: str, live: Mapping[str, str]) -> str | None:
    """What differs between DescribeEndpoint's answer and the wanted configuration, if anything.

    A failed endpoint can only be deleted.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
    """
    if live["EndpointConfigName"] == wanted_configuration and live["EndpointStatus"] == "InService":
        return None
    reason = live.get("FailureReason", "AWS gives no reason").removesuffix(".")
    failed = live["EndpointStatus"] == "Failed"
    delete = f", delete it (aws sagemaker delete-endpoint --endpoint-name {name})" if failed else ""
    return (
        f"live is {live['EndpointConfigName']}, {live['EndpointStatus']}; wanted is "
        f"{wanted_configuration}, InService. {reason}. Look into the endpoint's log group, mend "
        f"the cause{delete} and run `pulumi up --refresh`."
    )
