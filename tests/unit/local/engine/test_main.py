import subprocess
import sys

from local.engine.module import MODULE_FOLDER, read_module
from local.engine.release import RELEASES_URL

REPOSITORY = MODULE_FOLDER.parents[1]


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.engine", *arguments],
        cwd=REPOSITORY,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_engine_is_shown(environ, add_tool):
    path = add_tool("pulumi", "echo v3.259.0")
    add_tool("pulumi-language-python", "")
    result = run(environ)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"version  3.259.0\norigin   PATH\npath     {path}\n"


def test_without_an_engine_the_exit_status_says_so_and_no_traceback_is_shown(environ, releases):
    # A proxy that forbids it, as in many a company: no request leaves this machine.
    result = run(environ | {"https_proxy": releases.url})
    assert (result.returncode, result.stdout) == (1, "")
    skipping, *lines = result.stderr.splitlines()
    url = f"{RELEASES_URL}/pulumi-{read_module().version}-checksums.txt"
    reason = f"{url}: Tunnel connection failed: 501 Unsupported method ('CONNECT')"
    assert skipping == f"Skipping the official release: {reason}."
    assert lines[:3] == [
        "No Pulumi engine can be had.",
        "- On PATH: no `pulumi`.",
        f"- Official release: {reason}.",
    ]
    assert "Traceback" not in result.stderr


def test_help_says_what_it_prints(environ):
    result = run(environ, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: python -m local.engine [-h]\n")
