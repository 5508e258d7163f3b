import sys
from pathlib import Path

import pytest

from bench.process import CommandError, run, serving

HOLD = "import sys; held = bytearray(60_000_000); held[::4096] = b'x' * len(held[::4096])"


def test_a_command_gives_its_output_for_its_input():
    done = run([sys.executable, "-c", "print(input().upper())"], "given\n")
    assert done.output == "GIVEN\n"


def test_what_a_command_uses_is_its_own_and_not_its_parents():
    kept = bytearray(200_000_000)
    kept[::4096] = b"x" * len(kept[::4096])
    small, large = (run([sys.executable, "-c", text]).peak_mb for text in ("pass", HOLD))
    assert small < 60 <= large < 150


def test_a_command_that_fails_is_told_with_the_end_of_what_it_said():
    with pytest.raises(CommandError, match="ended with status 3: no such thing"):
        run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); exit(3)"])


def test_a_status_may_be_no_failure():
    assert run([sys.executable, "-c", "exit(1)"], successes=(0, 1)).output == ""


def test_a_command_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="nonesuch: No such file or directory"):
        run(["nonesuch"])


def test_variables_are_added_to_the_environment():
    show = "import os; print(os.environ['GIVEN'], bool(os.environ['PATH']))"
    assert run([sys.executable, "-c", show], variables={"GIVEN": "x"}).output == "x True\n"


def test_a_server_ends_with_the_block_and_tells_what_it_used(tmp_path: Path):
    serve = "import time; print(4711, flush=True); time.sleep(600)"
    with serving([sys.executable, "-c", serve], tmp_path) as server:
        assert server.port == "4711"
    assert server.usage["peak_mb"] > 0
