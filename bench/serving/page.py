"""docs/benchmarks.md and its picture, from the figures of a run."""

from collections.abc import Iterator

from bench.local_cloud import REPOSITORY
from bench.serving import tables
from bench.serving.chart import Group, chart
from bench.serving.results import Results
from bench.serving.rows import rows_text
from bench.serving.servers import SERVERS

PAGE = REPOSITORY / "docs/benchmarks.md"
PICTURE = REPOSITORY / "docs/images/serving.svg"

CHARTED = (1, 100)

INTRODUCTION = """\
# Benchmarks

    make bench

measures, among others, the model server beside the recipe that many a tutorial ends with \
(Flask's development server, a pickle, `predict` and `predict_proba` for every request) and beside \
four other servers of the same forest: scikit-learn's RandomForestClassifier of 100 trees on iris. \
It writes this page, and `bench/results/serving.json` with every figure of every round. \
`.venv/bin/python -m bench.serving` is that part alone; with `--quick` it leaves the peers out. \
It needs Linux, two processors, and wrk (Debian's package).
"""

WHY = """\
What our server does beside the no-op is [below](#where-the-time-of-one-row-goes). How far p99 is \
from p50 is the machine's matter too: [the no-op's own](#at-80--of-capacity)."""

METHOD = """\
## How it is measured

A server with one worker has the first processor, and all its processes stay on it; the load comes \
from the second. A server with two workers shares both with the load. Where root runs \
them, all have the highest priority, so that the machine's housekeeping waits. wrk keeps 16 \
connections busy with requests of random rows. Before that, each server has to say of 64 rows what \
scikit-learn says of them, or it is named and not timed. In a round every server starts, is loaded \
with each size of request, and ends; every other round goes backwards. A figure is the median of \
its rounds.

Memory is the sum of the proportional set sizes of all processes of a server after the load. \
Start-up is from the start of the process to the first answer that it is ready. The peers run in \
environments of their own, of locked packages ([bench/peers](../bench/peers)).
"""

PROFILE = """\
Our application in a process of its own, without a server \
([profile.py](../bench/serving/profile.py)): called over and over, and each time after a packet \
has gone through the loopback, when the processor's caches hold less of it. Below it, what a whole \
request takes at the throughput above: with uvicorn's part, the kernel's network code, and waking \
the client."""

OPEN_LOOP = """\
Requests come evenly spaced, whether the server has answered the last or not, and their latency \
counts from when they were due ([why](../bench/serving/open_loop.py)). While a machine stands \
still, so does every server on it: the no-op shows how often it does. Where the client itself was \
late, the last column says by how much: that is no server's."""

BEYOND = """\
No server can answer all of these. What counts is that those it takes are served as fast as \
before, and that the others are told at once, with when to come again."""


def write(results: Results) -> None:
    """Writes the page and the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(results))
    PAGE.write_text("\n".join(page(results)) + "\n")


def picture(results: Results) -> str:
    """Requests per second, on a logarithmic scale."""
    found = results.medians
    groups = [
        Group(server.title, [found[server.name].loads[size].per_second for size in CHARTED])
        for server in SERVERS
        if server.name in found and set(CHARTED) <= found[server.name].loads.keys()
    ]
    return chart("Requests per second (logarithmic)", list(map(rows_text, CHARTED)), groups)


def page(results: Results) -> Iterator[str]:
    """Its lines."""
    yield INTRODUCTION
    yield from _machine(results)
    yield f"![Requests per second of each server]({PICTURE.relative_to(PAGE.parent)})\n"
    told = WHY if results.parts and results.offers else ""
    yield from _section("Targets", tables.targets(results), told)
    yield METHOD
    yield from _section("Throughput", tables.throughput(results))
    yield from _section("Latency", tables.latency(results))
    yield from _section("Where the time of one row goes", tables.parts(results), PROFILE)
    yield from _section("Memory and start-up", tables.processes(results))
    yield from _section("What more in the answer costs", tables.extras(results))
    yield from _section("At 80 % of capacity", tables.steady(results), OPEN_LOOP)
    yield from _section("At three times the capacity", tables.overload(results), BEYOND)
    yield from _runs(results)
    yield from _absent(results)


def _section(title: str, table: tables.Table, text: str = "") -> Iterator[str]:
    if len(table) > 1:
        yield f"## {title}\n"
        if text:
            yield f"{text}\n"
        yield from tables.markdown(table)
        yield ""


def _machine(results: Results) -> Iterator[str]:
    one = results.machine
    yield (
        f"{one.date}, commit {one.commit}, on {one.processors} processors ({one.processor}), "
        f"{one.memory_gib:.0f} GiB, {one.system}.\n"
    )


def _runs(results: Results) -> Iterator[str]:
    yield "## What each runs\n"
    for server in SERVERS:
        if server.name in results.rounds:
            yield f"- {server.title}: {server.runs}"
    yield "\n| environment | packages |\n|---|---|"
    for name, packages in results.machine.versions.items():
        yield f"| {name} | {packages} |"
    yield ""


def _absent(results: Results) -> Iterator[str]:
    if results.absent:
        yield "## What could not be measured\n"
        for name, why in results.absent.items():
            told = " ".join(why.replace(f"{REPOSITORY}/", "").split())
            yield f"- {name}: `{told}`"
