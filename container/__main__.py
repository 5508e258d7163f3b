"""Entry point: `python -m container serve`, `python -m container train --output FOLDER`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

INTERRUPTED = 130
"""Exit code of a process that SIGINT ended, as shells count it: 128 + 2."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m container", description="The model server and its trainer."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the artifact in MODEL_DIR over HTTP")
    train = commands.add_parser("train", help="train the iris forest and write its artifact")
    train.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="folder of the artifact"
    )
    options = parser.parse_args(arguments)
    # Each command imports its own: the server never loads the training libraries.
    try:
        if options.command == "serve":
            from container import serve

            return serve.main(os.environ)
        from container import train as trainer

        return trainer.main(options.output)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
