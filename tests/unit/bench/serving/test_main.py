from dataclasses import replace

from bench.serving.__main__ import broken
from bench.serving.figures import Figures, Load
from bench.serving.offers import Offers
from bench.serving.open_loop import Outcome


def test_a_run_without_errors_is_whole_though_a_peer_is_absent(results):
    assert list(broken(results)) == []


def test_the_recipe_and_the_no_op_have_to_be_there(results):
    found = replace(results, absent={"recipe": "why", "noop": "why not"})
    assert list(broken(found)) == [
        "recipe could not be measured: why",
        "noop could not be measured: why not",
    ]


def test_ours_has_to_be_there_one_way_or_the_other(results):
    assert list(broken(replace(results, absent={"ours": "no kernel"}))) == []
    found = replace(results, absent={"ours": "no kernel", "onnx": "no model"})
    assert list(broken(found)) == ["ours could not be measured: no model"]


def test_errors_are_told(results):
    loads = {1: Load(1, 1, 1, 0), 10: Load(1, 1, 1, 3), 100: Load(1, 1, 1, 0)}
    found = replace(results, rounds={"fastapi": [Figures(loads, 1, 1)]})
    assert list(broken(found)) == ["fastapi: 3 errors, 10 rows"]


def test_errors_at_the_steady_rate_are_told_and_refusals_at_overload_are_none(results):
    assert results.offers["ours"][100].overload.errors == 1
    steady = Outcome(offered=10, accepted=8, lost=2)
    found = replace(results, offers={"onnx": {1: Offers(10, steady, None)}})
    assert list(broken(found)) == ["onnx: 2 errors at 80 % load, 1 row"]
