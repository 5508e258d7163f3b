"""The rounds: every server starts, answers rightly, is loaded and ends, in turn."""

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.process import CommandError
from bench.serving.closed_loop import kept, load
from bench.serving.figures import Figures, median
from bench.serving.places import Place, place
from bench.serving.rows import Format, Predicted, Row, WrongAnswerError, bodies, check, drawn
from bench.serving.running import Running, ServerError, maps, pss_mib, running
from bench.serving.servers import Server

CHECKED = drawn(64, seed=1_000)
"""Rows that every server is checked with; none of the requests that are timed has them."""

WARM_SECONDS = 1

Say = Callable[[str], None]
Find = Callable[[str, Sequence[Row]], Place]


@dataclass
class Setup:
    """What servers are started from, and the servers that cannot be measured."""

    artifacts: Mapping[str, Path]
    places: dict[str, Place] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """Server -> why."""

    def model(self, server: Server) -> Path:
        """What a server loads."""
        ours = self.artifacts.get(server.artifact)
        return ours or self.places[server.environment].model


def set_up(
    servers: Sequence[Server], folders: Mapping[str, Path], say: Say, find: Find = place
) -> Setup:
    """Installs and trains what is missing; a peer that cannot be had is named.

    folders: the artifacts of our server, by name.
    """
    setup = Setup(folders)
    for server in servers:
        if server.environment not in setup.places and server.name not in setup.absent:
            say(f"environment {server.environment}")
            try:
                setup.places[server.environment] = find(server.environment, CHECKED)
            except CommandError as error:
                setup.absent[server.name] = str(error)
    return setup


def measured(
    servers: Sequence[Server], setup: Setup, rounds: int, seconds: int, say: Say
) -> dict[str, list[Figures]]:
    """The figures of each round of each server, in the servers' order.

    Every other round goes backwards: what a machine does meanwhile, such as growing warm, then
    falls on all alike. A server that fails is named in `setup.absent` and left out from then on.
    """
    figures: dict[str, list[Figures]] = {server.name: [] for server in servers}
    for index in range(rounds):
        for server in servers if index % 2 == 0 else servers[::-1]:
            if server.name not in setup.absent:
                try:
                    one = _round(server, setup, seconds)
                except (ServerError, WrongAnswerError) as error:
                    setup.absent[server.name] = str(error)
                    say(f"{server.title} is left out: {error}")
                else:
                    figures[server.name].append(one)
                    say(f"round {index + 1} of {rounds}: {server.title}: {_line(one)}")
    return {name: found for name, found in figures.items() if name not in setup.absent}


def medians(figures: Mapping[str, Sequence[Figures]]) -> dict[str, Figures]:
    """Of each server's rounds."""
    return {name: median(rounds) for name, rounds in figures.items()}


def _round(server: Server, setup: Setup, seconds: int) -> Figures:
    programs = setup.places[server.environment].programs
    with ExitStack() as stack:
        requests = {
            size: stack.enter_context(kept(bodies(server.form, size))) for size in server.sizes
        }
        one = stack.enter_context(running(server, programs, setup.model(server)))
        check_answers(server, one, setup.places[server.environment])
        load(one.port, server.path, requests[1], WARM_SECONDS, server.load_cores)
        loads = {
            size: load(one.port, server.path, file, seconds, server.load_cores)
            for size, file in requests.items()
        }
        return Figures(loads, one.start_seconds, pss_mib(one.pid))


def check_answers(server: Server, one: Running, where: Place) -> None:
    """Raises WrongAnswerError or ServerError unless it says what scikit-learn says."""
    if server.kernel and maps(one.pid, "onnxruntime"):
        raise ServerError(
            "it serves by ONNX Runtime: the artifact has no forest.bin, or no kernel is built"
        )
    if server.predicts:
        check(_asked(one.port, server.path, server.form), where.expected)


def _asked(port: int, path: str, form: Format) -> Predicted:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        body = json.dumps(form.body(CHECKED))
        connection.request("POST", path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise ServerError(f"it does not answer: {error!r}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise ServerError(f"it answers {answer.status}: {text[:200]}")
    try:
        return form.read(json.loads(text))
    except (ValueError, LookupError, TypeError) as error:
        raise WrongAnswerError(f"no predictions in {text[:200]}") from error


def _line(one: Figures) -> str:
    loads = ", ".join(f"{size} x {load.per_second:.0f}/s" for size, load in one.loads.items())
    errors = f", {one.errors} ERRORS" if one.errors else ""
    return f"{loads}, {one.pss_mib:.0f} MiB, up in {one.start_seconds:.2f} s{errors}"
