"""One endpoint as the control plane knows it, and how DescribeEndpoint tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from local.control.records import Record
from local.control.sagemaker.plans import captures
from local.sagemaker.plan import EndpointPlan, ServerlessPlan, VariantPlan
from local.sagemaker.rollout import Stage

Counts = Mapping[str, tuple[int, int]]
"""Instances by variant: how many there are, and how many there are to be."""

UNDER_WAY = frozenset({"Creating", "Updating", "Deleting"})


@dataclass(frozen=True)
class Deployment:
    """An endpoint configuration on an endpoint, at the moment or soon."""

    configuration: Record
    """As it was when it was put there; the configuration itself may be gone."""
    plan: EndpointPlan
    """What it has become since, by scaling and by other weights."""
    since: datetime
    stage: Stage | None = None
    """While it is rolled out."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint at one moment."""

    name: str
    arn: str
    status: str
    created: datetime
    modified: datetime
    configuration_name: str
    """The live configuration; before there is one, that which is coming."""
    live: Deployment | None = None
    pending: Deployment | None = None
    wanted: EndpointPlan | None = None
    """What the live plan is being scaled to, while it is."""
    failure_reason: str | None = None
    deployment_config: Record | None = None
    """Of the last roll-out, where it had one."""

    def description(self, counts: Counts) -> Record:
        """As DescribeEndpoint has it. counts: of the fleet that serves.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
        """
        answer: Record = {
            **self.summary(),
            "EndpointConfigName": self.configuration_name,
            "FailureReason": self.failure_reason,
            "LastDeploymentConfig": self.deployment_config,
        }
        if self.live:
            answer |= _live(self.live, self.wanted or self.live.plan, counts)
        if self.pending:
            answer["PendingDeploymentSummary"] = _pending(self.pending)
        return {member: value for member, value in answer.items() if value is not None}

    def summary(self) -> Record:
        """As ListEndpoints has it."""
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointStatus": self.status,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
        }

    def at_stage(self, stage: Stage) -> "Endpoint":
        """The endpoint with its pending deployment at a stage."""
        return replace(self, pending=self.pending and replace(self.pending, stage=stage))

    def settled(self, live: Deployment | None, reason: str | None, now: datetime) -> "Endpoint":
        """The endpoint after a change. live: what came of it; None if it failed, for a reason.

        As on AWS only the reason tells of a failed update: what served before is in service.
        """
        live = live or self.live
        return replace(
            self,
            status="InService" if live else "Failed",
            configuration_name=live.plan.configuration if live else self.configuration_name,
            live=live,
            pending=None,
            wanted=None,
            failure_reason=reason,
            modified=now,
        )


def _live(live: Deployment, wanted: EndpointPlan, counts: Counts) -> Record:
    plan = live.plan
    answer: Record = {"ProductionVariants": _variants(live, plan.variants, wanted.variants, counts)}
    if plan.shadows:
        answer["ShadowProductionVariants"] = _variants(live, plan.shadows, wanted.shadows, counts)
    if asynchronous := live.configuration.get("AsyncInferenceConfig"):
        answer["AsyncInferenceConfig"] = asynchronous
    if capture := live.configuration.get("DataCaptureConfig"):
        enabled = captures(capture)
        key = {"KmsKeyId": capture["KmsKeyId"]} if "KmsKeyId" in capture else {}
        answer["DataCaptureConfig"] = {
            "EnableCapture": enabled,
            "CaptureStatus": "Started" if enabled else "Stopped",
            "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
            "DestinationS3Uri": capture["DestinationS3Uri"],
        } | key
    return answer


def _pending(pending: Deployment) -> Record:
    plan = pending.plan
    variants = [*plan.variants, *plan.shadows]
    ready = pending.stage not in (None, Stage.CREATING)
    counts = {variant.name: (variant.instances if ready else 0, 0) for variant in variants}
    answer: Record = {
        "EndpointConfigName": plan.configuration,
        "StartTime": pending.since,
        "ProductionVariants": _variants(pending, plan.variants, plan.variants, counts),
    }
    if plan.shadows:
        shadows = _variants(pending, plan.shadows, plan.shadows, counts)
        answer["ShadowProductionVariants"] = shadows
    return answer


def _variants(
    deployment: Deployment,
    current: Sequence[VariantPlan],
    wanted: Sequence[VariantPlan],
    counts: Counts,
) -> list[Record]:
    return [
        _images(deployment, now)
        | {"CurrentWeight": now.weight, "DesiredWeight": soon.weight}
        | _capacity(now, soon, counts)
        for now, soon in zip(current, wanted, strict=True)
    ]


def _images(deployment: Deployment, variant: VariantPlan) -> Record:
    """Only an image that was given by digest is resolved: there is no registry here to ask."""
    image = variant.model.image
    deployed = {"SpecifiedImage": image, "ResolutionTime": deployment.since}
    if "@" in image:
        deployed["ResolvedImage"] = image
    answer: Record = {"VariantName": variant.name, "DeployedImages": [deployed]}
    if deployment.stage:
        answer["VariantStatus"] = [{"Status": deployment.stage.value}]
    return answer


def _capacity(now: VariantPlan, soon: VariantPlan, counts: Counts) -> Record:
    if now.serverless and soon.serverless:
        return {
            "CurrentServerlessConfig": _serverless(now.serverless),
            "DesiredServerlessConfig": _serverless(soon.serverless),
        }
    current, _ = counts.get(now.name, (now.instances, 0))
    return {"CurrentInstanceCount": current, "DesiredInstanceCount": soon.instances}


def _serverless(plan: ServerlessPlan) -> Record:
    members = {"MemorySizeInMB": plan.memory_mb, "MaxConcurrency": plan.max_concurrency}
    if plan.provisioned_concurrency:
        members["ProvisionedConcurrency"] = plan.provisioned_concurrency
    return members
