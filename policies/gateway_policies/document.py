"""IAM identity policy documents.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from gateway_policies.resource import UNKNOWN, Unknown

DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


class DocumentError(ValueError):
    """A document that AWS would refuse, so that nothing can be said of what it allows."""

    def __init__(self, path: str, problem: str):
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        """Where in the document, such as `Statement[0].Effect`; empty for the document itself."""
        self.problem = problem


@dataclass(frozen=True)
class Statement:
    """One statement, its elements as lists. Conditions are left out: no rule trusts one."""

    allows: bool
    actions: tuple[str, ...]
    except_actions: bool
    """The statement means every action but these (NotAction)."""
    resources: tuple[str, ...]
    except_resources: bool
    """The statement means every resource but these (NotResource)."""


def parse(document: object) -> list[Statement | Unknown]:
    """The statements of a document, JSON text or objects; UNKNOWN for one not known in full.

    Raises DocumentError at the first mistake.
    """
    if isinstance(document, str):
        document = _load(document)
    if not isinstance(document, Mapping):
        raise DocumentError("", f"a {_json_type(document)} instead of an object")
    _check_elements(document, DOCUMENT_ELEMENTS, "")
    statements = document.get("Statement")
    if not isinstance(statements, list):
        statements = [statements]
    return [
        _statement(statement, f"Statement[{index}]") for index, statement in enumerate(statements)
    ]


def _load(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except DocumentError:
        raise
    except (ValueError, RecursionError) as error:
        raise DocumentError("", f"not JSON ({error})") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Python keeps the last of two equal keys; a rule must not read another one than AWS does.
    element = dict(pairs)
    if len(element) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentError("", f"the key {json.dumps(twice)} stands twice in one object")
    return element


def _statement(statement: object, path: str) -> Statement | Unknown:
    if statement is UNKNOWN:
        return UNKNOWN
    if not isinstance(statement, Mapping):
        raise DocumentError(path, f"a {_json_type(statement)} instead of an object")
    _check_elements(statement, STATEMENT_ELEMENTS, path)
    action, actions = _either(statement, "Action", "NotAction", path)
    resource, resources = _either(statement, "Resource", "NotResource", path)
    effect = statement.get("Effect")
    if effect is UNKNOWN or actions is UNKNOWN or resources is UNKNOWN:
        return UNKNOWN
    if effect not in ("Allow", "Deny"):
        raise DocumentError(f"{path}.Effect", f"{json.dumps(effect)} instead of Allow or Deny")
    return Statement(
        allows=effect == "Allow",
        actions=actions,
        except_actions=action == "NotAction",
        resources=resources,
        except_resources=resource == "NotResource",
    )


def _either(
    statement: Mapping[str, object], name: str, inverse: str, path: str
) -> tuple[str, tuple[str, ...] | Unknown]:
    present = [element for element in (name, inverse) if element in statement]
    if len(present) != 1:
        problem = "both" if present else "neither"
        raise DocumentError(path, f"{problem} of {name} and {inverse}, one is needed")
    element = present[0]
    value = statement[element]
    values = value if isinstance(value, list) else [value]
    texts = [item for item in values if isinstance(item, str)]
    if len(texts) == len(values):
        return element, tuple(texts)
    if UNKNOWN in values:
        return element, UNKNOWN
    raise DocumentError(f"{path}.{element}", "not a string or a list of strings")


def _check_elements(value: Mapping[str, object], allowed: tuple[str, ...], path: str) -> None:
    # Misspelt or in lower case, an element would be invisible to the rules.
    for element in value:
        if element not in allowed:
            name = json.dumps(element)
            raise DocumentError(path, f"{name} is none of the elements {', '.join(allowed)}")


def _json_type(value: object) -> str:
    names = {type(None): "null", bool: "boolean", str: "string", list: "list"}
    return names.get(type(value), "number")
