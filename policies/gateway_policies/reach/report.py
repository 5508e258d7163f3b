"""A proof as text: a table for people, JSON for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from gateway_policies import urn
from gateway_policies.iam.holders import Holder
from gateway_policies.iam.places import places
from gateway_policies.reach.guarded import Guarded
from gateway_policies.reach.proof import Proof, Reach
from gateway_policies.rule import some


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof as `principals`, `resources`, `reach` and `undeclared`; and `unknown`, which are
    the policies of which nobody can tell yet whether they open a way, and why.
    """
    return {
        "principals": [_principal(proof, holder) for holder in proof.holders.values()],
        "resources": [
            {"kind": resource.type.word, "name": resource.name, "urn": resource.urn}
            for resource in proof.resources
        ],
        "reach": [_reach(found) for found in proof.reach],
        "undeclared": [_reach(found) for found in proof.undeclared],
        "unknown": [
            {
                "principal": doubt.principal,
                "resource": doubt.resource and doubt.resource.urn,
                "why": doubt.why,
            }
            for doubt in proof.doubts
        ],
    }


def _principal(proof: Proof, holder: Holder) -> dict[str, Any]:
    resource = holder.resource
    declaration = proof.declared_for(resource.urn)
    return {
        "kind": holder.kind,
        "name": _name(proof, resource.urn),
        "urn": resource.urn,
        "assumedBy": _assuming(holder),
        "declared": declaration and declaration.patterns,
    }


def _assuming(holder: Holder) -> list[str]:
    """Whom a role's trust policy lets in."""
    if holder.kind != "role":
        return []
    statements = (s for place in places(holder.resource) for s in place.document.allowing)
    return [principal.value for statement in statements for principal in statement.principals]


def _reach(found: Reach) -> dict[str, Any]:
    return {
        "principal": found.principal,
        "resource": found.way.resource.urn,
        "actions": found.way.actions,
        "on": found.way.on,
        "conditional": found.way.conditional,
        "through": found.through or None,
    }


def as_table(proof: Proof) -> str:
    """By resource: who reaches it, by which actions, on what of it."""
    lines: list[str] = []
    for resource in proof.resources:
        rows = [*_ways(proof, resource), *_doubts(proof, resource)]
        lines += [_title(resource), *_aligned(rows or [("nobody",)]), ""]
    return "\n".join([*lines, *_verdict(proof)]) + "\n"


def _title(resource: Guarded) -> str:
    return f"{resource.type.word} {resource.name or urn.name(resource.urn)}"


def _ways(proof: Proof, resource: Guarded) -> Iterator[tuple[str, ...]]:
    for found in proof.reach:
        way = found.way
        if way.resource == resource:
            notes = ", ".join(_notes(proof, found))
            yield _name(proof, found.principal), some(way.actions), f"on {way.on}", notes


def _notes(proof: Proof, found: Reach) -> Iterator[str]:
    if found in proof.undeclared:
        yield "UNDECLARED"
    if found in proof.perhaps_undeclared:
        yield "declaration not known yet"
    if found.through:
        yield f"as {_name(proof, found.through)}"
    if found.way.conditional:
        yield "under conditions"


def _doubts(proof: Proof, resource: Guarded) -> Iterator[tuple[str, ...]]:
    for doubt in proof.doubts:
        if doubt.resource == resource:
            yield _name(proof, doubt.principal), f"perhaps: {doubt.why}", "", ""


def _name(proof: Proof, principal: str) -> str:
    """A holder's physical name, else its logical one; whom else a policy names, as it does."""
    holder = proof.holders.get(principal)
    if holder is None:
        return principal
    name = holder.resource.get("name")
    return name if isinstance(name, str) else urn.name(principal)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _verdict(proof: Proof) -> Iterator[str]:
    if proof.declarations:
        yield f"Undeclared: {len(proof.undeclared) or 'nothing'}."
    else:
        yield "No component declares what its role is there for, so nothing counts as undeclared."
    loose = {(_name(proof, d.principal), d.why) for d in proof.doubts if d.resource is None}
    for name, why in sorted(loose):
        yield f"Not looked at: {name} has {why}."
