from bench.serving.offers import Offers, median
from bench.serving.open_loop import Outcome


def outcome(p50_ms: float, p99_ms: float, busy: int = 0) -> Outcome:
    return Outcome(offered=100, accepted=100 - busy, busy=busy, p50_ms=p50_ms, p99_ms=p99_ms)


def test_a_median_is_each_figures_own():
    rounds = [
        Offers(10, outcome(1, 9), outcome(5, 50, busy=1)),
        Offers(30, outcome(3, 7), outcome(7, 30, busy=3)),
        Offers(20, outcome(2, 8), outcome(6, 40, busy=2)),
    ]
    assert median(rounds) == Offers(20, outcome(2, 8), outcome(6, 40, busy=2))


def test_there_may_be_no_overload():
    assert median([Offers(10, outcome(2, 8), None)]) == Offers(10, outcome(2, 8), None)


def test_the_spread_is_how_much_slower_the_slowest_are():
    assert Offers(10, outcome(2, 8), None).spread == 4
    assert Offers(10, outcome(0, 0), None).spread == 0
