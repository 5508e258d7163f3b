"""After every create and update of an endpoint: is what is live what was wanted?

A roll-out that AWS rolls back is reported as a success by the aws provider
(https://github.com/hashicorp/terraform-provider-aws/issues/46663), so the stack looks for itself.
"""

from collections.abc import Callable
from typing import Any

import boto3
import pulumi


class EndpointMismatch(Exception):
    """The live endpoint is not the one that was asked for."""


def check_live_endpoint(
    region: str, make_client: Callable[..., Any] = boto3.client
) -> pulumi.ResourceHook:
    """A hook that fails the deployment when the live configuration is not the wanted one.

    The hook raises EndpointMismatch. make_client: makes the client that looks, as boto3.client.
    """

    def check(args: pulumi.ResourceHookArgs) -> None:
        # Not the outputs: the aws provider reads those back from the live endpoint.
        wanted = (args.new_inputs or {})["endpointConfigName"]
        client = make_client("sagemaker", region_name=region)
        live = client.describe_endpoint(EndpointName=args.id)
        if problem := mismatch(wanted, live):
            raise EndpointMismatch(f"{args.id}: {problem}")

    return pulumi.ResourceHook("check-live-endpoint", check)


def mismatch(wanted_configuration: str, live: dict[str, str]) -> str | None:
    """What differs between DescribeEndpoint's answer and the wanted configuration, if anything."""
    if live["EndpointConfigName"] == wanted_configuration and live["EndpointStatus"] == "InService":
        return None
    reason = live.get("FailureReason", "AWS gives no reason").removesuffix(".")
    return (
        f"live is {live['EndpointConfigName']}, {live['EndpointStatus']}; wanted is "
        f"{wanted_configuration}, InService. {reason}. Look into the endpoint's log group, mend "
        "the cause and run `pulumi up` again."
    )
