"""`python -m gateway_policies.report`: a preview, for whoever reviews it.

Exit status: 0 the stack passes, 1 it does not or the preview failed, 2 there is nothing to report.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gateway_policies.report.events import EventLogError, Log, read
from gateway_policies.report.findings import findings
from gateway_policies.report.markdown import markdown
from gateway_policies.report.outcome import Outcome, outcome, summary
from gateway_policies.report.positions import DigestError, positions
from gateway_policies.report.sarif import Source, sarif

_UNREADABLE = 2
T = TypeVar("T")


class ReportError(Exception):
    """A file cannot be read or written; the text names it and the fix."""


def main() -> int:
    """Parses the command line and writes the reports; its exit status."""
    arguments = _parser().parse_args()
    try:
        log = _read(arguments.events, read)
        _write(arguments, log)
    except ReportError as error:
        sys.stderr.write(f"{error}\n")
        return _UNREADABLE
    found = findings(log)
    sys.stdout.write(f"{summary(log, found)}\n")
    return 0 if outcome(log, found) is Outcome.PASSED else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway_policies.report", description=__doc__)
    add = parser.add_argument
    add("--stack", required=True, help="name of the stack")
    add("--events", required=True, type=Path, help="what pulumi preview --event-log has written")
    add(
        "--preview",
        type=Path,
        help="what pulumi preview --json --show-sames has printed: with it "
        "alerts are at the lines of the program, and not at the stack's YAML",
    )
    add("--folder", default=".", help="the Pulumi project's, within the repository (default: .)")
    add("--docs", default="", help="URL of docs/policies.md, for links (default: to AWS's pages)")
    add("--markdown", type=Path, help="file to write: a comment for a pull request")
    add(
        "--sarif",
        type=Path,
        help="file to write: alerts for code scanning. None is written where "
        "the policies have not seen the whole stack: GitHub would close what it does not find",
    )
    return parser


def _write(arguments: argparse.Namespace, log: Log) -> None:
    stack, folder, docs = arguments.stack, arguments.folder, arguments.docs
    if arguments.markdown:
        _put(arguments.markdown, markdown(log, stack, folder, docs))
    if arguments.sarif and log.judged:
        lines = _read(arguments.preview, positions) if arguments.preview else {}
        absolute = docs if docs.startswith("https://") else ""
        said = sarif(log, Source(stack, folder, lines), absolute)
        _put(arguments.sarif, json.dumps(said, indent=2) + "\n")


def _read(path: Path, read: Callable[[str], T]) -> T:
    try:
        return read(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path} cannot be read: {error}. Run the preview again.") from error
    except (EventLogError, DigestError) as error:
        raise ReportError(f"{path}: {error}") from error


def _put(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error}. Name a file that can.") from error


if __name__ == "__main__":
    sys.exit(main())
