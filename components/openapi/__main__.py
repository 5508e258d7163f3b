"""`python -m components.openapi`: the direct gateway's document, from a stack's YAML alone."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TypeVar

import yaml

from components.api.direct_document import document_of
from components.config.provider import REGION
from components.config.report import shown
from components.config.stack import ConfigError, load_config
from components.context import Context, StackNameError, stack_prefix

Value = TypeVar("Value", str, dict[str, Any])

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
    except (OSError, UnicodeError, yaml.YAMLError, StackNameError, ConfigError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _document(stack: str, account_id: str) -> dict[str, object]:
    prefix = stack_prefix(_value("Pulumi.yaml", "name", str), stack)
    written = _value(f"Pulumi.{stack}.yaml", "config", dict)
    values = {str(key): _as_the_engine_hands_it(value) for key, value in written.items()}
    return document_of(load_config(values), Context(account_id, values[REGION], prefix))


def _value(path: str, key: str, kind: type[Value]) -> Value:
    """The value of a key in a YAML file, if it is of that kind; else ConfigError."""
    document = yaml.safe_load(Path(path).read_text())
    value = document.get(key) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        seen = "missing" if value is None else shown(value)
        allowed = "an object" if kind is dict else "text"
        raise ConfigError([f"{path}: {key}: {seen}. Allowed: {allowed}. Correct the file."])
    return value


def _as_the_engine_hands_it(value: object) -> str:
    # YAML also knows dates, of which JSON has the text.
    return value if isinstance(value, str) else json.dumps(value, default=str)


if __name__ == "__main__":
    sys.exit(main())
