import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto.language_pb2 import (
    ProgramInfo,
    RunPluginRequest,
    RunRequest,
    RunResponse,
)

from local.engine.interpreter import Interpreter
from local.engine.program import (
    plugin_command,
    plugin_environment,
    plugin_folder,
    program_command,
    program_environment,
    program_result,
)

PYTHON = Interpreter(Path("/v/bin/python"), Path("/v"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def run_request(entry_point: str = ".", dry_run: bool = True) -> RunRequest:
    return RunRequest(
        monitor_address="127.0.0.1:1",
        project="p",
        stack="s",
        organization="o",
        pwd="/p",
        dryRun=dry_run,
        parallel=16,
        args=["extra"],
        info=ProgramInfo(
            root_directory="/r", program_directory="/r/program", entry_point=entry_point
        ),
    )


def test_a_program_is_run_by_the_executor_with_all_that_the_engine_says():
    command = program_command(PYTHON, Path("/e/exec"), "127.0.0.1:2", run_request())
    assert " ".join(command) == (
        "/v/bin/python -u /e/exec --monitor 127.0.0.1:1 --engine 127.0.0.1:2 --project p "
        "--stack s --pwd /p --root_directory /r --dry_run true --parallel 16 --organization o "
        "/r/program extra"
    )


def test_an_update_is_no_dry_run():
    command = program_command(PYTHON, Path("/e"), "x", run_request(dry_run=False))
    assert command[command.index("--dry_run") + 1] == "false"


def test_an_entry_point_is_a_file_in_the_programs_folder():
    command = program_command(PYTHON, Path("/e"), "x", run_request(entry_point="main.py"))
    assert command[-2] == "/r/program/main.py"


@given(st.dictionaries(TEXT, TEXT), st.lists(TEXT))
def test_config_reaches_the_program_as_json(config, secret_keys):
    request = RunRequest(config=config, configSecretKeys=secret_keys)
    environment = program_environment({"HOME": "/h"}, request)
    assert json.loads(environment.pop("PULUMI_CONFIG")) == config
    assert json.loads(environment.pop("PULUMI_CONFIG_SECRET_KEYS")) == secret_keys
    assert environment == {"HOME": "/h"}


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (0, RunResponse()),
        (32, RunResponse(bail=True)),
        (1, RunResponse(error="the program ended with exit status 1")),
        (-9, RunResponse(error="the program was ended by signal SIGKILL")),
        (-35, RunResponse(error="the program was ended by signal 35")),
    ],
)
def test_the_engine_is_told_how_the_program_ended(status, result):
    assert program_result(status) == result


def plugin_request(kind: str) -> RunPluginRequest:
    return RunPluginRequest(
        kind=kind,
        pwd="/work",
        args=["127.0.0.1:2"],
        env=["A=1", "B=x=y", "A=2", "C="],
        info=ProgramInfo(root_directory="/pack", program_directory="/pack"),
    )


def test_a_policy_pack_runs_through_the_sdks_policy_module_in_its_own_folder():
    request = plugin_request("analyzer")
    assert plugin_command(PYTHON, request) == [
        *("/v/bin/python", "-u", "-m", "pulumi.policy", "127.0.0.1:2", "/pack")
    ]
    assert plugin_folder(request) == Path("/pack")


def test_any_other_plugin_runs_as_a_folder_where_the_engine_says():
    request = plugin_request("resource")
    assert plugin_command(PYTHON, request) == ["/v/bin/python", "-u", "/pack", "127.0.0.1:2"]
    assert plugin_folder(request) == Path("/work")


def test_the_last_entry_of_a_variable_counts():
    assert plugin_environment(plugin_request("resource")) == {"A": "2", "B": "x=y", "C": ""}
