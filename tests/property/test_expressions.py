"""Laws of expressions: total, deterministic, and Python's meaning wherever they have one."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.expressions import ANY, SOUP, VALUES, attempt
from workflows.errors import ExpressionError
from workflows.expressions.fuel import Fuel


@given(SOUP)
@settings(max_examples=300)
def test_any_text_gives_a_value_or_an_expression_error(text: str) -> None:
    attempt(text)


@given(ANY)
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
def test_any_expression_gives_json_or_an_expression_error(text: str) -> None:
    result = attempt(text)

    if not isinstance(result, ExpressionError):
        assert result == json.loads(json.dumps(result, allow_nan=False).encode())


@given(ANY)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_expression_gives_the_same_and_costs_the_same(text: str) -> None:
    budgets = Fuel(20_000), Fuel(20_000)

    first, second = (attempt(text, fuel) for fuel in budgets)

    assert str(first) == str(second)
    assert budgets[0].spent == budgets[1].spent


INTEGERS = st.integers(-50, 50).map(str) | st.sampled_from(["n", "len(s)", "len(xs)", "d['a']", "xs[0]", "b"])
TEXTS = st.sampled_from(["s", "t", "'a'", "'Ab c'", "ss[0]", "'x,y'"])


def numbers(depth: int) -> st.SearchStrategy[str]:
    """Expressions that give a number, mostly."""
    if depth == 0:
        return INTEGERS | st.floats(-100, 100).map(repr) | st.just("x")
    inner, condition, text = numbers(depth - 1), conditions(depth - 1), texts(depth - 1)
    return st.one_of(
        INTEGERS,
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        st.tuples(inner, st.integers(-2, 4)).map(lambda p: f"({p[0]}) ** {p[1]}"),
        st.tuples(st.sampled_from("-+"), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, condition, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        st.tuples(st.sampled_from(["abs", "round", "int", "float"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
        lists(depth - 1).map(lambda p: f"sum({p})"),
        st.tuples(text, text).map(lambda p: f"({p[0]}).count({p[1]}) + ({p[0]}).find({p[1]})"),
        st.tuples(lists(depth - 1), inner).map(lambda p: f"({p[0]})[{p[1]}]"),
    )


def texts(depth: int) -> st.SearchStrategy[str]:
    """Expressions that give a string, mostly."""
    if depth == 0:
        return TEXTS
    inner, number = texts(depth - 1), numbers(depth - 1)
    simple = ["upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip"]
    return st.one_of(
        TEXTS,
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, st.integers(-1, 3)).map(lambda p: f"({p[0]}) * {p[1]}"),
        st.tuples(inner, st.sampled_from(simple)).map(lambda p: f"({p[0]}).{p[1]}()"),
        st.tuples(inner, number, number).map(lambda p: f"({p[0]})[{p[1]}:{p[2]}]"),
        st.tuples(inner, number).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]}).replace({p[1]}, {p[2]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}).removeprefix({p[1]}).removesuffix({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}).join(({p[1]}).split())"),
        st.integers(-99, 99).map(lambda p: f"str({p}).zfill(4)"),
    )


def lists(depth: int) -> st.SearchStrategy[str]:
    """Expressions that give a list of numbers, mostly."""
    if depth == 0:
        return st.just("xs") | st.lists(INTEGERS, max_size=4).map(lambda p: f"[{', '.join(p)}]")
    inner, number, condition = lists(depth - 1), numbers(depth - 1), conditions(depth - 1)
    return st.one_of(
        st.lists(number, max_size=3).map(lambda p: f"[*xs, {', '.join(p)}]"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        inner.map(lambda p: f"sorted({p})"),
        st.tuples(number, inner, condition).map(lambda p: f"[{p[0]} for n in {p[1]} if {p[2]}]"),
        st.tuples(number, inner).map(lambda p: f"[{p[0]} for n, x in zip({p[1]}, [1.5, -2])]"),
        st.tuples(inner, number).map(lambda p: f"({p[0]})[::{p[1]}]"),
        st.integers(-5, 9).map(lambda p: f"list(range({p}))"),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    """Expressions that give a boolean, mostly."""
    if depth == 0:
        return st.sampled_from(["b", "not b", "True", "u is None", "s", "xs", "n > 2"])
    inner, number, text = conditions(depth - 1), numbers(depth - 1), texts(depth - 1)
    compare = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
    return st.one_of(
        st.tuples(number, compare, number, compare, number).map(" ".join),
        st.tuples(text, compare, text).map(" ".join),
        st.tuples(text, st.sampled_from(["in", "not in"]), text).map(" ".join),
        st.tuples(number, st.sampled_from(["in", "not in"]), lists(depth - 1)).map(" ".join),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda p: f"not ({p})"),
        st.tuples(st.sampled_from(["any", "all"]), inner, lists(depth - 1)).map(
            lambda p: f"{p[0]}({p[1]} for n in {p[2]})"
        ),
        st.tuples(lists(depth - 1), compare, lists(depth - 1)).map(" ".join),
        st.tuples(st.sampled_from(["{'a': 1, **d}", "d"]), number).map(lambda p: f"{p[0]} == {{'a': {p[1]}}}"),
    )


SAFE = st.one_of(numbers(3), texts(3), lists(3), conditions(3))


LIMITS = ("more than 256 bits", "not a finite number", "too large")
"""Where Python goes on and expressions do not."""


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # Python sees that `'a'[0.5]` must fail before it does
@given(SAFE)
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_an_expression_means_what_python_means(text: str) -> None:
    try:
        expected = eval(text, dict(VALUES))  # noqa: S307 - the oracle; the text is made above
    except (ArithmeticError, LookupError, TypeError, ValueError):
        expected = ExpressionError
    assume(not isinstance(expected, complex))

    result = attempt(text)

    if expected is ExpressionError:
        assert isinstance(result, ExpressionError)
    elif not (isinstance(result, ExpressionError) and any(limit in result.message for limit in LIMITS)):
        assert expected == result
        assert type(expected) is type(result)
