"""Modules that only compute, in the engine that runs them."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.stub_gateway import SIGNED

NUMBERS = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


def from_module(page, name, body, *arguments):
    """What an expression over the names of a module gives. The arguments are in `given`."""
    return page.browser.run(
        f"const it = await import('./{name}.js'); const given = [...arguments[0]]; return {body}",
        list(arguments),
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("percent(0.9731)", "97.3 %"),
        ("percent(0)", "0.0 %"),
        ("percent(1)", "100.0 %"),
        ("percent(0.0004)", "< 0.1 %"),
        ("percent(0.0005)", "0.1 %"),
        ("percent(0.9994)", "99.9 %"),
        ("percent(0.9999999)", "> 99.9 %"),
        ("percents(0.952, 1)", "95–100 %"),
        ("percents(0, 0.9)", "0–90 %"),
        ("percents(0.003, 0.997)", "0.3–99.7 %"),
        ("percents(0.0001, 0.9999)", "0.1–99.9 %"),
        ("percents(0.89, 0.973, 1)", "89.0–97.3 %"),
        ("percents(0, 1, 1)", "0.0–100.0 %"),
        ("percents(0.0001, 0.9999, 1)", "0.1–99.9 %"),
        ("signed(0.1)", "+0.100"),
        ("signed(-0.1)", "−0.100"),
        ("signed(-0.0001)", "0.000"),
        ("duration(12.4)", "12 ms"),
        ("duration(1234)", "1.23 s"),
        ("wait(119)", "119 s"),
        ("wait(3600)", "60 min"),
        ("short(4.300000190734863)", 4.3),
        ("words('sepal_length_cm')", "sepal length cm"),
    ],
)
def test_numbers_are_written_as_people_read_them(page, call, text):
    assert from_module(page, "format", f"it.{call}") == text


def test_a_quantile_is_the_smallest_value_that_is_enough(page):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(NUMBERS, st.floats(0, 1))
    def check(values, share):
        found = from_module(page, "metrics", "it.quantile(...given)", values, share)
        enough = [v for v in sorted(values) if sum(o <= v for o in values) >= share * len(values)]
        assert found == enough[0]

    check()


def test_metrics_and_agreement_before_and_after_an_answer(page):
    body = (
        "(() => { const one = new it.Metrics(); const two = new it.Agreement();"
        " const before = [one.count, one.shares, two.share];"
        " one.add('a', 5); one.add('b', 7); one.add('b', 9); two.add('a', 'a'); two.add('a', 'b');"
        " const latencies = [0.5, 0.99].map((share) => one.latency(share));"
        " return [before, one.count, ...latencies, one.shares, two.share] })()"
    )
    before, count, median, high, shares, share = from_module(page, "metrics", body)
    assert (before[0], before[1]) == (0, [])
    assert before[2] is None or math.isnan(before[2])
    assert (count, median, high, share) == (3, 7, 9, 0.5)
    assert shares == [["b", pytest.approx(2 / 3)], ["a", pytest.approx(1 / 3)]]


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "string"),
        ({}, "anything"),
        ({"$ref": "#/components/schemas/Error"}, "Error"),
        ({"enum": ["set", 1]}, '"set" | 1'),
        (
            {"oneOf": [{"type": "array", "items": {}}, {"type": "object"}]},
            "[anything, ...] | { ... }",
        ),
        (
            {"type": "array", "items": {}, "minItems": 1, "maxItems": 9},
            "[anything, ...] (1 to 9 items)",
        ),
        (
            {
                "type": "object",
                "required": ["label"],
                "properties": {"label": {"type": "string"}, "row": {"type": "integer"}},
                "additionalProperties": {"type": "number"},
            },
            "{\n  label: string,\n  row?: integer,\n  (any name): number\n}",
        ),
    ],
)
def test_a_schema_is_written_as_a_type(page, schema, text):
    assert from_module(page, "reference", "it.typeText(given[0])", schema) == text


def test_the_reference_has_every_route_with_its_answers(page):
    page.browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    text = page.browser.text("#reference")
    assert "POST /iris" in text
    assert "GET /iris/one" in text
    assert "x-api-key header yes" in text
    assert "X-Amzn-SageMaker-Target-Variant header no" in text
    assert "Body: Instances as application/json" in text
    assert "instances: [anything, ...] (1 to 10000 items)" in text
    assert "OPTIONS" not in text


def test_the_reference_says_what_each_answer_means_and_which_headers_it_has(page):
    rows = page.browser.run(
        "const operations = [...document.querySelectorAll('#reference details')];"
        "const one = operations.find((it) => it.innerText.includes('POST /iris'));"
        "return [...one.querySelectorAll('tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    headers = "Content-Type, x-amzn-Invoked-Production-Variant"
    assert ["200", "Predictions", headers, "Predictions as application/json"] in rows
    meaning = "Too many requests, or the plan's quota is used up"
    assert ["429", meaning, "Content-Type, Retry-After", "Error as application/json"] in rows


def test_the_reference_of_a_signed_api_names_the_header_of_the_signature(open_page, stub):
    stub.api = SIGNED
    page = open_page()
    page.browser.run("document.querySelector('#reference details').open = true")
    assert "Authorization header yes" in page.browser.text("#reference")
