from bench.serving.figures import Figures, Load
from bench.serving.tables import (
    extras,
    latency,
    markdown,
    overload,
    parts,
    processes,
    steady,
    targets,
    throughput,
)


def test_markdown_is_aligned():
    assert list(markdown([["", "a"], ["first", "1,000"]])) == [
        "|       |     a |",
        "|-------|------:|",
        "| first | 1,000 |",
    ]


def test_throughput_is_told_beside_the_recipes(results):
    recipe, ours, *_ = throughput(results)[1:]
    assert recipe[1:] == ["100"] * 4 + ["1.0", "1.0"]
    assert ours == ["ours", *["15,000"] * 4, "150.0", "150.0"]


def test_servers_come_in_their_order_and_extras_in_a_table_of_their_own(results):
    expected = [
        "the recipe: Flask's development server",
        "ours",
        "ours, 2 workers",
        "ours, ONNX Runtime",
        "a no-op on our server's stack",
    ]
    for table in (throughput(results), latency(results), processes(results)):
        assert [row[0] for row in table[1:]] == expected


def test_latency_and_processes(results):
    assert latency(results)[1][1] == "1.00 / 2.00"
    assert processes(results)[1][1:] == ["110", "0.30"]


def test_parts_come_before_the_whole_request_and_the_no_ops(results):
    assert parts(results) == [
        ["µs of one row", "ours", "after a packet"],
        ["parse", "2.0", "3.2"],
        ["a no-op application", "0.5", "1.0"],
        ["a request to the server", "66.7", ""],
        ["a request to the no-op's", "50.0", ""],
    ]


def test_an_extra_costs_what_a_request_takes_longer(results):
    # 1 / 10,000 s less 1 / 15,000 s; and the other way round.
    assert extras(results)[1:] == [["ours, with set", "33", "17"]]


def test_an_extra_that_was_refused_under_load_costs_nothing_that_is_told(results):
    results.rounds["set"] = [
        Figures({1: Load(10_000, 1, 2, 7), 100: Load(12_000, 1, 2, 0)}, 0.3, 50)
    ]
    assert extras(results)[1:] == [["ours, with set", "errors", "errors"]]


def test_without_extras_there_is_no_table(results):
    del results.rounds["set"]
    assert extras(results) == []


def test_offers_are_told_with_their_spread(results):
    assert steady(results)[1:] == [
        ["ours, 1 row", "100", "80", "1.50", "3.00", "2.0", "0.04"],
        ["ours, 100 rows", "100", "80", "1.50", "3.00", "2.0", "0.04"],
    ]


def test_at_overload_refusals_with_and_without_retry_after_are_told_apart(results):
    assert overload(results)[1:] == [
        ["ours, 100 rows, 3 x capacity", "300", "150", "149", "1", "0", "4.0", "3.0"]
    ]


def test_each_target_has_its_figure_and_its_verdict(results):
    found = {row[0]: row[1:] for row in targets(results)[1:]}
    assert found["compiled kernel: memory of 2 workers"] == ["<= 64 MiB", "60.00 MiB", "reached"]
    assert found["ONNX Runtime: memory of 2 workers"] == ["<= 100 MiB", "-", "not measured"]
    ratio = found["ONNX Runtime: requests per second of the recipe's, 1 row"]
    assert ratio == [">= 100x", "90.00x", "MISSED"]
