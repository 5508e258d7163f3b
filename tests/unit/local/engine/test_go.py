import io

import pytest

from local.engine.errors import EngineError
from local.engine.go import find_go
from local.engine.progress import Progress
from local.engine.version import Version

REQUIRED = Version(1, 25, 11)


def test_a_go_that_is_new_enough_is_taken(environ, add_tool):
    path = add_tool("go", "echo go1.25.11")
    assert find_go(environ, REQUIRED).executable == path


def test_go_runs_without_toolchain_downloads_and_workspaces(environ, add_tool):
    add_tool("go", "echo go1.26.8")
    found = find_go({**environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "auto"}, REQUIRED)
    assert found.environment == {
        **environ,
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-mod=readonly -trimpath",
    }


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo go1.25.10", "{go} is Go 1.25.10; Go >= 1.25.11 is needed"),
        ("echo go1.25rc1", "{go} is Go 1.25.0 (pre-release); Go >= 1.25.11 is needed"),
        ("echo nonsense", "`{go} env GOVERSION` answers 'nonsense', not a version"),
        ("echo broken >&2; exit 3", "`{go} env GOVERSION` ended with exit status 3: broken"),
    ],
)
def test_a_go_that_will_not_do_is_refused_with_the_reason(environ, add_tool, script, message):
    go = add_tool("go", script)
    with pytest.raises(EngineError) as caught:
        find_go(environ, REQUIRED)
    assert str(caught.value) == message.format(go=go)


def test_a_go_that_cannot_be_started_is_refused(environ, tools):
    (tools / "go").write_text("#!/no/such/interpreter\n")
    (tools / "go").chmod(0o755)
    with pytest.raises(EngineError, match="cannot be run: .*No such file or directory"):
        find_go(environ, REQUIRED)


def test_no_go_is_said(environ):
    with pytest.raises(EngineError) as caught:
        find_go(environ, REQUIRED)
    assert str(caught.value) == "no `go` on PATH; Go >= 1.25.11 is needed"


class Interrupting(Progress):
    """Stands for Ctrl-C at the first tick."""

    def tick(self) -> None:
        raise KeyboardInterrupt


def test_an_interrupted_go_is_killed_with_all_that_it_started(environ, add_tool, tmp_path, ends):
    started = tmp_path / "started"
    add_tool(
        "go",
        f"[ $1 = env ] && echo go1.26.8 && exit; sleep 60 & echo $! > {started}; wait",
    )
    go = find_go(environ, REQUIRED)
    with (tmp_path / "log").open("wb") as log, pytest.raises(KeyboardInterrupt):
        go.run(["build"], tmp_path, log, Interrupting(io.StringIO()))
    assert ends(int(started.read_text()))
