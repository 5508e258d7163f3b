from collections.abc import Callable

import pytest

from bench.serving.figures import Figures, Load
from bench.serving.machine import Machine
from bench.serving.offers import Offers
from bench.serving.open_loop import Outcome
from bench.serving.profile import Part
from bench.serving.results import Results
from bench.serving.servers import SIZES

MACHINE = Machine(
    date="2026-10-01 12:00 UTC",
    commit="0123456789ab",
    processor="A Processor",
    processors=2,
    memory_gib=4,
    system="Linux 6.1, Python 3.11.7",
    versions={"ours": "gunicorn 25.1"},
)


@pytest.fixture
def figures() -> Callable[..., Figures]:
    """Figures of a server that answers so many requests per second, of each size alike."""

    def make(per_second: float, *, pss: float = 50, start: float = 0.3, errors: int = 0) -> Figures:
        load = Load(per_second, p50_ms=1, p99_ms=2, errors=errors)
        return Figures(dict.fromkeys(SIZES, load), start_seconds=start, pss_mib=pss)

    return make


@pytest.fixture
def offers() -> dict[int, Offers]:
    """Of one row: p99 is twice p50. Of 100: half is refused at overload, one of them rudely."""
    steady = Outcome(offered=80, accepted=80, p50_ms=1.5, p99_ms=3, late_p99_ms=0.04)
    beyond = Outcome(offered=300, accepted=150, busy=150, retry_after=149, p50_ms=2, p99_ms=4)
    return {1: Offers(100, steady, None), 100: Offers(100, steady, beyond)}


@pytest.fixture
def results(figures, offers) -> Results:
    """Of a run on which the compiled kernel was there and BentoML was not."""
    return Results(
        MACHINE,
        {
            "recipe": [figures(100, pss=110)],
            "ours": [figures(15_000)],
            "ours_2": [figures(20_000, pss=60)],
            "onnx": [figures(9_000)],
            "set": [Figures({1: Load(10_000, 1, 2, 0), 100: Load(12_000, 1, 2, 0)}, 0.3, 50)],
            "noop": [figures(20_000)],
        },
        {"ours": offers},
        {"ours": [Part("parse", 2, 3.25), Part("a no-op application", 0.5, 1)]},
        {"bentoml": "no index\nanswers"},
    )
