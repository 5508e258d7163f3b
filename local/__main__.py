"""`python -m local`: the stack on one machine, without AWS."""

import argparse
import json
import sys
from pathlib import Path

from local import session, smoke
from local.engine.errors import EngineError
from local.home import Home

_INTERRUPTED = 130


def main() -> int:
    """Parses the command line and runs one command; its exit status."""
    arguments = _parser().parse_args()
    home = Home(arguments.home)
    try:
        status: int = arguments.run(home, arguments)
    except (session.LocalCloudError, EngineError, smoke.SmokeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _up(home: Home, arguments: argparse.Namespace) -> int:
    reused = session.running(home)
    cloud = reused or session.start(home)
    print(f"{'Reused' if reused else 'Started'} {cloud.api_url}, log in {home.log}")
    return 0


def _down(home: Home, arguments: argparse.Namespace) -> int:
    print("The local cloud is gone." if session.stop(home) else "No local cloud runs.")
    return 0


def _status(home: Home, arguments: argparse.Namespace) -> int:
    cloud = session.running(home)
    if cloud is None:
        print("No local cloud runs. Start one: make up")
        return 1
    print(f"AWS APIs   {cloud.api_url}\nREST APIs  {cloud.gateway_url}\nlog        {home.log}")
    return 0


def _exec(home: Home, arguments: argparse.Namespace) -> int:
    command = arguments.command[arguments.command[:1] == ["--"] :]
    if not command:
        raise session.LocalCloudError("exec: no command. Give one: exec -- pulumi preview")
    return session.execute(home, command, Path.cwd()).returncode


def _routes(home: Home, arguments: argparse.Namespace) -> int:
    print(json.dumps(smoke.routes(home, arguments.stack), indent=2))
    return 0


def _smoke(home: Home, arguments: argparse.Namespace) -> int:
    smoke.call_every_route(home, arguments.stack)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument(
        "--home", type=Path, default=Home().folder, help="folder of this cloud (default: .local)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("up", _up, "start the local cloud, or reuse the one that runs"),
        ("down", _down, "end it and remove all that it keeps"),
        ("status", _status, "say whether and where it runs"),
        ("exec", _exec, "run any command against it: exec -- pulumi preview --stack dev"),
        ("routes", _routes, "list the routes of a stack that answer, as JSON"),
        ("smoke", _smoke, "call every route of a stack with its example"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if name == "exec":
            command.add_argument("command", nargs=argparse.REMAINDER)
        if name in ("routes", "smoke"):
            command.add_argument("--stack", default="local")
    return parser


if __name__ == "__main__":
    sys.exit(main())
