"""What components say that their roles are there for."""

from collections.abc import Mapping, Sequence

from gateway_policies.resource import Stack

REACHES = "reaches"
"""Output of a component: ARNs, or patterns of ARNs, that its role is there to reach."""
ROLE_ARN = "arn"
"""Output of the same component: the ARN of that role."""


def declared(stack: Stack) -> Mapping[str, Sequence[str]]:
    """Declared ARNs by the name of the role; those that are not known yet are left out.

    A role that no component speaks for is not in it. AWS's own resources declare nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for resource in stack.resources:
        arn, reaches = resource.get(ROLE_ARN), resource.get(REACHES)
        if resource.type.startswith("aws:") or not isinstance(arn, str):
            continue
        if isinstance(reaches, list):
            name = arn.rpartition("/")[2]
            texts = (text for text in reaches if isinstance(text, str))
            found[name] = (*found.get(name, ()), *texts)
    return found
