"""Checkov and cloudsplaining: what they find in documents.

Each has an environment of its own: Checkov wants an older cloudsplaining than the current one.
"""

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.environments import environment
from bench.policies.controls import CONTROLS, Documents
from bench.process import CommandError, Run, run

CHECKOV_PASSES = frozenset({"ecr:getauthorizationtoken"})
"""What it takes out of the engine's list of credentials."""

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True)
class Engine:
    """What a release of cloudsplaining knows; all actions in lower case."""

    known: frozenset[str]
    restrictable: frozenset[str]
    """Actions that can be limited to resources."""
    modifying: frozenset[str]
    writing: frozenset[str]
    permissions: frozenset[str]
    credentials: frozenset[str]
    data: frozenset[str]
    methods: tuple[frozenset[str], ...]
    """Its ways to more rights."""


@dataclass(frozen=True)
class Peer:
    """What a peer has found, and how it reads documents."""

    title: str
    """Its name and release."""
    reads: Mapping[str, str]
    """Control -> the property of cloudsplaining's PolicyDocument that it asks for."""
    found: Mapping[str, Mapping[str, Sequence[str]]]
    """Control -> document -> the actions that it names, or that its engine does."""
    unread: Mapping[str, frozenset[str]]
    """Control -> documents on which it says neither yes nor no."""
    engine: Engine
    took: Run


def cloudsplaining(documents: Documents) -> Peer:
    """What cloudsplaining finds. Raises CommandError."""
    programs = environment("cloudsplaining")
    took, answer = _probed(programs, documents)
    reads = {control.name: control.cloudsplaining for control in CONTROLS if control.cloudsplaining}
    found = {
        control: {name: said[asked] for name, said in answer["found"].items() if said[asked]}
        for control, asked in reads.items()
    }
    unread = dict.fromkeys(found, frozenset(answer["failed"]))
    title = f"cloudsplaining {answer['version']}"
    return Peer(title, reads, found, unread, _engine(programs), took)


def _probed(
    programs: Path, documents: Documents, *, facts: bool = False
) -> tuple[Run, dict[str, Any]]:
    asked = json.dumps({"documents": documents, "facts": facts})
    took = run([programs / "python", PROBE], asked)
    return took, json.loads(took.output)


def _engine(programs: Path) -> Engine:
    _, answer = _probed(programs, {}, facts=True)
    facts = answer["facts"]
    lists = {name: frozenset(names) for name, names in facts.items() if name != "methods"}
    return Engine(**lists, methods=tuple(map(frozenset, facts["methods"])))


def checkov(documents: Documents) -> Peer:
    """What Checkov finds in documents as Terraform's aws_iam_policy. Raises CommandError."""
    controls = {control.checkov: control for control in CONTROLS if control.checkov}
    scanned = scan({"documents": _policies(documents)}, sorted(controls))
    failed, passed = (_documents(scanned, list(documents), passed=way) for way in (False, True))
    programs = environment("checkov")
    _, answer = _probed(programs, documents)
    reads = {control.name: control.checkov_reads for control in controls.values()}
    found = {
        control.name: {
            name: answer["found"].get(name, {}).get(control.checkov_reads, ())
            for name in sorted(failed[check])
        }
        for check, control in controls.items()
    }
    unread = {
        control.name: frozenset(documents) - failed[check] - passed[check]
        for check, control in controls.items()
    }
    engine = _engine(programs)
    engine = replace(engine, credentials=engine.credentials - CHECKOV_PASSES)
    return Peer(scanned.title, reads, found, unread, engine, scanned.took)


def _policies(documents: Documents) -> str:
    """Each document as a resource, numbered in their order."""
    return "\n".join(
        f'resource "aws_iam_policy" "d{index}" {{\n  policy = {literal(json.dumps(document))}\n}}'
        for index, document in enumerate(documents.values())
    )


def _documents(scanned: "Scan", names: Sequence[str], *, passed: bool) -> Mapping[str, set[str]]:
    """Check -> the documents that it passes, or those that it fails."""
    found: dict[str, set[str]] = defaultdict(set)
    for verdict in scanned.verdicts:
        if verdict.passed is passed:
            found[verdict.check].add(names[int(verdict.resource.rpartition(".d")[2])])
    return found


Ask = Callable[[Documents], Peer]

PEERS: tuple[Ask, ...] = (cloudsplaining, checkov)


def present(documents: Documents, asked: Sequence[Ask] = PEERS) -> tuple[list[Peer], list[str]]:
    """The peers that could be asked, and what is wrong with the others."""
    peers, absent = [], []
    for ask in asked:
        try:
            peers.append(ask(documents))
        except CommandError as error:
            absent.append(f"{ask.__name__} is left out: {error}")
    return peers, absent


@dataclass(frozen=True)
class Verdict:
    """What a check of Checkov's says of a resource."""

    folder: str
    check: str
    resource: str
    passed: bool


@dataclass(frozen=True)
class Scan:
    """What Checkov says of several folders."""

    title: str
    verdicts: Sequence[Verdict]
    took: Run


def scan(folders: Mapping[str, str], checks: Sequence[str]) -> Scan:
    """Checkov's verdicts on folders of Terraform, by a name. Raises CommandError."""
    with tempfile.TemporaryDirectory() as top:
        for name, text in folders.items():
            folder = Path(top) / name
            folder.mkdir(parents=True)
            (folder / "main.tf").write_text(text)
        took = _scanned(top, checks)
    report = json.loads(took.output)
    if "results" not in report:
        raise CommandError(f"checkov has judged nothing: {took.output[:300]}")
    title = f"Checkov {report['summary']['checkov_version']}"
    return Scan(title, list(_verdicts(report["results"])), took)


def _scanned(top: str, checks: Sequence[str]) -> Run:
    return run(
        [
            *(environment("checkov") / "checkov", "--directory", top, "--framework", "terraform"),
            *("--output", "json", "--compact", "--check", ",".join(checks)),
            "--skip-download",  # it asks its maker's server for links otherwise
        ],
        variables={"CHECKOV_RENDER_MAX_LEN": "0"},  # or it leaves out the long documents
        successes=(0, 1),
    )


def _verdicts(results: Mapping[str, Any]) -> Iterator[Verdict]:
    for result in ("failed_checks", "passed_checks"):
        for record in results[result]:
            yield Verdict(
                folder=str(Path(record["file_path"]).parent).strip("/"),
                check=record["check_id"],
                resource=record["resource"],
                passed=result == "passed_checks",
            )


def literal(value: object) -> str:
    """A value as Terraform writes it."""
    return re.sub(r"([$%])\{", r"\1\1{", json.dumps(value))
