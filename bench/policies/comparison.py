"""Where ours and a peer agree on documents, where not, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.policies.controls import CONTROLS, Control
from bench.policies.ours import is_found, ways
from bench.policies.peers import Peer
from bench.policies.reasons import NO_PEER, NO_VERDICT, UNEXPLAINED, why_missed, why_passed
from gateway_policies.iam.document import Document

OURS, THEIRS = "only ours", "only theirs"

Said = Mapping[str, Mapping[str, list[str]]]
"""Verdicts of our rules: document -> rule -> verdicts."""


@dataclass(frozen=True)
class Disagreement:
    """A document in which one finds what the other does not."""

    side: str
    """OURS or THEIRS."""
    document: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Comparison:
    """What ours and a peer say of all documents by one control."""

    control: str
    peer: str
    both: int
    disagreements: Sequence[Disagreement]

    def of(self, side: str) -> list[Disagreement]:
        """The disagreements of one side."""
        return [one for one in self.disagreements if one.side == side]

    @property
    def unexplained(self) -> int:
        """How many have no reason."""
        return sum(UNEXPLAINED in one.reasons for one in self.disagreements)


def found(said: Said, documents: Mapping[str, Document]) -> dict[str, set[str]]:
    """The documents in which ours finds each control."""
    return {
        control.name: {
            name
            for name, document in documents.items()
            if is_found(control.name, control.rule, said[name], document)
        }
        for control in CONTROLS
    }


def compared(
    peer: Peer, ours: Mapping[str, set[str]], said: Said, documents: Mapping[str, Document]
) -> Iterator[Comparison]:
    """Every control that the peer has. ours: see found()."""
    for control in CONTROLS:
        if control.name in peer.found:
            mine, theirs = ours[control.name], set(peer.found[control.name])
            disagreements = [
                Disagreement(OURS, name, sorted(_missed(peer, control, name, documents[name])))
                for name in sorted(mine - theirs)
            ] + [
                Disagreement(
                    THEIRS,
                    name,
                    sorted(
                        why_passed(
                            control.name,
                            documents[name],
                            peer.found[control.name][name],
                            said[name],
                        )
                    ),
                )
                for name in sorted(theirs - mine)
            ]
            yield Comparison(control.name, peer.title, len(mine & theirs), disagreements)


def alone(ours: Mapping[str, set[str]]) -> Iterator[Comparison]:
    """The controls that no peer has. ours: see found()."""
    for control in CONTROLS:
        if not control.cloudsplaining and not control.checkov:
            mine = [Disagreement(OURS, name, [NO_PEER]) for name in sorted(ours[control.name])]
            yield Comparison(control.name, "none", 0, mine)


def _missed(peer: Peer, control: Control, name: str, document: Document) -> frozenset[str]:
    if name in peer.unread[control.name]:
        return frozenset({NO_VERDICT})
    return why_missed(peer.reads[control.name], document, ways(control.name, document), peer.engine)
