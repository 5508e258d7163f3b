"""Entry point: `python -m container serve`, `python -m container train`.

SageMaker runs the image with `serve` for hosting and with `train` for a training job.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a process that SIGINT ended, as shells count it."""

TERMINATED = 128 + signal.SIGTERM
"""Exit code of a process that SIGTERM ended: a training, or a server that was not up yet."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m container", description="The model server and its trainer."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the artifact in MODEL_DIR over HTTP")
    train = commands.add_parser(
        "train", help="train the iris forest: as a SageMaker training job, below /opt/ml"
    )
    train.add_argument(
        "--output", type=Path, metavar="FOLDER", help="only write the default artifact here"
    )
    options = parser.parse_args(arguments)
    # Process 1 of a container gets no signal that it has no handler for; SageMaker would have to
    # wait and kill. gunicorn takes the signal over once it runs.
    signal.signal(signal.SIGTERM, _terminate)
    # Each command imports its own: the server never loads the training libraries.
    try:
        if options.command == "serve":
            from container.server import serve

            return serve.main(os.environ)
        if options.output is None:
            from container.training import training_job

            return training_job.main()
        from container.training import train as trainer

        return trainer.main(options.output)
    except KeyboardInterrupt:
        return INTERRUPTED


def _terminate(number: int, frame: object) -> None:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
