import subprocess
import sys

from local.engine.module import MODULE_FOLDER

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


def test_without_an_engine_the_exit_status_says_so_and_no_traceback_is_shown(environ):
    result = run(environ)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("No Pulumi engine can be had.\n- On PATH: no `pulumi`.\n")
    assert "Traceback" not in result.stderr


def test_help_says_what_it_prints(environ):
    result = run(environ, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: python -m local.engine [-h]\n")
