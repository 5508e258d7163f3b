"""What the stack does around the aws provider's own steps on an endpoint, by resource hooks.

https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pulumi
from botocore.exceptions import BotoCoreError, ClientError

from components.bucket_names import artifact_bucket
from components.context import Context
from components.endpoint.endpoint_check import EndpointMismatch, check_live_endpoint
from components.endpoint.endpoint_leftovers import Leftovers
from components.endpoint.execution_role import role_name
from components.endpoint.scalable_targets import deregister_changed_variants


class EndpointHookError(Exception):
    """AWS did not let a hook do its work; the text says on what, why, and the fix."""


@dataclass(frozen=True)
class EndpointHooks:
    """The hooks of every endpoint of a program, registered once under fixed names.

    The engine finds those of an endpoint that the program no longer has by the names in its state.
    """

    binding: pulumi.ResourceHookBinding
    """Which hook runs when."""
    warn_unless_live: Callable[[str, str], None]
    """Endpoint, wanted configuration: a warning if another one is live, or nobody can tell.

    For every deploy: the engine runs no hook of an endpoint that it has nothing to do on. No more
    than a warning, since `pulumi destroy --run-program` runs the program as well, and an endpoint
    that was rolled back must not hold it up."""


def endpoint_hooks(
    context: Context, make_client: Callable[..., Any] = boto3.client
) -> EndpointHooks:
    """Registers the hooks. make_client: makes the clients that they use, as boto3.client."""

    def client(service: str) -> Any:
        return make_client(service, region_name=context.region)

    def leftovers(args: pulumi.ResourceHookArgs) -> Leftovers:
        return Leftovers(
            client("sagemaker"),
            client("s3"),
            endpoint_name=args.id,
            models_begin_with=f"{args.name}-",
            role_arn=f"arn:aws:iam::{context.account_id}:role/{role_name(args.id)}",
            artifact_bucket=artifact_bucket(context),
        )

    def deregister(args: pulumi.ResourceHookArgs) -> None:
        with _explained(args.id, "variants that change were not taken from autoscaling"):
            gone = deregister_changed_variants(
                client("sagemaker"), client("application-autoscaling"), args.id, _wanted(args)
            )
        if gone:
            pulumi.log.info(
                f"{args.id}: {', '.join(gone)} no longer scaled while the update runs. Should it "
                "fail, `pulumi up --refresh` scales them again."
            )

    def check(args: pulumi.ResourceHookArgs) -> None:
        with _explained(args.id, "what is live was not read"):
            check_live_endpoint(client("sagemaker"), args.id, _wanted(args))

    def warn_unless_live(endpoint_name: str, configuration: str) -> None:
        try:
            with _explained(endpoint_name, "whether what is live is what was wanted is not known"):
                check_live_endpoint(client("sagemaker"), endpoint_name, configuration)
        except (EndpointMismatch, EndpointHookError) as problem:
            pulumi.log.warn(str(problem))

    def prune(args: pulumi.ResourceHookArgs) -> None:
        before = (args.old_outputs or {}).get("endpointConfigName")
        with _explained(args.id, "the update is done, but what it replaced was not removed"):
            leftovers(args).prune(_wanted(args), before)

    def remove(args: pulumi.ResourceHookArgs) -> None:
        with _explained(args.id, "the endpoint is gone, but what it used was not removed"):
            leftovers(args).remove()

    checking = pulumi.ResourceHook("check-live-endpoint", check)
    pruning = pulumi.ResourceHook(
        "prune-leftovers",
        prune,
        # A warning: a failure would end the deploy before the variants are scaled again.
        pulumi.ResourceHookOptions(ignore_errors=True),
    )
    return EndpointHooks(
        pulumi.ResourceHookBinding(
            before_update=[pulumi.ResourceHook("deregister-changed-variants", deregister)],
            after_create=[checking],
            # In this order: what a roll-back returned to is not pruned.
            after_update=[checking, pruning],
            after_delete=[pulumi.ResourceHook("remove-leftovers", remove)],
        ),
        warn_unless_live,
    )


def _wanted(args: pulumi.ResourceHookArgs) -> str:
    """The wanted configuration. Not the outputs': the provider reads those from what is live."""
    name: str = (args.new_inputs or {})["endpointConfigName"]
    return name


@contextmanager
def _explained(endpoint_name: str, consequence: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise EndpointHookError(
            f"{endpoint_name}: {consequence} ({error}). Mend that, mostly a permission of the "
            "deployer, and deploy again."
        ) from error
