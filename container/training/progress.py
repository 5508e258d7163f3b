"""What a training is at: some of its steps take minutes where there are many rows."""

import sys


def step(text: str) -> None:
    """Say on stderr what begins now; stdout stays free for the metrics."""
    sys.stderr.write(f"{text}\n")
