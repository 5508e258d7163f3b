"""Ours beside Checkov and cloudsplaining on AWS's managed policies and our own case files.

`python -m bench.policies` prints who finds what, why they disagree, and what each took; --all also
every disagreement by name. bench/results/policies.json and policies.txt have all of it. The status
is 1 when a limit of what the policies may cost is broken. A peer that is missing is told and left
out: it needs a package index once.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from bench.local_cloud import RESULTS, write
from bench.policies import case_files, report
from bench.policies.comparison import Comparison, alone, compared, found
from bench.policies.controls import Documents
from bench.policies.documents import managed, of_examples
from bench.policies.limits import cost
from bench.policies.peers import present
from bench.process import CommandError, Run, run
from gateway_policies.iam.document import Kind, parse


def main() -> int:
    """Measures, prints, writes."""
    arguments = argparse.ArgumentParser(prog="python -m bench.policies")
    arguments.add_argument("--all", action="store_true", help="print every disagreement by name")
    by_name = arguments.parse_args().all
    of_aws = managed()
    documents = {**of_aws, **of_examples()}
    show([f"{len(documents)} documents: {len(of_aws)} of AWS's, the others of our case files"])
    runs, comparisons = judged(documents)
    show(report.speed(runs, len(documents)))
    show(report.table(comparisons))
    show(report.reasons(comparisons))
    names = list(report.everything(comparisons))
    show(names if by_name else ["by name: bench/results/policies.txt"])
    files = with_case_files()
    costs = cost(of_aws)
    show(report.limits(costs))
    figures = {
        "runs": {name: {**asdict(one), "output": None} for name, one in runs.items()},
        "documents": [asdict(one) for one in comparisons],
        "case_files": [asdict(one) for one in files],
        "limits": asdict(costs),
    }
    write("policies", figures)
    (RESULTS / "policies.txt").write_text("\n".join(names) + "\n")
    broken = list(costs.broken())
    show(broken)
    return 1 if broken else 0


def judged(documents: Documents) -> tuple[dict[str, Run], list[Comparison]]:
    """What each took for the documents, and ours beside each peer."""
    ours = run([sys.executable, "-m", "bench.policies.ours"], json.dumps({"documents": documents}))
    peers, absent = present(documents)
    show(absent)
    said = json.loads(ours.output)
    read = {name: parse(document, Kind.IDENTITY) for name, document in documents.items()}
    mine = found(said, read)
    comparisons = [one for peer in peers for one in compared(peer, mine, said, read)]
    runs = {"ours": ours, **{peer.title: peer.took for peer in peers}}
    return runs, [*comparisons, *alone(mine)]


def with_case_files() -> list[case_files.Comparison]:
    """Our case files beside Checkov; nothing where it is missing."""
    try:
        title, files = case_files.compared()
    except CommandError as error:
        show([f"our case files are compared with nothing: {error}"])
        return []
    show(report.examples(title, files))
    return files


def show(lines: Iterable[str]) -> None:
    """Prints a part of the report, and a line between it and the next."""
    if text := "\n".join(lines):
        print(text, end="\n\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandError as failure:
        sys.exit(f"ours could not be measured: {failure}")
