"""A server under an open loop: at 80 % of what it can, and at three times as much.

Near its limit a server's slowest answers tell how it queues, and how often the machine stands
still; a no-op's tell only the latter. Beyond it nothing can serve all: what counts is that those it
takes are served as fast as before, and that the others are told at once, by a 503 with Retry-After.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from bench.serving.closed_loop import kept, load
from bench.serving.open_loop import Offer, Outcome, offered
from bench.serving.rounds import Say, Setup
from bench.serving.rows import bodies, rows_text
from bench.serving.running import Running, ServerError, running
from bench.serving.servers import Server

SIZES = (1, 100)
OVERLOAD_SIZE = 100
"""Rows of a request at overload. Of one row, no client on one core offers three times as many as
a server on another answers."""

STEADY, OVERLOAD = 0.8, 3.0
"""Of the requests per second that the closed loop has just got out of the server."""

STEADY_CONNECTIONS, OVERLOAD_CONNECTIONS = 64, 512


@dataclass(frozen=True)
class Offers:
    """What came of offers of requests of one size: medians of several rounds."""

    capacity: float
    """Requests per second of the closed loop."""
    steady: Outcome
    overload: Outcome | None

    @property
    def spread(self) -> float:
        """p99 over p50 at the steady rate."""
        return self.steady.p99_ms / self.steady.p50_ms if self.steady.p50_ms else 0.0


def offers(
    server: Server, setup: Setup, rounds: int, seconds: int, say: Say
) -> Mapping[int, Offers]:
    """By rows of a request, which are one to a no-op.

    A server that fails is named in `setup.absent`: nothing of it.
    """
    programs, model = setup.places[server.environment].programs, setup.model(server)
    found: dict[int, Offers] = {}
    try:
        for size in SIZES if server.predicts else SIZES[:1]:
            with running(server, programs, model) as one:
                found[size] = median([_offers(server, one, size, seconds) for _ in range(rounds)])
            say(f"offers: {server.title}, {rows_text(size)}: {_line(found[size])}")
    except ServerError as error:
        setup.absent[f"offers to {server.name}"] = str(error)
        say(f"no offers to {server.title}: {error}")
        return {}
    return found


def _offers(server: Server, one: Running, size: int, seconds: int) -> Offers:
    with kept(bodies(server.form, size)) as requests:
        cores = server.load_cores
        capacity = load(one.port, server.path, requests, seconds, cores).per_second

        def offer(share: float, connections: int) -> Outcome:
            rate = capacity * share
            asked = Offer(one.port, server.path, str(requests), rate, seconds, connections)
            return offered(asked, cores)

        steady = offer(STEADY, STEADY_CONNECTIONS)
        if size != OVERLOAD_SIZE:
            return Offers(capacity, steady, None)
        return Offers(capacity, steady, offer(OVERLOAD, OVERLOAD_CONNECTIONS))


def median(rounds: Sequence[Offers]) -> Offers:
    """Each figure's median."""
    overloads = [one.overload for one in rounds if one.overload]
    return Offers(
        statistics.median(one.capacity for one in rounds),
        _outcome([one.steady for one in rounds]),
        _outcome(overloads) if overloads else None,
    )


def _outcome(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(
        **{
            field.name: statistics.median(getattr(one, field.name) for one in outcomes)
            for field in fields(Outcome)
        }
    )


def _line(one: Offers) -> str:
    steady = f"p50 {one.steady.p50_ms:.2f} ms, p99 {one.steady.p99_ms:.2f} ms at {STEADY:.0%}"
    if not one.overload:
        return steady
    accepted = one.overload.accepted / one.overload.offered
    return f"{steady}; {accepted:.0%} accepted, p99 {one.overload.p99_ms:.1f} ms at {OVERLOAD:g}x"
