"""`python -m components.openapi`: the direct gateway's document, from a stack's YAML alone."""

import argparse
import json
import sys

from components.api.direct_document import document_of
from components.config.provider import REGION
from components.config.stack import load_config
from components.config.stack_file import UNREADABLE, project_name, stack_values
from components.context import Context, StackNameError, stack_prefix

EXAMPLE_ACCOUNT = "123456789012"
"""AWS's own example account: nothing is asked of AWS."""


def main() -> int:
    """Prints the document as JSON; 1 and the mistakes if the config has any."""
    parser = argparse.ArgumentParser(prog="python -m components.openapi", description=__doc__)
    parser.add_argument("--stack", default="local", help="of Pulumi.<stack>.yaml (default: local)")
    parser.add_argument(
        "--account", default=EXAMPLE_ACCOUNT, help=f"AWS account id (default: {EXAMPLE_ACCOUNT})"
    )
    arguments = parser.parse_args()
    try:
        print(json.dumps(_document(arguments.stack, arguments.account), indent=2))
    except (*UNREADABLE, StackNameError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _document(stack: str, account_id: str) -> dict[str, object]:
    prefix = stack_prefix(project_name(), stack)
    values = stack_values(stack)
    return document_of(load_config(values), Context(account_id, values[REGION], prefix))


if __name__ == "__main__":
    sys.exit(main())
