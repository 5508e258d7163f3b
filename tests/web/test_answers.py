"""What the page shows of an answer."""

import threading
from dataclasses import replace

import pytest

from components.openapi.api import Route
from tests.web import stub_gateway
from tests.web.stub_gateway import API


@pytest.fixture
def answered(page):
    page.enter()
    page.says("setosa")
    return page


def bars(page, selector):
    return page.browser.run(
        "return [...document.querySelectorAll(arguments[0])].map((one) =>"
        " [one.style.getPropertyValue('--from'), one.style.getPropertyValue('--width')])",
        selector,
    )


def test_each_class_has_its_probability_and_its_interval(answered):
    text = answered.browser.text(".panel table")
    assert "> 99.9 % 90–100 %" in text
    [(start, width), *_] = bars(answered, ".share .mark")
    assert (float(start[:-1]), float(width[:-1])) == pytest.approx((90, 10), abs=0.1)


def test_the_set_the_variant_and_the_time_are_said(answered):
    text = answered.browser.text(".panel")
    assert "With 90 % coverage it is one of: setosa." in text
    assert "Variant forest answered in " in text


def test_contributions_are_of_the_answers_class_until_another_is_chosen(answered):
    text = answered.browser.text(".panel")
    assert "What speaks for setosa (from 0.333 without any feature)" in text
    assert "petal length cm\n+0.367" in text
    answered.browser.run(
        "const list = document.querySelector('.panel select');"
        "list.value = 'virginica'; list.dispatchEvent(new Event('change'));"
    )
    text = answered.browser.text(".panel")
    assert "What speaks for virginica" in text
    assert "petal length cm\n−0.183" in text
    answered.fill("petal_width_cm", "2.5")
    answered.says("versicolor")
    assert "What speaks for virginica" in answered.browser.text(".panel")


def test_log_odds_are_said_to_be_such(answered):
    answered.choose("variant", "boosting")
    answered.browser.until(lambda: "Variant boosting" in answered.browser.text(".panel"))
    caption = "What speaks for setosa (from −1.100 without any feature, in log-odds)"
    assert caption in answered.browser.text(".panel")


def test_a_set_whose_coverage_nobody_knows_is_named(open_page, stub):
    stub.api = replace(API, routes=[Route("/alone", "alone")])
    page = open_page()
    page.enter()
    page.says("setosa")
    assert "Set (conformal prediction): setosa." in page.browser.text(".panel")


def test_the_widest_contribution_fills_its_side(answered):
    assert bars(answered, ".for .fill")[0] == ["50%", "50%"]
    [(start, width)] = bars(answered, ".against .fill")
    assert float(start[:-1]) + float(width[:-1]) == pytest.approx(50)


def test_what_was_outside_the_training_data_is_said_beside_the_field_and_the_answer(answered):
    answered.fill("petal_width_cm", "9")
    answered.browser.until(lambda: answered.browser.text(".warnings"))
    said = "outside the range of the training data"
    assert answered.browser.text(".warnings") == f"petal width cm: {said}"
    assert answered.note("petal_width_cm") == said
    answered.fill("petal_width_cm", "1")
    answered.browser.until(lambda: not answered.browser.text(".warnings"))
    assert answered.browser.text(".note") == "\n" * 3


def test_a_category_that_was_never_seen_is_said(page):
    page.choose("route", "/soil")
    page.enter()
    page.says("setosa")
    page.choose(page.field("soil (upper layer)"), "(none of these)")
    page.browser.until(lambda: page.browser.text(".warnings"))
    assert page.browser.text(".warnings") == "soil (upper layer): never seen in the training data"
    assert page.note("soil (upper layer)") == "never seen in the training data"


def test_the_sample_presets_a_category(page):
    page.choose("route", "/soil")
    assert page.value("soil (upper layer)") == "loam"


def test_a_disclosure_of_the_label_alone_is_enough(page, monkeypatch):
    monkeypatch.setattr(stub_gateway, "prediction", lambda *_: {"label": "setosa"})
    page.enter()
    assert page.says("setosa") == "setosa"
    assert "Probability" not in page.browser.text(".panel")


