"""The permissions of a stack's roles, one by one, taken away and given back through IAM's API."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TRUST = "trust"
"""In the place of a policy's name: the document that says who assumes the role."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Permission:
    """Actions of one statement that stand and fall together: mostly one."""

    role: str
    policy: str
    statement: str
    """Its Sid."""
    actions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.role} {self.policy} {self.statement} {' '.join(self.actions)}"


class Roles:
    """The roles of a stack. iam: a client of their account.

    names: whose statements are taken apart. whole: roles whose statements are AWS's own, word for
    word, and go as a whole.
    """

    def __init__(self, iam: Any, names: Sequence[str], whole: Sequence[str]) -> None:
        self._iam = iam
        self._names = names
        self._whole = whole

    def permissions(self) -> list[Permission]:
        """All that the roles have. Fails for what nobody here can take apart."""
        found = [each for role in (*self._names, *self._whole) for each in self._of(role)]
        return sorted(found, key=str)

    @contextmanager
    def without(self, permission: Permission) -> Iterator[None]:
        """The roles lack a permission meanwhile."""
        before = self._document(permission.role, permission.policy)
        self._put(permission, _without(before, permission))
        try:
            yield
        finally:
            self._put(permission, before)

    def _of(self, role: str) -> Iterator[Permission]:
        name = {"RoleName": role}
        assert self._iam.list_attached_role_policies(**name)["AttachedPolicies"] == []
        for policy in (TRUST, *self._iam.list_role_policies(**name)["PolicyNames"]):
            statements = self._document(role, policy)["Statement"]
            assert len({_sid(statement) for statement in statements}) == len(statements)
            for statement in statements:
                actions = _actions(statement)
                groups = [actions] if role in self._whole else [(action,) for action in actions]
                for group in groups:
                    yield Permission(role, policy, _sid(statement), group)

    def _document(self, role: str, policy: str) -> Document:
        name = {"RoleName": role}
        if policy == TRUST:
            trust: Document = self._iam.get_role(**name)["Role"]["AssumeRolePolicyDocument"]
            return trust
        found: Document = self._iam.get_role_policy(**name, PolicyName=policy)["PolicyDocument"]
        return found

    def _put(self, permission: Permission, document: Document) -> None:
        name = {"RoleName": permission.role}
        text = json.dumps(document)
        if permission.policy == TRUST:
            self._iam.update_assume_role_policy(**name, PolicyDocument=text)
        elif document["Statement"]:
            self._iam.put_role_policy(**name, PolicyName=permission.policy, PolicyDocument=text)
        else:
            self._iam.delete_role_policy(**name, PolicyName=permission.policy)


def _without(document: Document, permission: Permission) -> Document:
    """The document with the actions denied, where it must have a statement; else left out."""
    statements = []
    for statement in document["Statement"]:
        if _sid(statement) != permission.statement:
            statements.append(statement)
        elif permission.policy == TRUST:
            statements.append(statement | {"Effect": "Deny"})
        elif kept := [a for a in _actions(statement) if a not in permission.actions]:
            statements.append(statement | {"Action": kept})
    return document | {"Statement": statements}


def _sid(statement: Document) -> str:
    return str(statement.get("Sid", "-"))


def _actions(statement: Document) -> tuple[str, ...]:
    actions = statement["Action"]
    return (actions,) if isinstance(actions, str) else tuple(actions)
