"""The folder of one local cloud, what it keeps there, and whether it runs.

The daemon and every process that it starts hold a lock on one file of the folder, so that "does
anything still run?" has a true answer after any crash, without trusting process ids.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Running:
    """A cloud that has started."""

    pid: int
    """The daemon, which leads a process group of its own."""
    api_url: str
    """Every AWS API."""
    gateway_url: str
    """Deployed REST APIs."""
    provider_port: int
    """The stand-in for the aws plugin, on the loopback."""
    passphrase: str
    """Encrypts the secrets in the state of this cloud's stacks."""


class Home:
    """Paths and state of a local cloud; by default `.local` in the repository."""

    def __init__(self, folder: Path = REPOSITORY / ".local") -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "cloud.log"
        self.backend = self.folder / "backend"
        self.projects = self.folder / "projects"
        self.pulumi = self.folder / "pulumi"
        self._state = self.folder / "state.json"
        self._lock = self.folder / "running.lock"

    def make(self) -> None:
        """Makes the folder. Raises FileExistsError if there is one."""
        self.folder.mkdir(parents=True)
        self._lock.touch(0o600)

    def is_foreign(self) -> bool:
        """Whether what lies at the folder's path is no local cloud's, and not to be removed."""
        return not self.folder.is_dir() or (not self._lock.exists() and any(self.folder.iterdir()))

    def hold_lock(self) -> int:
        """Marks this process, and whatever inherits the descriptor, as part of the running cloud.

        Raises BlockingIOError if another cloud runs here.
        """
        descriptor = os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.set_inheritable(descriptor, True)
        return descriptor

    def is_locked(self) -> bool:
        """Whether any process of a cloud of this folder still runs."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def wait_until_unlocked(self, seconds: float) -> bool:
        """Whether the last process of the cloud ended within `seconds`."""
        deadline = time.monotonic() + seconds
        while self.is_locked():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def write_state(self, running: Running) -> None:
        """Says that the cloud answers. Only the user may read it: it holds the passphrase."""
        partial = self._state.with_suffix(".partial")
        descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(running), file)
        partial.replace(self._state)

    def read_state(self) -> Running | None:
        """What the last cloud of this folder wrote when it began to answer."""
        try:
            return Running(**json.loads(self._state.read_text()))
        except FileNotFoundError:
            return None
