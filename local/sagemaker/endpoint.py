"""An endpoint in service: variants with weights, each a number of instances."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from local.sagemaker.instance import Instance, ModelPlan


@dataclass(frozen=True)
class VariantPlan:
    """What an endpoint configuration says of one production variant."""

    name: str
    weight: float
    instances: int
    model: ModelPlan


class Variant:
    """A variant in service: takes turns among its instances."""

    def __init__(self, plan: VariantPlan, instances: Sequence[Instance]) -> None:
        self.plan = plan
        self.instances = instances
        self._turns = itertools.cycle(instances)

    def next_instance(self) -> Instance:
        """The instance whose turn it is."""
        return next(self._turns)


class Endpoint:
    """Picks a variant for each request. random_source: decides among the weights."""

    def __init__(self, variants: Sequence[Variant], random_source: random.Random) -> None:
        self._variants = variants
        self._weights = [variant.plan.weight for variant in variants]
        self._random = random_source

    def pick(self) -> Variant:
        """A variant, by chance in proportion to its weight."""
        return self._random.choices(self._variants, self._weights)[0]

    def stop(self) -> None:
        """Stops every instance."""
        for variant in self._variants:
            for instance in variant.instances:
                instance.stop()
