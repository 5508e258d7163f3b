"""The documents that all judge: AWS's managed policies, and those of our own case files."""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data

from bench.policies.controls import Documents
from gateway_policies.iam.document import Kind
from gateway_policies.iam.places import places
from gateway_policies.reference import examples
from gateway_policies.resource import Resource


def managed() -> Documents:
    """AWS's managed policies as moto ships them, by their name."""
    policies = json.loads(aws_managed_policies_data)
    return {name: policy["Document"] for name, policy in policies.items()}


def of_examples() -> Documents:
    """The identity policies of policies/examples, by `rule/bad resource`."""
    return {
        f"{rule}/{side} {name}": described["properties"][found.path]
        for rule, example in examples().items()
        for side in ("bad", "good")
        for name, described in example[side].items()
        for found in places(Resource("", described["properties"], described["type"], name))
        if found.document.kind is Kind.IDENTITY and not found.document.unknown
    }
