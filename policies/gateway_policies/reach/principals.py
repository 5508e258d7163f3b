"""Whom principals of policies mean, among the roles and users of the stack."""

from collections.abc import Mapping

from gateway_policies.iam.arn import whole_account
from gateway_policies.iam.document import Principal
from gateway_policies.iam.holders import Holder
from gateway_policies.iam.stack_rules import own_accounts
from gateway_policies.resource import Stack


class Principals:
    """Roles and users of a stack, by what a policy calls them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    def __init__(self, stack: Stack, held: Mapping[str, Holder]) -> None:
        self._accounts = own_accounts(stack)
        self._urns = {(holder.kind, holder.name): urn for urn, holder in held.items()}

    def urn(self, principal: Principal) -> str | None:
        """The holder that it names; None for whoever is none of the stack's."""
        fields = principal.value.split(":", 5)
        _, _, service, _, account, rest = fields + [""] * (6 - len(fields))
        kind, _, name = rest.partition("/")
        if kind == "assumed-role":  # `assumed-role/NAME/SESSION`: a session has the role's rights
            kind, name = "role", name.partition("/")[0]
        if service not in ("iam", "sts") or not self._is_ours(account):
            return None
        return self._urns.get((kind, name.rpartition("/")[2]))

    def is_account(self, principal: Principal) -> bool:
        """Whether it leaves it to the account whom to let in, or lets everybody in."""
        if principal.kind != "AWS":
            return False
        account = whole_account(principal.value)
        return principal.value == "*" or (account is not None and self._is_ours(account))

    def _is_ours(self, account: str) -> bool:
        return not self._accounts or account in self._accounts
