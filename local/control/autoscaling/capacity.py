"""What a scalable target's capacity is, what it may be, and how it gets there."""

import re
from dataclasses import dataclass

from local.control.autoscaling.registry import (
    INSTANCES,
    PROVISIONED,
    Key,
    invalid,
    variant_of,
)
from local.control.records import Record
from local.control.sagemaker.endpoint import UNDER_WAY
from local.control.sagemaker.endpoints import Endpoints
from local.control.service import AwsError

_BURSTABLE = re.compile(r"ml\.t\d")


@dataclass(frozen=True)
class Capacity:
    """A variant's capacity in one dimension. instance_type: None for a serverless variant."""

    current: int
    asynchronous: bool
    instance_type: str | None
    settled: bool = True
    """Whether no change of the endpoint is under way."""


class Capacities:
    """The capacities of SageMaker's variants."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def find(self, key: Key) -> Capacity | None:
        """The capacity of a target; None if there is no such variant, or not in this dimension."""
        endpoint_name, variant_name = variant_of(key)
        endpoint = self._endpoints.find(endpoint_name)
        if endpoint is None or endpoint.live is None:
            return None
        live = endpoint.live
        for variant, record in zip(
            live.plan.variants, live.configuration["ProductionVariants"], strict=True
        ):
            serverless = variant.serverless
            if variant.name != variant_name or bool(serverless) != (key[2] == PROVISIONED):
                continue
            return Capacity(
                current=serverless.provisioned_concurrency if serverless else variant.instances,
                asynchronous=live.plan.asynchronous is not None,
                instance_type=record.get("InstanceType"),
                settled=endpoint.status not in UNDER_WAY,
            )
        return None

    def check(self, key: Key) -> Capacity:
        """The capacity of a variant that can be scaled.

        Raises AwsError for one that is not there, or whose machines are burstable.
        https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-console.html
        """
        capacity = self.find(key)
        if capacity is None:
            namespace, resource, dimension = key
            raise invalid(
                f"No scalable resource found for service namespace: {namespace}, resource ID: "
                f"{resource}, scalable dimension: {dimension}"
            )
        if _BURSTABLE.match(capacity.instance_type or ""):
            raise invalid(
                f"Instance type {capacity.instance_type} of {key[1]} is burstable and cannot be "
                "scaled. Allowed: any type but ml.t2, ml.t3, ml.t4g."
            )
        return capacity

    def confine(self, key: Key, low: int, high: int) -> bool:
        """Brings a capacity within limits; whether there is nothing left to do.

        There is while another change of the endpoint is under way.
        """
        capacity = self.find(key)
        if capacity is None:
            return True
        wanted = min(max(capacity.current, low), high)
        return wanted == capacity.current or self.order(key, wanted)

    def order(self, key: Key, wanted: int) -> bool:
        """Begins to bring a capacity to a number; false if its endpoint takes no change now."""
        endpoint, variant = variant_of(key)
        desired: Record = {"VariantName": variant}
        if key[2] == INSTANCES:
            desired["DesiredInstanceCount"] = wanted
        else:
            desired["ServerlessUpdateConfig"] = {"ProvisionedConcurrency": wanted}
        try:
            self._endpoints.update_weights_and_capacities(
                {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [desired]}
            )
        except AwsError:  # the endpoint is being changed, or is gone
            return False
        return True


def check_limits(low: int, high: int, capacity: Capacity) -> None:
    """Raises AwsError for limits that a variant cannot have.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    """
    if low > high:
        raise invalid(f"MinCapacity is {low}, above MaxCapacity {high}. Raise it or lower Min.")
    lowest = 0 if capacity.asynchronous else 1
    # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    if low < lowest:
        raise invalid(
            f"MinCapacity is {low}. Allowed: {lowest} or more; 0 is for asynchronous endpoints."
        )