def test_what_an_api_answers_is_text_and_never_markup(page, monkeypatch):
    label = "<img src=x onerror=alert(1)>"
    answer = {"label": label, "probabilities": {label: 1.0}, "set": [label], "outOfRange": [label]}
    monkeypatch.setattr(stub_gateway, "prediction", lambda *_: answer)
    page.enter()
    page.says(label)
    assert page.browser.find_all("main img") == []
    assert page.browser.text(".panel table").count(label) == 2


def test_two_variants_answer_side_by_side(page):
    page.choose("variant", "forest")
    page.choose("rival", "boosting")
    page.enter()
    said = page.says(";")
    first, second = page.browser.find_all(".panel")
    assert "Variant forest answered" in first.text
    assert "Variant boosting answered" in second.text
    assert said == "setosa, > 99.9 %; setosa, 99.3 %"
    asked = [call["headers"]["X-Amzn-SageMaker-Target-Variant"] for call in page.calls()]
    assert sorted(asked) == ["boosting", "forest"]
    assert page.browser.text("#agreement") == "The two agree on 100.0 % of 1 rows."


def test_running_metrics_count_every_answer(page):
    page.choose("rival", "boosting")
    page.enter()
    page.says("setosa")
    page.fill("petal_width_cm", "2.5")
    page.says("versicolor")
    for panel in page.browser.find_all(".panel"):
        lines = panel.text.splitlines()
        assert "Answers 2" in lines
        assert "Labels setosa 50.0 %, versicolor 50.0 %" in lines
        assert any(line.startswith("Latency, 99th percentile ") for line in lines)
    assert page.browser.text("#agreement") == "The two agree on 100.0 % of 2 rows."


def test_how_good_a_variant_was_at_training_is_told_apart_from_what_it_did_here(page):
    page.choose("rival", "boosting")
    page.enter()
    page.says(";")
    first, second = (panel.text for panel in page.browser.find_all(".panel"))
    forest = "accuracy 94.7 % (89.8–97.3 %), log loss 0.127 (0.060–0.205), on 150 rows."
    assert f"At training: {forest}\nSo far" in first
    assert "At training: accuracy 94.0 % (89.0–96.8 %), log loss 0.420 (0.169–0.727)" in second


def test_a_model_without_metrics_shows_none(page):
    page.choose("route", "/soil")
    page.enter()
    page.says("setosa")
    assert "At training" not in page.browser.text(".panel")


def test_another_choice_begins_the_metrics_anew(page):
    page.choose("rival", "boosting")
    page.enter()
    page.says(";")
    page.choose("rival", "no other")
    page.browser.until(lambda: "Answers 1" in page.browser.text(".panel"))
    assert len(page.browser.find_all(".panel")) == 1
    assert page.browser.text("#agreement") == ""


def test_an_answer_to_what_nobody_asks_for_any_more_is_not_shown(page):
    page.stub.held = threading.Event()
    page.enter()
    page.browser.until(page.calls)
    page.choose("rival", "boosting")
    page.stub.held.set()
    page.says(";")
    for panel in page.browser.find_all(".panel"):
        assert "Answers 1" in panel.text.splitlines()
    assert page.browser.text("#agreement") == "The two agree on 100.0 % of 1 rows."


@pytest.mark.parametrize(
    "route",
    [
        Route("/soil", "soil"),
        Route("/alone", "alone"),
        Route("/alone", "alone", target_variant=True),
    ],
)
def test_where_nobody_has_a_choice_none_is_offered_or_spoken_of(open_page, stub, route):
    page = open_page()
    assert page.browser.text("#variant-field")
    assert page.browser.text("#rival-field")
    stub.api = replace(API, routes=[route])
    page = open_page()
    page.enter()
    page.says("setosa")
    assert page.browser.text("#variant-field") == page.browser.text("#rival-field") == ""
    assert page.browser.text(".panel h3") == "The model"
