from bench.local_cloud import REPOSITORY
from bench.serving.page import page, picture


def test_the_page_has_every_section_and_says_where_and_when(results):
    text = "\n".join(page(results))
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        "Targets",
        "How it is measured",
        "Throughput",
        "Latency",
        "Where the time of one row goes",
        "Memory and start-up",
        "What more in the answer costs",
        "At 80 % of capacity",
        "At three times the capacity",
        "What each runs",
        "What could not be measured",
    ]
    assert "2026-10-01 12:00 UTC, commit 0123456789ab, on 2 processors (A Processor), 4 GiB" in text
    assert "![Requests per second of each server](images/serving.svg)" in text
    assert "| ours | gunicorn 25.1 |" in text


def test_what_is_absent_is_named_on_one_line_without_the_paths_of_this_machine(results):
    results.absent["mlserver"] = f"no such file: {REPOSITORY}/build/x"
    lines = list(page(results))
    assert "- bentoml: `no index answers`" in lines
    assert "- mlserver: `no such file: build/x`" in lines


def test_a_section_without_figures_is_left_out(results):
    del results.offers["ours"], results.rounds["set"], results.parts["ours"]
    text = "\n".join(page(results))
    assert "## At 80 %" not in text
    assert "## What more" not in text
    assert "## Where the time" not in text


def test_the_picture_has_a_bar_for_each_server_and_charted_size(results):
    assert picture(results).count("<rect") == 2 + 2 * len(results.rounds)
