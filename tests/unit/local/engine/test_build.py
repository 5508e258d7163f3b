import io
import threading

import pytest

from local.engine.build import build_engine
from local.engine.errors import EngineError
from local.engine.progress import Progress


@pytest.fixture
def folder(tmp_path, module):
    return tmp_path / "cache" / module.build_name


@pytest.fixture
def build(module, folder, environ):
    def run() -> str:
        stream = io.StringIO()
        build_engine(module, folder, environ, Progress(stream, lambda: 0.0))
        return stream.getvalue()

    return run


def test_a_build_makes_the_engine_and_its_executor(build, folder, add_go):
    add_go()
    assert build() == (
        "No usable Pulumi is installed: building one, about 4 minutes, this once.\n"
        "Building the Pulumi engine 3.259.0 from Go modules\n"
        "Building the Pulumi engine 3.259.0 from Go modules: done after 0 s\n"
    )
    assert (folder / "pulumi").read_text() == "engine\n"
    assert (folder / "pulumi-language-python-exec").read_text() == "the executor"
    assert (folder / "pulumi-language-python-exec").stat().st_mode & 0o777 == 0o755


def test_go_builds_the_pinned_module_with_its_version(build, add_go, module):
    calls = add_go()
    build()
    version_line, build_line, environment, sdk = calls.read_text().splitlines()
    assert version_line == "env GOVERSION"
    assert build_line.startswith(
        "build -ldflags -s -w "
        "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.259.0 -o "
    )
    assert build_line.endswith("/engine/pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")
    assert environment == (
        f"GOFLAGS=-mod=readonly -trimpath GOTOOLCHAIN=local GOWORK=off in {module.folder}"
    )
    assert sdk == "mod download -json github.com/pulumi/pulumi/sdk/v3"


def test_a_failed_build_leaves_nothing_but_its_log(build, folder, add_go):
    add_go('echo half > "$2"; for i in 1 2 3 4; do echo "problem $i" >&2; done; exit 2')
    with pytest.raises(EngineError) as caught:
        build()
    log = folder.parent / f"{folder.name}.log"
    assert str(caught.value) == (
        "`go build` ended with exit status 2\n"
        "  | problem 2\n  | problem 3\n  | problem 4\n"
        f"  The whole log: {log}"
    )
    assert log.read_text().startswith("problem 1\n")
    assert {path.suffix for path in folder.parent.iterdir() if path != folder} == {".lock", ".log"}
    assert not folder.exists()


def test_after_a_failed_build_the_next_one_starts_afresh(build, folder, add_go):
    add_go("exit 1")
    with pytest.raises(EngineError):
        build()
    add_go()
    build()
    assert (folder / "pulumi").exists()


def test_an_sdk_without_the_executor_fails_the_build(build, folder, add_go, tmp_path):
    add_go()
    executor = tmp_path / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
    executor.unlink()
    with pytest.raises(EngineError) as caught:
        build()
    assert str(caught.value).splitlines()[0] == (
        "github.com/pulumi/pulumi/sdk/v3 has no python/cmd/pulumi-language-python-exec: "
        f"{executor} does not exist"
    )
    assert not folder.exists()


def test_a_cache_that_cannot_be_written_is_said_with_the_fix(build, folder, add_go):
    add_go()
    folder.parent.parent.mkdir(exist_ok=True)
    folder.parent.write_text("a file where the folder belongs")
    with pytest.raises(EngineError) as caught:
        build()
    assert str(caught.value) == (
        f"[Errno 17] File exists: '{folder.parent}'. "
        "Free some disk space, or point XDG_CACHE_HOME at a folder with 3 GB free."
    )


def test_two_builds_at_once_build_once(build, add_go, folder):
    calls = add_go('sleep 0.3; echo engine > "$2"; chmod +x "$2"')
    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (folder / "pulumi").exists()
    assert calls.read_text().count("build -ldflags") == 1
