"""What cloudsplaining finds, and what it knows. Runs in the environment of a peer, alone.

Reads documents by name as JSON, prints for each and each of its properties the actions that it
names. Checkov judges IAM documents by an older release of it, so its environment answers as well.
"""

import contextlib
import io
import json
import sys
from importlib.metadata import version
from typing import Any

from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.shared import constants, utils
from cloudsplaining.shared.exclusions import DEFAULT_EXCLUSIONS
from policy_sentry.querying.actions import remove_actions_not_matching_access_level
from policy_sentry.querying.all import get_all_actions

PROPERTIES = (
    "service_wildcard",
    "allows_privilege_escalation",
    "allows_data_exfiltration_actions",
    "credentials_exposure",
    "permissions_management_without_constraints",
    "all_allowed_unrestricted_actions",
    "write_actions_without_constraints",
    "infrastructure_modification",
)


def found(document: Any) -> dict[str, list[str]]:
    """The actions of a document by property; of ways to more rights, each once."""
    policy = PolicyDocument(document)
    named = {}
    for name in PROPERTIES:
        value = getattr(policy, name)
        if name == "allows_privilege_escalation":
            value = [action for way in value for action in way["actions"]]
        named[name] = sorted(set(value))
    return named


def facts() -> dict[str, Any]:
    """Its lists of actions and its action data, in lower case."""
    actions = sorted(get_all_actions())
    lists = {
        "known": actions,
        "restrictable": utils.remove_wildcard_only_actions(actions),
        # It counts some actions that read among those that change something.
        "modifying": utils.remove_read_level_actions(actions) + DEFAULT_EXCLUSIONS.include_actions,
        "writing": remove_actions_not_matching_access_level(actions, "Write"),
        "permissions": remove_actions_not_matching_access_level(actions, "Permissions management"),
        "credentials": constants.ACTIONS_THAT_RETURN_CREDENTIALS,
        "data": constants.READ_ONLY_DATA_EXFILTRATION_ACTIONS,
    }
    methods = [[a.lower() for a in way] for way in constants.PRIVILEGE_ESCALATION_METHODS.values()]
    return {name: [a.lower() for a in names] for name, names in lists.items()} | {
        "methods": methods
    }


def main() -> None:
    """Answers on stdout, which the library writes notes to as well."""
    asked = json.load(sys.stdin)
    answer: dict[str, Any] = {"version": version("cloudsplaining"), "found": {}, "failed": {}}
    with contextlib.redirect_stdout(io.StringIO()):
        for name, document in asked["documents"].items():
            try:
                answer["found"][name] = found(document)
            except Exception as error:
                answer["failed"][name] = f"{type(error).__name__}: {error}"
        if asked["facts"]:
            answer["facts"] = facts()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
