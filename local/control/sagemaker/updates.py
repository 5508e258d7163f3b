"""What UpdateEndpoint refuses, by what is live and what is wanted."""

from collections.abc import Collection

from local.control.sagemaker.endpoint import Deployment
from local.control.sagemaker.members import invalid


def check_update(
    name: str,
    live: Deployment,
    wanted: Deployment,
    *,
    registered: Collection[str],
    guarded: bool,
) -> None:
    """Raises AwsError for an update that AWS refuses.

    registered: variants that are scalable targets. guarded: whether there is a DeploymentConfig.
    """
    if live.plan.configuration == wanted.plan.configuration:
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
        raise invalid(
            f"EndpointConfigName is {wanted.plan.configuration}, which endpoint {name} has "
            "already. Allowed: a new endpoint configuration."
        )
    # The beginning of AWS's own message, as quoted in
    # https://github.com/aws/sagemaker-python-sdk/pull/3124
    if live.plan.asynchronous and not wanted.plan.asynchronous:
        raise invalid(
            f"The AsyncInferenceConfig parameter cannot be removed from this endpoint {name}."
        )
    # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    if any(v.serverless for v in wanted.plan.variants) and not any(
        v.serverless for v in live.plan.variants
    ):
        raise invalid(f"Endpoint {name} has instances and cannot become serverless.")
    _check_scalable(live, wanted, registered)
    if guarded:
        _check_names(live, wanted)


def _check_scalable(live: Deployment, wanted: Deployment, registered: Collection[str]) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html"""
    soon = _machines(wanted)
    changed = [
        variant
        for variant, machines in _machines(live).items()
        if variant in registered and soon.get(variant) != machines
    ]
    if changed:
        raise invalid(
            f'The variant(s) "[{", ".join(changed)}]" must be deregistered as scalable targets '
            "with AWS Auto Scaling before they can be removed or have their instance type updated."
        )


def _machines(deployment: Deployment) -> dict[str, str]:
    return {
        variant["VariantName"]: variant.get("InstanceType", "serverless")
        for variant in deployment.configuration["ProductionVariants"]
    }


def _check_names(live: Deployment, wanted: Deployment) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html"""
    now = {variant.name for variant in live.plan.variants}
    soon = {variant.name for variant in wanted.plan.variants}
    if now != soon:
        raise invalid(
            f"ProductionVariants are {', '.join(sorted(soon))}. Allowed with DeploymentConfig: "
            f"the names of the live ones, {', '.join(sorted(now))}."
        )
