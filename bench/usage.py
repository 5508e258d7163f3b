"""Runs a command and writes what it used: `python usage.py FILE COMMAND...`.

A process of its own, small: Linux counts what its parent holds at a fork as memory of the child.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


def main(file: str, *command: str) -> int:
    """The command's status; 127 if there is no such command."""
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    _, status, usage = os.wait4(process.pid, 0)
    figures = {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * BYTES_OF_MAXRSS / 1024**2,
    }
    Path(file).write_text(json.dumps(figures))
    return os.waitstatus_to_exitcode(status) % 256


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
