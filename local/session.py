"""Starting, reusing and ending a local cloud, and running commands against it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from local.engine.find import Engine, find_engine
from local.home import REPOSITORY, Home, Running
from local.isolation import isolated
from local.recovery import half_made, locked, release_dead_locks
from local.shadow import ProjectError, find_project, lost_edits, shadow_project, stack_files

START_SECONDS = 60.0
STOP_SECONDS = 40.0
"""Longer than an instance's own 30 s between SIGTERM and SIGKILL."""
TOOLS = REPOSITORY / "local" / "tools"
"""Stand-ins for commands that would leave this machine."""
POLICY_PACK = REPOSITORY / "policies"
_LOG_TAIL_LINES = 20


class LocalCloudError(Exception):
    """The local cloud could not do what was asked; the text says why and what to do."""


def running(home: Home) -> Running | None:
    """The running cloud of `home`, if there is one that answers."""
    state = home.read_state() if home.is_locked() else None
    return state if state and _answers(state.api_url) else None


def start(home: Home, environment: Mapping[str, str] = os.environ) -> Running:
    """The running cloud, started if need be, and empty then: nothing outlives its cloud."""
    if found := running(home):
        return found
    if home.is_locked() and home.read_state() is None:  # another `up` is at it
        return _wait_until_it_answers(home)
    stop(home)
    try:
        home.make()
        lock = home.hold_lock()
    except (FileExistsError, BlockingIOError) as error:
        raise LocalCloudError(
            f"Another command starts a local cloud in {home.folder} just now. Run this again."
        ) from error
    except OSError as error:
        raise LocalCloudError(
            f"{home.folder} cannot be made: {error.strerror}. Choose another --home."
        ) from error
    with home.log.open("wb") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "local.daemon", "--home", str(home.folder)],
            cwd=REPOSITORY,
            env=isolated(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,
        )
    os.close(lock)  # from here on the daemon holds it
    try:
        return _wait_until_it_answers(home)
    except BaseException:
        _signal_group(daemon.pid, signal.SIGKILL)
        raise


def _wait_until_it_answers(home: Home) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and home.is_locked():
        if found := home.read_state():
            return found
        time.sleep(0.05)
    log = home.log.read_text(errors="replace") if home.log.exists() else ""
    tail = "\n".join(log.splitlines()[-_LOG_TAIL_LINES:])
    raise LocalCloudError(f"The local cloud did not start. The end of its log:\n{tail}")


def stop(home: Home) -> bool:
    """Ends every process of the cloud and removes its folder; whether there was anything."""
    if not home.folder.exists():
        return False
    if home.is_foreign():
        raise LocalCloudError(
            f"{home.folder} holds something else than a local cloud. "
            "Allowed: a new folder, an empty one, a local cloud's. Choose another --home."
        )
    state = home.read_state()
    if state and home.is_locked():
        if running(home):
            os.kill(state.pid, signal.SIGTERM)  # it stops its containers itself, in good order
        else:
            _signal_group(state.pid, signal.SIGTERM)
        if not home.wait_until_unlocked(STOP_SECONDS):
            _signal_group(state.pid, signal.SIGKILL)
    if not home.wait_until_unlocked(STOP_SECONDS):
        raise LocalCloudError(
            f"Processes of the local cloud still hold {home.folder}. "
            "Find them by their open files and end them, then run this again."
        )
    shutil.rmtree(home.folder)
    return True


def command_environment(
    home: Home, cloud: Running, engine: Engine, environment: Mapping[str, str]
) -> dict[str, str]:
    """What a command needs to meet this cloud, and only this cloud."""
    folders = [TOOLS, Path(sys.executable).parent, engine.executable.parent, *engine.path_entries]
    path = os.pathsep.join([*map(str, folders), environment.get("PATH", os.defpath)])
    return isolated(environment, cloud.api_url) | {
        "PATH": path,
        "PULUMI_HOME": str(home.pulumi),
        "PULUMI_BACKEND_URL": home.backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": cloud.passphrase,
        "PULUMI_DEBUG_PROVIDERS": f"aws:{cloud.provider_port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "true",
        # The engine reads a flag's default from its variable: no preview without the policies.
        "PULUMI_OPTION_POLICY_PACK": str(POLICY_PACK),
    }


def execute(
    home: Home,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    capture: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs a command against the cloud, in the shadow of the Pulumi project that `folder` is in.

    capture: keep its output for the caller instead of showing it.
    """
    cloud = _repaired(home, environment)
    engine = find_engine()
    variables = command_environment(home, cloud, engine, environment)
    project = find_project(folder.resolve())
    if project:
        try:
            folder = shadow_project(project, home.projects, engine.path_entries[:1])
        except ProjectError as error:
            raise LocalCloudError(str(error)) from error
        _make_stacks(home, folder, variables)
    try:
        with _leaving_ctrl_c_to_the_command():
            done = subprocess.run(
                command, cwd=folder, env=variables, check=False, capture_output=capture, text=True
            )
    except FileNotFoundError as error:
        raise LocalCloudError(f"{command[0]}: no such command on this machine") from error
    except OSError as error:
        raise LocalCloudError(f"{command[0]}: cannot be run: {error.strerror}") from error
    if project and project != folder:
        for name in lost_edits(project, folder):
            sys.stderr.write(
                f"{name}: what this command changed in the config is gone with it; the local cloud "
                f"works on copies. Edit {project / name} instead.\n"
            )
    return done


def _repaired(home: Home, environment: Mapping[str, str]) -> Running:
    """The running cloud; a new one where an engine was killed while it made something in it."""
    cloud = start(home, environment)
    release_dead_locks(home.backend)
    # While an engine runs, what it is making is half made by rights.
    if not locked(home.backend) and (stacks := half_made(home.backend)):
        sys.stderr.write(
            f"The last update of {', '.join(stacks)} ended while it made something. "
            "Starting over with an empty cloud.\n"
        )
        stop(home)
        cloud = start(home, environment)
    return cloud


@contextlib.contextmanager
def _leaving_ctrl_c_to_the_command() -> Iterator[None]:
    """Ctrl-C reaches the command by itself; an engine killed over it leaves a broken state.

    A handler, not SIG_IGN, which the command would inherit.
    """
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _make_stacks(home: Home, shadow: Path, variables: Mapping[str, str]) -> None:
    """Stacks that the project has and this cloud's backend does not have yet."""
    home.backend.mkdir(exist_ok=True)
    for stack in stack_files(shadow):
        if not (home.backend / ".pulumi" / "stacks" / shadow.name / f"{stack}.json").exists():
            made = subprocess.run(
                ["pulumi", "stack", "init", stack, "--no-select"],
                cwd=shadow,
                env=dict(variables),
                check=False,
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise LocalCloudError(f"The stack {stack} cannot be made:\n{made.stderr.strip()}")


def _answers(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname or "", address.port or 0)) == 0


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
