"""What the account's program is tested with: the fake engine of components' own tests."""

from components.context import Context
from tests.unit.components.conftest import deploy

__all__ = ["ACCOUNT", "STACK", "deploy"]

ACCOUNT = Context("123456789012", "eu-central-1", "ml-gateway")
STACK = Context("123456789012", "eu-central-1", "ml-gateway-dev")
