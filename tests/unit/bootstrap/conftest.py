"""What the account's program is tested with: the fake engine of components' own tests."""

from components.context import Context
from components.iam import Statement
from gateway_policies.iam.actions import expand
from tests.unit.components.conftest import deploy

__all__ = ["ACCOUNT", "STACK", "bound_in_vain", "deploy"]

ACCOUNT = Context("123456789012", "eu-central-1", "ml-gateway")
STACK = Context("123456789012", "eu-central-1", "ml-gateway-dev")


def bound_in_vain(statements: list[Statement]) -> list[str]:
    """Actions that take no resource, and stand on one."""
    bound = [s for s in statements if s["Resource"] != ["*"]]
    actions = [found for s in bound for pattern in s["Action"] for found in expand(pattern)]
    return [action.name for action in actions if not action.arns]
