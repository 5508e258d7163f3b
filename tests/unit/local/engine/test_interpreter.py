import os
import sys
from pathlib import Path

import pytest
from pulumi.runtime.proto.language_pb2 import ProgramInfo

from local.engine.interpreter import Interpreter, InterpreterError, find_interpreter


def program(root: Path, **options: str) -> ProgramInfo:
    info = ProgramInfo(root_directory=str(root), program_directory=str(root))
    info.options.update(options)
    return info


def make_virtualenv(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.symlink_to(sys.executable)
    return python


def test_a_relative_virtualenv_starts_at_the_projects_folder(tmp_path):
    python = make_virtualenv(tmp_path / ".venv")
    found = find_interpreter(program(tmp_path, virtualenv=".venv"), {})
    assert found == Interpreter(python, tmp_path / ".venv")


def test_an_absolute_virtualenv_is_taken_as_it_is(tmp_path):
    python = make_virtualenv(tmp_path / "elsewhere")
    found = find_interpreter(
        program(tmp_path / "project", virtualenv=str(tmp_path / "elsewhere")), {}
    )
    assert found.executable == python


def test_without_a_virtualenv_python3_on_path_is_taken(tmp_path, add_tool, environ):
    python = add_tool("python3", "")
    found = find_interpreter(program(tmp_path), environ)
    assert found == Interpreter(python, None)


def test_a_virtualenv_that_is_not_there_is_named(tmp_path, add_tool, environ):
    add_tool("python3", "")
    with pytest.raises(InterpreterError) as caught:
        find_interpreter(program(tmp_path, virtualenv="nope"), environ)
    assert str(caught.value) == (
        f"runtime.options.virtualenv: 'nope' is no virtual environment: "
        f"{tmp_path}/nope/bin/python does not exist. Create it, or name another in {tmp_path}."
    )


def test_no_python_at_all_is_said(tmp_path, environ):
    with pytest.raises(InterpreterError) as caught:
        find_interpreter(program(tmp_path), environ)
    assert str(caught.value) == (
        "runtime.options.virtualenv is not set and no `python3` is on PATH. "
        "Name a virtual environment or install Python."
    )


def test_a_virtualenv_is_activated():
    interpreter = Interpreter(Path("/p/.venv/bin/python"), Path("/p/.venv"))
    assert interpreter.activated({"PATH": "/usr/bin", "PYTHONHOME": "/h", "A": "b"}) == {
        "VIRTUAL_ENV": "/p/.venv",
        "PATH": f"/p/.venv/bin{os.pathsep}/usr/bin",
        "A": "b",
    }


def test_without_a_virtualenv_the_environment_stays(tmp_path):
    environment = {"PATH": "/usr/bin", "PYTHONHOME": "/h"}
    assert Interpreter(Path("/usr/bin/python3"), None).activated(environment) == environment


def test_an_interpreter_describes_itself():
    description = Interpreter(Path(sys.executable), None).describe()
    assert description.version == sys.version.split()[0]
    assert description.packages["pulumi"].startswith("3.")


@pytest.mark.parametrize("script", ["exit 1", "echo no json"])
def test_an_interpreter_that_gives_no_answer_is_named(add_tool, script):
    python = add_tool("python3", script)
    with pytest.raises(InterpreterError) as caught:
        Interpreter(python, None).describe()
    assert str(caught.value).startswith(f"{python} does not describe itself: ")
