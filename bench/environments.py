"""Environments of the peers: they are no part of the project, and want packages of their own.

Each lies under build/peers, and is made on demand from a lock with hashes in bench/peers.
"""

import sys
from pathlib import Path

from bench.local_cloud import REPOSITORY
from bench.process import run

LOCKS = REPOSITORY / "bench/peers"
ENVIRONMENTS = REPOSITORY / "build/peers"


def environment(name: str) -> Path:
    """The folder of a peer's programs; made unless its lock is what is installed.

    Raises CommandError.
    """
    folder, lock = ENVIRONMENTS / name, LOCKS / f"{name}.txt"
    installed = folder / "installed.txt"
    if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
        uv = Path(sys.executable).with_name("uv")
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder])
        python = folder / "bin/python"
        run([uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock])
        installed.write_bytes(lock.read_bytes())
    return folder / "bin"
