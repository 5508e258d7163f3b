from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from gateway_policies.cost.charge import Charge, Quantity, always
from gateway_policies.cost.estimate import Line
from gateway_policies.cost.prices import Price
from gateway_policies.cost.table import (
    MOST_ROWS,
    component,
    component_rows,
    expected,
    markdown,
    plain,
)
from tests.unit.policies.verdicts import made

STACK = made("pulumi:pulumi:Stack", "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev")
OUTER = replace(
    made("shop:index:Model", "urn:pulumi:dev::shop::shop:index:Model::iris"), parent=STACK.urn
)
INNER = replace(
    made("shop:index:Scaling", "urn:pulumi:dev::shop::shop:index:Model$shop:index:Scaling::s"),
    parent=OUTER.urn,
)
PARENTS = {resource.urn: resource for resource in (STACK, OUTER, INNER)}


def alarm(name="idle", parent=INNER.urn):
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    return replace(made(token, f"urn:pulumi:dev::shop::{token}::{name}"), parent=parent)


def line(usd=1.0, resource=None, quantity=None, own=True):
    price = None if usd is None else Price("month", ((0, usd),), "tests", "2026-01", True)
    charge = Charge("alarm", quantity or always(1))
    return Line(resource or alarm(), "us-east-1", charge, price, own)


def test_a_part_is_the_outermost_component_that_holds_a_resource():
    assert component(alarm(), PARENTS) == "iris (Model)"


def test_a_resource_in_no_component_is_a_part_itself():
    assert component(alarm(parent=STACK.urn), PARENTS) == "idle (MetricAlarm)"
    assert component(alarm(parent=None), {}) == "idle (MetricAlarm)"


def test_a_name_may_look_like_a_urn():
    assert component(alarm("a::b", None), {}) == "a::b (MetricAlarm)"


HOSTILE = "![x](https://evil.example/p.png) [click](https://evil.example) | <b>@all</b>\n\n# y"


def test_a_name_is_one_cell_that_links_nowhere_and_reads_well():
    label = component(alarm(HOSTILE, None), {})
    assert label == (
        "?[x?(https:?/evil.example/p.png) [click?(https:?/evil.example) ? ?b??all?/b???? y "
        "(MetricAlarm)"
    )
    html = (
        MarkdownIt("commonmark").enable("table").render(markdown(("part", "USD"), [(label, "1")]))
    )
    assert html.count("<td") == 2
    assert not [tag for tag in ("<a", "<img", "<b", "<h1") if tag in html]


@pytest.mark.parametrize("text", ["iris-2_b (Model)", "productionVariants[0]", "aws:rds/x:Y, v1.2"])
def test_a_usual_name_stays_as_it_is(text):
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["www.evil.example", "WWW.evil", "http://x", "a`b`", "$x$", "~~x~~"]
)
def test_a_text_that_markdown_would_change_is_changed_before(text):
    assert "?" in plain(text)


def test_parts_stand_by_what_they_cost_at_most_above_their_sum():
    cheap, dear = line(1), line(5, alarm("loud", None))
    assert list(component_rows([cheap, cheap, dear], [], PARENTS)) == [
        ("loud (MetricAlarm)", "5.00", "5.00", "5.00"),
        ("iris (Model)", "2.00", "2.00", "2.00"),
        ("sum", "7.00", "7.00", "7.00"),
    ]


def test_what_does_not_fit_is_one_row():
    many = [line(1, alarm(f"a{n:02}", None)) for n in range(MOST_ROWS + 3)]
    rows = list(component_rows(many, [], {}))
    assert len(rows) == MOST_ROWS + 2
    assert rows[-2:] == [
        ("3 others", "3.00", "3.00", "3.00"),
        ("sum", "23.00", "23.00", "23.00"),
    ]


def test_only_sums_that_hold_anothers_price_are_marked():
    used = line(1, quantity=Quantity(0, 2, 3), own=False)
    [_, total] = component_rows([used, line(1)], [], PARENTS)
    assert total == ("sum", "1.00", "~3.00", "~4.00")


def test_a_part_of_which_something_cannot_be_told_says_so_and_so_does_the_sum():
    assert list(component_rows([line(2)], [alarm("odd", None)], PARENTS)) == [
        ("iris (Model)", "2.00", "2.00", "2.00"),
        ("odd (MetricAlarm)", "0.00 + ?", "0.00 + ?", "0.00 + ?"),
        ("sum", "2.00 + ?", "2.00 + ?", "2.00 + ?"),
    ]


def test_a_sum_that_lacks_a_price_says_so():
    assert expected([line(2), line(None)]) == "2.00 + ?"
    assert expected([line(None, quantity=Quantity(0, 0, 1))]) == "0.00"


def test_columns_are_as_wide_as_their_widest_cell():
    rows = [("iris", "1.00"), ("a longer name", "1,000.00")]
    assert markdown(("USD", "sum"), rows).split("\n") == [
        "| USD           |      sum |",
        "| :------------ | -------: |",
        "| iris          |     1.00 |",
        "| a longer name | 1,000.00 |",
    ]
