"""`python -m local.engine`: prints which engine runs the local cloud, and gets it if need be."""

import argparse
import sys

from local.engine.errors import EngineError
from local.engine.find import find_engine

_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main() -> int:
    """Print the engine's version, origin and path; return the exit status."""
    argparse.ArgumentParser(
        prog="python -m local.engine",
        description="Print which Pulumi engine runs the local cloud: its version, its origin "
        "(PATH, official or built) and its path. If none is installed, downloads the official "
        "release; if that cannot be had, builds one, which takes about 4 minutes, once.",
    ).parse_args()
    try:
        engine = find_engine()
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing half-made is left behind.\n")
        return _INTERRUPTED
    sys.stdout.write(
        f"version  {engine.version}\norigin   {engine.origin}\npath     {engine.executable}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
