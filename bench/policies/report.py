"""The comparison as a person reads it: tables first, then every disagreement."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench.policies import case_files
from bench.policies.comparison import OURS, THEIRS, Comparison
from bench.policies.limits import (
    MOST_MEGABYTES,
    MOST_SECONDS,
    MOST_START_SECONDS,
    Cost,
)
from bench.process import Run


def speed(runs: Mapping[str, Run], documents: int) -> Iterator[str]:
    """What each took for the same documents, from the start of its process to its end."""
    ours, *_ = runs.values()
    yield f"{'':<22}{'wall s':>9}{'CPU s':>9}{'CPU ms each':>13}{'x ours':>8}{'MB':>7}"
    for name, run in runs.items():
        each, ratio = run.cpu_seconds / documents * 1000, run.cpu_seconds / ours.cpu_seconds
        figures = f"{run.wall_seconds:9.1f}{run.cpu_seconds:9.1f}{each:13.2f}{ratio:8.1f}"
        yield f"{name:<22}{figures}{run.peak_mb:7.0f}"


def table(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Counts of documents by control and peer."""
    head = ("both", OURS, THEIRS, "unexplained")
    yield f"{'control':<27}{'peer':<22}" + "".join(f"{name:>13}" for name in head)
    for one in comparisons:
        counts = (one.both, len(one.of(OURS)), len(one.of(THEIRS)), one.unexplained)
        yield f"{one.control:<27}{one.peer:<22}" + "".join(f"{count:>13}" for count in counts)


def reasons(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """How many documents have each reason; one with several counts under each."""
    for side in (OURS, THEIRS):
        for peer in dict.fromkeys(one.peer for one in comparisons):
            counts = Counter(
                reason
                for one in comparisons
                if one.peer == peer
                for disagreement in one.of(side)
                for reason in disagreement.reasons
            )
            if counts:
                yield f"{side}, beside {peer}:"
            yield from (f"{count:7}  {reason}" for reason, count in counts.most_common())


def everything(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Every disagreement by name, under all of its reasons."""
    for one in comparisons:
        for side in (OURS, THEIRS):
            groups: dict[tuple[str, ...], list[str]] = {}
            for disagreement in one.of(side):
                groups.setdefault(tuple(disagreement.reasons), []).append(disagreement.document)
            if groups:
                yield f"\n{one.control}, {side}, beside {one.peer}"
            for why, names in sorted(groups.items(), key=lambda group: -len(group[1])):
                yield from (f"  {reason}" for reason in why)
                yield textwrap.fill(
                    ", ".join(names), 98, initial_indent="    ", subsequent_indent="    "
                )


def examples(title: str, compared: Sequence[case_files.Comparison]) -> Iterator[str]:
    """Our case files beside Checkov."""
    counts = Counter(one.outcome for one in compared)
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    yield f"our case files beside {len(compared)} checks of {title}: {said}"
    others = [one for one in compared if one.reason == case_files.SILENCE]
    for one in compared:
        if one.reason and one not in others:
            yield f"  {one.rule:<24}{one.check:<13}{one.outcome}: {one.reason}"
    if others:
        yield f"  {case_files.SILENT}: {case_files.SILENCE}"
        names = ", ".join(f"{one.rule} {one.check}" for one in others)
        yield textwrap.fill(names, 98, initial_indent="    ", subsequent_indent="    ")


def limits(cost: Cost) -> Iterator[str]:
    """What the policies cost, beside what they may."""
    for name, value, most in (
        ("500 resources, 200 documents, in the rules", cost.rules_seconds, MOST_SECONDS),
        ("  through the pack, CPU", cost.pack_seconds, None),
        ("  through the pack, on the clock", cost.pack_wall_seconds, None),
        ("memory of the pack", cost.pack_mb, MOST_MEGABYTES),
        ("start of the pack", cost.start_seconds, MOST_START_SECONDS),
    ):
        unit = "MB" if "memory" in name else "s"
        limit = f" (limit {most:g})" if most else ""
        yield f"{name:<46}{value:8.2f} {unit}{limit}"
