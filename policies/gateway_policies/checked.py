"""The rules over one document, for a program that is about to build it."""

from gateway_policies.iam.places import PLACES
from gateway_policies.resource import Resource
from gateway_policies.rule import ResourceRule, Verdict
from gateway_policies.rules import RULES


def refusals(token: str, document: str) -> list[str]:
    """What the rules forbid of a document, as a message each; empty if they pass it.

    token: type of the resource that the document is for, such as `aws:iam/rolePolicy:RolePolicy`.
    document: JSON text. Levels and exceptions of an environment are not known here. Raises KeyError
    for a type that has no document.
    """
    name, _ = PLACES[token]
    resource = Resource("", {name: document}, token, "")
    return [
        f"{rule.control.id}: {finding.message(rule.control)}"
        for rule in RULES
        if isinstance(rule, ResourceRule) and rule.types is None
        for finding in rule.check(resource)
        if finding.verdict is Verdict.VIOLATION
    ]
