"""The server process: gunicorn with forked workers over one loaded model, or one over several.

`python -m container serve` takes no arguments; the environment configures it (settings.py).
Exit codes, after BSD's sysexits.h: 0 stopped by SIGTERM, EX_DATAERR (65) the artifact is
missing, changed or unfit, EX_CONFIG (78) the environment is wrong. Starting again would help
neither of the last two, so the server does not try.
"""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from container.artifact import ArtifactError
from container.manifest import ManifestError
from container.model import Model
from container.server.asgi import Application
from container.server.models import Models
from container.server.resources import MIB, hand_back_freed_memory
from container.server.settings import Settings, SettingsError
from container.server.worker import Worker

KEEP_ALIVE_SECONDS = 75
"""How long a connection may be idle: longer than a proxy in front of it is wont to keep one."""

GRACEFUL_TIMEOUT_SECONDS = 20
"""Time for running requests after SIGTERM; SageMaker sends SIGKILL after 30 seconds.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

LOGGING = {
    "root": {"level": "INFO", "handlers": ["console"]},
    # gunicorn would send its own log to stderr; the platform collects stdout.
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by Settings instead of its command line."""

    def __init__(self, settings: Settings, served: Model | Models) -> None:
        self._settings = settings
        self._served = served
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn: set its options."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.bind_host}:{self._settings.port}",
            "workers": 1 if isinstance(self._served, Models) else self._settings.workers,
            "worker_class": Worker,
            "keepalive": KEEP_ALIVE_SECONDS,
            "preload_app": True,
            "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
            "logconfig_dict": LOGGING,
            # Its socket would be written into the home folder, which may be read-only.
            "control_socket_disable": True,
        }
        if SHARED_MEMORY.is_dir():
            # Heartbeats on a disk can block a worker until it is taken for dead.
            # https://docs.gunicorn.org/en/stable/faq.html#blocking-os-fchmod
            options["worker_tmp_dir"] = str(SHARED_MEMORY)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Called by gunicorn: the application."""
        application = Application(self._served, self._settings.disclose)
        # What is here now stays: workers need not look through it for garbage, nor copy it by that.
        # https://docs.python.org/3/library/gc.html#gc.freeze
        gc.collect()
        gc.freeze()
        return application


def main(environment: Mapping[str, str]) -> int:
    """Serve until a signal stops it; gunicorn then ends the process with exit code 0.

    Returns an exit code if it cannot start, after one sentence per mistake on stderr.
    """
    try:
        settings = Settings.from_environment(environment)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    try:
        served = _served(settings)
    except (ManifestError, ArtifactError) as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_DATAERR
    hand_back_freed_memory()
    Server(settings, served).run()
    return os.EX_OK


def _served(settings: Settings) -> Model | Models:
    """The one model; or what is to become several, none of which is there at the start."""
    if settings.multi_model:
        return Models(settings.models_mib * MIB)
    return Model.load(settings.model_dir)
