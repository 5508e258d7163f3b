"""How long it is fuzzed: FUZZ_SECONDS for all of it, 600 unless set, beside what starting takes."""

import os
import time
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, settings

SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))

SHARES = {"invocation": 0.15, "formats": 0.1, "one model": 0.25, "several": 0.25, "gateway": 0.25}
"""Of the time, by what is fuzzed."""

BATCH = 25
"""Examples between two looks at the clock."""

in_batches = settings(
    max_examples=BATCH,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    print_blob=True,  # by which a failure is repeated: hypothesis.reproduce_failure
    suppress_health_check=list(HealthCheck),
)
"""Of a property that is checked batch after batch, each with examples of its own."""


def seconds(part: str) -> float:
    """What a part may take."""
    return SECONDS * SHARES[part]


def batches(part: str) -> Iterator[int]:
    """Counts batches, at least one, until the time of a part is over."""
    end = time.monotonic() + seconds(part)
    count = 0
    while count == 0 or time.monotonic() < end:
        yield count
        count += 1
