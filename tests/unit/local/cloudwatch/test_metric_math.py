import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.metric_math import Expression, ExpressionError

NUMBERS = st.floats(0, 1000).map(lambda number: round(number, 3))
SERIES = st.lists(st.none() | NUMBERS, min_size=3, max_size=3)
TERMS = st.recursive(
    st.sampled_from(["m1", "m2"]) | NUMBERS.map(lambda number: f"{number:.3f}"),
    lambda term: (
        st.tuples(term, st.sampled_from("+-*/"), term).map(" ".join)
        | term.map("({})".format)
        | term.map("-{}".format)
    ),
    max_leaves=12,
)


def series(text, **metrics):
    return Expression.parse(text).values(metrics)


def python(text, values):
    """What Python makes of the same text."""
    if None in values.values():
        return None
    try:
        return eval(text, {}, values)  # noqa: S307 - only what TERMS makes
    except ZeroDivisionError:
        return None


@given(TERMS.map("m1 + m2 + {}".format), SERIES, SERIES)
def test_operators_and_parentheses_mean_what_they_mean_in_arithmetic(text, one, two):
    expected = [python(text, {"m1": a, "m2": b}) for a, b in zip(one, two, strict=True)]
    assert series(text, m1=one, m2=two) == pytest.approx(expected)


@given(SERIES, NUMBERS)
def test_fill_puts_a_number_where_there_is_none(values, filler):
    expected = [filler if value is None else value for value in values]
    assert series(f"FILL(m1, {filler:.3f})", m1=values) == expected
    assert series(f"FILL(m1,-{filler:.3f})", m1=values) == [
        -filler if value is None else value for value in values
    ]


def test_fill_repeats_what_came_last_but_invents_no_beginning():
    assert series("FILL(m1, REPEAT)", m1=[None, 1, None, None, 2]) == [None, 1, 1, 1, 2]


def test_fill_takes_an_expression_and_is_one():
    assert series("100 * FILL(m1 / m2, 0)", m1=[1, None, 5], m2=[4, 4, 0]) == [25, 0, 0]


def test_there_is_no_value_where_a_term_has_none():
    assert series("m1 + m2", m1=[1, None, 3], m2=[None, 2, 3]) == [None, None, 6]


def test_a_division_by_zero_and_what_is_past_a_float_have_no_value():
    assert series("m1 / m2", m1=[1.0], m2=[0.0]) == [None]
    assert series("m1 * m1", m1=[1e300]) == [None]


def test_as_long_an_expression_as_aws_takes_is_no_trouble():
    assert series("m1" + "+m1" * 340, m1=[1.0]) == [341]


def test_an_expression_says_which_metrics_it_needs():
    assert Expression.parse("FILL(m1, 0) / (m1 + errors_5xx)").ids == {"m1", "errors_5xx"}


HAS = "the local cloud has ids of metrics, numbers, FILL, + - * / and parentheses."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SUM(m1)", f"Expression 'SUM(m1)' at 'SUM': {HAS}"),
        ("RATE(METRICS())", f"Expression 'RATE(METRICS())' at 'RATE': {HAS}"),
        ("m1 > 0", f"Expression 'm1 > 0' at '>': {HAS}"),
        ("m1 ^ 2", f"Expression 'm1 ^ 2' at '^': {HAS}"),
        ("m1 m2", f"Expression 'm1 m2' at 'm2': {HAS}"),
        ("(m1))", f"Expression '(m1))' at ')': {HAS}"),
        ("m1 + 1.2.3", f"Expression 'm1 + 1.2.3' at '.3': {HAS}"),
        ("FILL(m1)", f"Expression 'FILL(m1)' at ')': {HAS}"),
        ("", "Expression '' ends too early."),
        ("m1 +", "Expression 'm1 +' ends too early."),
        ("FILL(m1,", "Expression 'FILL(m1,' ends too early."),
        (
            "FILL(m1, LINEAR)",
            "Expression 'FILL(m1, LINEAR)': FILL with LINEAR. Allowed: a number, or REPEAT.",
        ),
        ("FILL(m1, m2)", "Expression 'FILL(m1, m2)': FILL with m2. Allowed: a number, or REPEAT."),
        ("1 + 1", "Expression '1 + 1' names no metric. Use the Id of one."),
        ("-" * 51 + "m1", f"Expression '{'-' * 51}m1' is nested deeper than 50."),
        ("(" * 51 + "m1", f"Expression '{'(' * 51}m1' is nested deeper than 50."),
    ],
)
def test_what_is_wrong_or_not_there_is_named(text, message):
    with pytest.raises(ExpressionError) as error:
        Expression.parse(text)
    assert str(error.value) == message


@given(st.text(alphabet="m1 .,+-*/()FILREPAT0²\n", max_size=30) | st.text())
def test_no_text_is_more_than_an_error(text):
    try:
        expression = Expression.parse(text)
    except ExpressionError:
        return
    assert len(expression.values({name: [1.0, None] for name in expression.ids})) == 2
