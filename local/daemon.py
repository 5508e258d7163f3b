"""The background process of a local cloud: started by `python -m local up`, ended by `down`."""

import argparse
import os
import secrets
import signal
import socket
import sys
from pathlib import Path

from local.cloud import Cloud
from local.home import Home, Running


def main() -> int:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m local.daemon", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of this cloud")
    home = Home(parser.parse_args().home)
    stopped = _stop_signal()
    cloud = Cloud(home.folder)
    cloud.start()
    home.write_state(
        Running(
            pid=os.getpid(),
            api_url=cloud.addresses.api_url,
            gateway_url=cloud.addresses.gateway_url,
            provider_port=cloud.addresses.provider_port,
            passphrase=secrets.token_urlsafe(24),
        )
    )
    stopped.recv(1)
    cloud.close()
    return 0


def _stop_signal() -> socket.socket:
    """Where a byte arrives with SIGTERM or SIGINT.

    A lock would not do: the kernel may hand the signal to any thread, and a main thread that waits
    for a lock then never learns of it.
    """
    readable, writable = socket.socketpair()
    writable.setblocking(False)
    signal.set_wakeup_fd(writable.detach())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return readable


if __name__ == "__main__":
    sys.exit(main())
