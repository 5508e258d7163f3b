import pytest

from bench.serving.summary import ONNX_TARGETS, TARGETS, summary


def test_the_figures_of_the_targets(figures, offers):
    measured = {
        "recipe": figures(100),
        "noop": figures(20_000),
        "ours": figures(15_000, pss=40, start=0.2),
        "ours_2": figures(20_000, pss=60, start=0.3),
    }
    assert summary(measured, offers, "ours", "ours_2") == {
        "ratio_1_row": 150,
        "ratio_100_rows": 150,
        "of_noop_1_row": 0.75,
        "pss_mib_2_workers": 60,
        "start_seconds": 0.3,
        "spread_1_row": 2,
    }


def test_what_was_not_measured_is_not_there(figures):
    assert summary({}, {}, "ours", "ours_2") == {}
    assert summary({"ours": figures(1)}, {}, "ours", "ours_2") == {}


@pytest.mark.parametrize("target", [*TARGETS, *ONNX_TARGETS])
def test_a_target_is_reached_at_its_limit_and_missed_beyond_it(target):
    worse = target.limit * (0.99 if target.at_least else 1.01)
    assert target.verdict({target.name: target.limit}) == "reached"
    assert target.verdict({target.name: worse}) == "MISSED"
    assert target.verdict({}) == "not measured"
