"""Our model server beside the recipe, four peers, and a no-op on its own stack.

`python -m bench.serving` prints what each serves and whether the targets are reached, and writes
bench/results/serving.json; --write-docs also docs/benchmarks.md. --quick is for development: one
round of ours, the recipe and the no-op. The status is 0 even where a target is missed; 1 where
one of these three could not be measured or had errors; 2 where a tool is missing.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator

from bench.local_cloud import write
from bench.serving import closed_loop, page, tables
from bench.serving.figures import Figures
from bench.serving.machine import machine
from bench.serving.offers import offers
from bench.serving.places import artifacts
from bench.serving.profile import profile
from bench.serving.results import Results
from bench.serving.rounds import measured, set_up
from bench.serving.rows import rows_text
from bench.serving.running import ServerError
from bench.serving.servers import NOOP, ONNX, OURS, QUICK, RECIPE, SERVERS

ROUNDS, SECONDS = 3, 3
QUICK_ROUNDS, QUICK_SECONDS = 1, 2


def main() -> int:
    """Measures, prints, writes."""
    arguments = argparse.ArgumentParser(prog="python -m bench.serving")
    arguments.add_argument("--quick", action="store_true", help="one round, without the peers")
    arguments.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md")
    asked = arguments.parse_args()
    if missing := "\n".join(lacking()):
        print(missing, file=sys.stderr)
        return 2
    results = run(quick=asked.quick)
    for table in (
        *(tables.throughput(results), tables.latency(results), tables.parts(results)),
        *(tables.processes(results), tables.extras(results)),
        *(tables.steady(results), tables.overload(results)),
        tables.targets(results),
    ):
        if len(table) > 1:
            print("", *tables.markdown(table), sep="\n")
    write("serving", results.to_json())
    if asked.write_docs:
        page.write(results)
    faults = list(broken(results))
    print("", *(f"{name} is left out: {why}" for name, why in results.absent.items()), sep="\n")
    print(*faults, sep="\n")
    return 1 if faults else 0


def lacking() -> Iterator[str]:
    """What the machine lacks, and how to mend it."""
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        yield "The benchmark needs Linux and two processors: one for a server, one for its load."
    if not closed_loop.present():
        yield "wrk is missing. Install it: apt-get install wrk"
    if not shutil.which("taskset"):
        yield "taskset is missing. Install it: apt-get install util-linux"


def run(*, quick: bool) -> Results:
    """Measures all of it."""
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {text}", flush=True)

    servers = [server for server in SERVERS if not quick or server.name in QUICK]
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
    setup = set_up(servers, artifacts(), say)
    found = measured(servers, setup, rounds, seconds, say)
    offered = {
        server.name: offers(server, setup, rounds, seconds, say)
        for server in servers
        if server.name in (OURS, ONNX, NOOP) and server.name in found
    }
    profiled = {}
    for server in servers:
        if server.name in (OURS, ONNX) and server.name in found:
            say(f"profile: {server.title}")
            try:
                profiled[server.name] = profile(setup.model(server))
            except ServerError as error:
                setup.absent[f"the profile of {server.name}"] = str(error)
    return Results(machine(closed_loop.version()), found, offered, profiled, setup.absent)


def broken(results: Results) -> Iterator[str]:
    """What makes the run worthless."""
    for name in (RECIPE, NOOP):
        if name in results.absent:
            yield f"{name} could not be measured: {results.absent[name]}"
    if OURS in results.absent and ONNX in results.absent:
        yield f"ours could not be measured: {results.absent[ONNX]}"
    for name, figures in results.medians.items():
        yield from _errors(name, figures)
    for name, by_size in results.offers.items():
        for size, one in by_size.items():
            if one.steady.errors:
                yield f"{name}: {one.steady.errors:.0f} errors at 80 % load, {rows_text(size)}"


def _errors(name: str, figures: Figures) -> Iterator[str]:
    for size, load in figures.loads.items():
        if load.errors:
            yield f"{name}: {load.errors} errors, {rows_text(size)}"


if __name__ == "__main__":
    sys.exit(main())
