"""Rules for encryption at rest."""

import re

from pulumi_policy import Severity

from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import (
    Control,
    Family,
    Finding,
    Findings,
    Verdict,
    rule,
    shown,
    unknown,
    violation,
)
from gateway_policies.sagemaker import ENDPOINT_CONFIGURATION, variants

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
NVME_ATTRIBUTE = re.compile(r"[a-z]+\d+[a-z]*d[a-z]*")
"""A family whose attributes, behind the generation, hold a `d`: m5d, g4dn, p4de."""
NVME_FAMILIES = frozenset(
    {
        *("dl1", "g5", "g6", "g6e", "g7e", "gr6"),
        *("p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
        *("trn1", "trn1n", "trn2"),
    }
)
"""Accelerator families that have local NVMe storage without saying so in their name."""

CUSTOMER_KEY = "the ARN of a customer-managed KMS key"


@rule(
    Control(
        id="endpoint-volume-cmk",
        title="Endpoint volumes are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        standards=("CKV_AWS_98",),
        fix="Set kmsKeyArn on the endpoint configuration.",
        url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html",
    ),
    types=(ENDPOINT_CONFIGURATION,),
)
def endpoint_volume_cmk(config: Resource) -> Findings:
    """Volumes hold models and payloads; only a customer's own key can be audited and revoked."""
    key = config.text("kmsKeyArn")
    if key is UNKNOWN:
        return
    if key:
        # AWS's own key comes by alias; its id cannot be told from a customer's.
        if "alias/aws/" in key:
            yield violation("kmsKeyArn", seen=shown(key), allowed=CUSTOMER_KEY)
        return
    yield from _without_key(config, shown(key))


def _without_key(config: Resource, seen: str) -> Findings:
    instances = [
        variant.text("instanceType")
        for variant in variants(config)
        if variant.values is UNKNOWN or variant.block("serverlessConfig") is None
    ]
    known = [instance for instance in instances if instance is not UNKNOWN]
    if not all(instance and has_local_storage(instance) for instance in known):
        yield violation("kmsKeyArn", seen=seen, allowed=CUSTOMER_KEY)
    elif UNKNOWN in instances:
        yield unknown(
            "kmsKeyArn",
            seen=f"{seen}, with instance types that are not known at preview",
            allowed=CUSTOMER_KEY,
            fix="Set kmsKeyArn, or make the instance types plain values.",
        )
    elif known:
        yield Finding(
            Verdict.EXEMPT,
            "kmsKeyArn",
            seen=seen,
            allowed="no key on instance types with local NVMe storage "
            f"({', '.join(sorted(set(map(str, known))))})",
            fix="The instance encrypts that storage with a hardware key of its own, "
            "which kmsKeyArn does not replace.",
        )


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as `ml.g5.xlarge`, comes with local NVMe storage."""
    family = instance_type.removeprefix("ml.").split(".")[0]
    return family in NVME_FAMILIES or NVME_ATTRIBUTE.fullmatch(family) is not None
