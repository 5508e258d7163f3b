"""The command line."""

import pytest

from container.__main__ import INTERRUPTED, main


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["train", "--help"]])
def test_help_is_there_for_every_command(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "usage: python -m container" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["train"], ["predict"]])
def test_a_wrong_command_line_is_explained(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "python -m container" in capsys.readouterr().err


def test_ctrl_c_ends_in_the_shells_exit_code_and_no_traceback(monkeypatch, tmp_path):
    def interrupted(output):
        raise KeyboardInterrupt

    monkeypatch.setattr("container.train.main", interrupted)
    assert main(["train", "--output", str(tmp_path)]) == INTERRUPTED
