"""Over real gRPC, against the real process; only the SDK's executor is a stub."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as messages

VIRTUALENV = str(Path(sys.prefix))
SLEEPS = "pathlib.Path('started').write_text(str(os.getpid())); time.sleep(60)"


@pytest.fixture
def service(running_host):
    return running_host.service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "program"
    folder.mkdir()
    return folder


def program(folder: Path, code: str, virtualenv: str = VIRTUALENV) -> messages.ProgramInfo:
    """A program of one file; a plugin imports what the stub gives a program."""
    (folder / "__main__.py").write_text(f"import os, pathlib, sys, time\n{code}\n")
    info = messages.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point="."
    )
    info.options.update({"virtualenv": virtualenv})
    return info


def run_request(folder: Path, code: str, **fields: Any) -> messages.RunRequest:
    return messages.RunRequest(
        project="p", stack="s", pwd=str(folder), info=program(folder, code), **fields
    )


def plugin_request(folder: Path, code: str, **fields: Any) -> messages.RunPluginRequest:
    return messages.RunPluginRequest(
        kind="resource", pwd=str(folder), info=program(folder, code), **fields
    )


def await_start(folder: Path) -> int:
    """The process id that SLEEPS writes."""
    for _ in range(100):
        started = folder / "started"
        if started.exists() and started.read_text():
            return int(started.read_text())
        time.sleep(0.05)
    raise AssertionError("the child did not start")


def test_a_program_gets_its_config_its_virtualenv_and_the_address_of_the_handshake(service, folder):
    service.Handshake(messages.LanguageHandshakeRequest(engine_address="127.0.0.1:99"))
    request = run_request(folder, "", config={"p:a": "1"}, configSecretKeys=["p:b"], dryRun=True)
    assert service.Run(request) == messages.RunResponse()
    seen = json.loads((folder / "seen.json").read_text())
    assert seen["arguments"][:4] == ["--monitor", "", "--engine", "127.0.0.1:99"]
    assert seen["folder"] == str(folder)
    assert seen["environment"]["PULUMI_CONFIG"] == '{"p:a": "1"}'
    assert seen["environment"]["PULUMI_CONFIG_SECRET_KEYS"] == '["p:b"]'
    assert seen["environment"]["VIRTUAL_ENV"] == VIRTUALENV


def test_the_address_on_the_command_line_counts_without_a_handshake(service, folder):
    service.Run(run_request(folder, ""))
    seen = json.loads((folder / "seen.json").read_text())
    assert seen["arguments"][3] == "127.0.0.1:1"


def test_what_a_program_prints_goes_to_the_hosts_output(running_host, folder):
    running_host.service.Run(run_request(folder, "print('hello')"))
    assert running_host.output.readline() == "hello\n"


@pytest.mark.parametrize(
    ("code", "response"),
    [
        ("sys.exit(32)", messages.RunResponse(bail=True)),
        ("sys.exit(5)", messages.RunResponse(error="the program ended with exit status 5")),
    ],
)
def test_a_failed_program_is_reported(service, folder, code, response):
    assert service.Run(run_request(folder, code)) == response


def test_a_virtualenv_that_is_not_there_is_the_programs_error(service, folder):
    request = messages.RunRequest(pwd=str(folder), info=program(folder, "", "nope"))
    assert service.Run(request).error == (
        f"runtime.options.virtualenv: 'nope' is no virtual environment: "
        f"{folder}/nope/bin/python does not exist. Create it, or name another in {folder}."
    )


def test_a_folder_that_is_not_there_is_the_programs_error(service, folder):
    request = run_request(folder, "")
    request.pwd = "/no/such/folder"
    assert service.Run(request).error == (
        "cannot be started: /no/such/folder: No such file or directory"
    )


def test_a_debugger_is_refused(service, folder):
    refusal = "--attach-debugger: this language host has none. Use Pulumi's official CLI."
    assert service.Run(run_request(folder, "", attach_debugger=True)).error == refusal
    with pytest.raises(grpc.RpcError) as caught:
        list(service.RunPlugin(plugin_request(folder, "", attach_debugger=True)))
    assert (caught.value.code(), caught.value.details()) == (
        grpc.StatusCode.UNIMPLEMENTED,
        refusal,
    )


def test_a_program_is_killed_when_its_call_is_cancelled(service, folder, ends):
    call = service.Run.future(run_request(folder, SLEEPS))
    child = await_start(folder)
    call.cancel()
    assert ends(child)


def test_a_program_is_killed_when_the_engine_cancels(service, folder, ends):
    call = service.Run.future(run_request(folder, SLEEPS))
    child = await_start(folder)
    assert service.Cancel(Empty()) == Empty()
    assert call.result(timeout=5).error == "the program was ended by signal SIGKILL"
    assert ends(child)


def test_a_plugins_streams_come_first_and_its_exit_status_last(service, folder):
    code = "print('out'); print('err', file=sys.stderr); sys.exit(7)"
    answers = list(service.RunPlugin(plugin_request(folder, code)))
    assert b"".join(answer.stdout for answer in answers) == b"out\n"
    assert b"".join(answer.stderr for answer in answers) == b"err\n"
    assert answers[-1] == messages.RunPluginResponse(exitcode=7)


def test_a_plugins_output_comes_while_it_runs(service, folder):
    call = service.RunPlugin(plugin_request(folder, f"os.write(1, b'first\\n')\n{SLEEPS}"))
    assert next(call).stdout == b"first\n"
    call.cancel()


def test_a_plugin_gets_the_engines_environment_and_arguments(service, folder):
    code = "print(os.environ['A'], sys.argv[1:])"
    request = plugin_request(folder, code, env=["A=1"], args=["127.0.0.1:5"])
    answers = service.RunPlugin(request)
    assert b"".join(answer.stdout for answer in answers) == b"1 ['127.0.0.1:5']\n"


def test_a_plugin_is_killed_when_its_call_is_cancelled(service, folder, ends):
    call = service.RunPlugin(plugin_request(folder, SLEEPS))
    child = await_start(folder)
    call.cancel()
    assert ends(child)


def test_a_plugin_that_never_falls_silent_is_killed_when_its_call_is_cancelled(
    service, folder, ends
):
    code = "pathlib.Path('started').write_text(str(os.getpid()))\nwhile True: print('again')"
    call = service.RunPlugin(plugin_request(folder, code))
    assert next(call).stdout.startswith(b"again")
    call.cancel()
    assert ends(await_start(folder))


def test_a_plugin_outlives_the_engines_cancel_since_its_own_call_ends_it(service, folder):
    call = service.RunPlugin(plugin_request(folder, SLEEPS))
    child = await_start(folder)
    service.Cancel(Empty())
    os.kill(child, signal.SIGTERM)  # still there to be killed
    assert next(call).exitcode == -signal.SIGTERM


def test_a_plugin_without_its_virtualenv_fails_with_the_reason(service, folder):
    request = messages.RunPluginRequest(info=program(folder, "", "nope"))
    with pytest.raises(grpc.RpcError) as caught:
        list(service.RunPlugin(request))
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "'nope' is no virtual environment" in str(caught.value.details())


def test_the_host_tells_about_the_programs_python(service, folder):
    about = service.About(messages.AboutRequest(info=program(folder, "")))
    assert about.executable == f"{VIRTUALENV}/bin/python"
    assert about.version == sys.version.split()[0]
    answer = service.GetProgramDependencies(
        messages.GetProgramDependenciesRequest(info=program(folder, ""))
    )
    assert "pulumi" in [dependency.name for dependency in answer.dependencies]


def test_installing_installs_nothing_and_says_so(service, folder):
    answers = list(
        service.InstallDependencies(messages.InstallDependenciesRequest(info=program(folder, "")))
    )
    assert [answer.stdout.decode() for answer in answers] == [
        f"Nothing installed: {VIRTUALENV}/bin/python is used as it is.\n"
    ]


def test_the_engine_is_asked_for_nothing(service):
    assert service.GetPluginInfo(Empty()).version == ""
    assert not service.GetRequiredPackages(messages.GetRequiredPackagesRequest()).packages
    assert not service.GetRequiredPlugins(messages.GetRequiredPluginsRequest()).plugins
    assert not service.RuntimeOptionsPrompts(messages.RuntimeOptionsRequest()).prompts


def test_what_the_host_lacks_is_refused_as_unimplemented(service):
    with pytest.raises(grpc.RpcError) as caught:
        service.GenerateProgram(messages.GenerateProgramRequest())
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
