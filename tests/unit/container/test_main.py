"""The command line."""

import os
import signal

import pytest

from container.__main__ import INTERRUPTED, TERMINATED, main


@pytest.fixture(autouse=True)
def own_handler():
    """The command line sets a handler of the whole process."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["train", "--help"]])
def test_help_is_there_for_every_command(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "usage: python -m container" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["train", "iris"], ["predict"]])
def test_a_wrong_command_line_is_explained(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "python -m container" in capsys.readouterr().err


def test_ctrl_c_ends_in_the_shells_exit_code_and_no_traceback(monkeypatch, tmp_path):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("container.training.train.main", interrupted)
    assert main(["train", "--output", str(tmp_path)]) == INTERRUPTED


def test_the_algorithm_and_the_champion_are_options_of_an_output(monkeypatch, tmp_path):
    called = []
    monkeypatch.setattr("container.training.train.main", lambda *options: called.append(options))
    output = ["train", "--output", str(tmp_path)]
    main(output)
    main([*output, "--algorithm", "boosting", "--champion", str(tmp_path / "old")])
    assert called == [(tmp_path, "forest", None), (tmp_path, "boosting", tmp_path / "old")]


@pytest.mark.parametrize("option", [["--algorithm", "boosting"], ["--champion", "old"]])
def test_a_training_job_takes_them_by_its_own_contract(option, capsys):
    with pytest.raises(SystemExit):
        main(["train", *option])
    assert f"{option[0]}: only with --output" in capsys.readouterr().err


def test_train_alone_runs_a_training_job(monkeypatch):
    monkeypatch.setattr("container.training.training_job.main", lambda: 7)
    assert main(["train"]) == 7


@pytest.mark.parametrize("arguments", [["serve"], ["train"]])
def test_sigterm_ends_either_command_before_it_has_a_handler_of_its_own(arguments, monkeypatch):
    """As process 1 of a container it would not be ended without one."""

    def terminated(*_):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("container.server.serve.main", terminated)
    monkeypatch.setattr("container.training.training_job.main", terminated)
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == TERMINATED
