"""Entry point: `python -m container serve`, `python -m container train`.

SageMaker runs the image with `serve` for hosting and with `train` for a training job.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from container.training.hyperparameters import Algorithm

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
        "train", help="train the iris model: as a SageMaker training job, below /opt/ml"
    )
    train.add_argument(
        "--output", type=Path, metavar="FOLDER", help="only write the artifact of iris here"
    )
    train.add_argument(
        "--algorithm", type=Algorithm, choices=list(Algorithm), help="default: forest"
    )
    train.add_argument(
        "--champion", type=Path, metavar="FOLDER", help="an artifact to compare the new one with"
    )
    options = parser.parse_args(arguments)
    if options.command == "train" and options.output is None:
        if options.algorithm is not None:
            train.error("--algorithm: only with --output. A training job has a hyperparameter.")
        if options.champion is not None:
            train.error("--champion: only with --output. A training job has a channel.")
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

        algorithm = options.algorithm or Algorithm.FOREST
        return trainer.main(options.output, algorithm, options.champion)
    except KeyboardInterrupt:
        return INTERRUPTED


def _terminate(number: int, frame: object) -> None:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
