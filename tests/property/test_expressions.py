"""Laws of expressions: total, bounded, deterministic, and Python's meaning wherever they have one."""

from __future__ import annotations

import json
import re
import sys
from datetime import date, datetime, timedelta
from time import thread_time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from tests.support.scope import StillScope
from workflows.errors import ExpressionError
from workflows.expressions.expression import compile_expression
from workflows.expressions.fuel import Fuel
from workflows.expressions.library import FUNCTIONS, METHODS
from workflows.expressions.template import has_template, parse_template, resolve, resolve_params, walk_templates

VALUES: dict[str, JsonValue] = {
    "n": 3,
    "x": 2.5,
    "s": "Ada Lovelace",
    "t": "",
    "b": True,
    "u": None,
    "xs": [3, 1, 2],
    "ss": ["b", "a"],
    "rows": [{"id": 1, "name": "one"}, {"id": 2, "name": None}],
    "d": {"a": 1, "b": [1, {"c": "deep"}], "items": "key"},
}


SCOPE = StillScope(VALUES)


def attempt(text: str, fuel: Fuel | None = None) -> JsonValue | ExpressionError:
    """The value or the error; any other exception is a failure of the test."""
    try:
        return compile_expression(text).evaluate(SCOPE, fuel)
    except ExpressionError as error:
        check(error, text)
        return error


def check(error: ExpressionError, text: str) -> None:
    """See that an error says something of a place in the text."""
    assert error.message
    assert 0 <= error.offset <= len(text)


# --- any expression at all -------------------------------------------------------------------------------------------

PIECES = (
    *"()[]{}.,:+-*/%<>='\"\\#!?&|^~@$; \n",
    *("**", "//", "==", "!=", "<=", ">=", "not ", " and ", " or ", " in ", " is ", " if ", " else ", " for ", "async "),
    *("lambda ", "await ", "yield ", ":=", "->", "...", "f'", "r'", "b'", '"""', "'''", "${{", "}}", "0x", "1e", "_"),
    *("1", "10**9", "1.5", "'a'", "None", "true", "__class__", "é", "\U0001d7d9", "\0", "\ud800", "\r", "\f", "\u2028"),
    *VALUES,
    *FUNCTIONS,
    *(name for methods in METHODS.values() for name in methods),
)
SOUP = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)


@given(SOUP)
@settings(max_examples=300)
def test_any_text_gives_a_value_or_an_expression_error(text: str) -> None:
    attempt(text)


@given(SOUP)
@settings(max_examples=300)
def test_any_template_gives_a_value_or_an_expression_error(text: str) -> None:
    try:
        resolve(text, SCOPE)
    except ExpressionError as error:
        check(error, text)


LITERALS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.sampled_from(
        ["0", "1", "-1", "10**9", "2**255", "1e308", "0.1", "100000", "true", "null", "''", "'a'", "'aé'*99"]
    ),
    st.text(max_size=5)
    .filter(lambda text: "\0" not in text)
    .map(lambda text: repr(text.encode("utf-8", "replace").decode())),
    st.sampled_from(sorted(VALUES)),
)
NAMES = st.sampled_from(["a", "id", "name", "items", "zzz"])
METHOD_NAMES = st.sampled_from(sorted({name for methods in METHODS.values() for name in methods}))
BINARY = st.sampled_from(
    [*"+-*/%<>", "**", "//", "==", "!=", "<=", ">=", "in", "not in", "and", "or", "is", "if n else"]
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of expressions."""
    arguments = st.lists(inner, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(inner, BINARY, inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        st.tuples(st.sampled_from(["-", "+", "not "]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), arguments).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, METHOD_NAMES, arguments).map(lambda parts: f"({parts[0]}).{parts[1]}({parts[2]})"),
        st.tuples(inner, NAMES).map(lambda parts: f"({parts[0]}).{parts[1]}"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}:{parts[2]}]"),
        arguments.map(lambda parts: f"[{parts}]"),
        st.tuples(inner, inner).map(lambda parts: f"{{{parts[0]}: {parts[1]}, **({parts[1]})}}"),
        st.tuples(inner, inner, inner).map(lambda parts: f"[{parts[0]} for n in ({parts[1]}) if {parts[2]}]"),
        st.tuples(inner, inner).map(lambda parts: f"{{str(n): {parts[0]} for n, s in ({parts[1]})}}"),
        st.tuples(st.sampled_from(["any", "all", "sum", "join"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]} for x in ({parts[2]}))"
        ),
        st.tuples(inner, inner).map(lambda parts: f"default({parts[0]}, {parts[1]})"),
    )


ANY = st.recursive(LITERALS, larger, max_leaves=12)


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


# --- Python as an oracle ---------------------------------------------------------------------------------------------

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
    elif not (isinstance(result, ExpressionError) and "more than 256 bits" in result.message):
        assert expected == result
        assert type(expected) is type(result)


# --- hostile expressions ---------------------------------------------------------------------------------------------

HOSTILE = [
    "10**10**10",
    "10**10**10**10",
    "9**9**9**9**9",
    "2**-(10**70)",
    "'a'*10**9",
    "['a']*10**9",
    "'a'*2**20*2",
    "[[[[0]*1000]*1000]*1000]*1000 == [[[[0]*1000]*1000]*1000]*1000",
    "json([[[[0]*1000]*1000]*1000]*1000)",
    "str([[['a'*10000]*1000]*1000])",
    "[[['a'*2**20]*1000]*1000]",
    "unique([[[0]*1000]*1000]*1000)",
    "sorted([[[0]*1000]*1000]*1000)",
    "[[0]*1000]*1000 in [[[0]*1000]*1000]*1000",
    "[a for a in range(100000) for b in range(100000) for c in range(100000) for d in range(100000)]",
    "[[[[a for a in range(999)] for b in range(999)] for c in range(999)] for d in range(999)]",
    "[b for a in [[0]*999] for b in [[a]*999]]",
    "sum(sum(x for x in range(99999)) for y in range(99999))",
    "any(any(x < 0 for x in range(99999)) for y in range(99999))",
    "range(10**18)",
    "range(-10**70, 10**70)",
    "list(range(10**5)) * 10**5",
    "sorted(range(100000), reverse=true)",
    "sorted(['a'*1000 + str(i) for i in range(10000)])",
    "max('a'*2**20, 'a'*2**20, 'a'*2**20)",
    "().__class__.__bases__[0].__subclasses__()",
    "s.__class__",
    "s.__class__.__mro__",
    "''.__class__.__base__.__subclasses__()",
    "[].append.__self__",
    "{}.__init__.__globals__",
    "__import__('os').system('true')",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "globals()",
    "getattr(s, 'upper')",
    "len.__globals__",
    "now.__globals__",
    "(lambda: 1)()",
    "[x for x in ().__class__.__base__.__subclasses__()]",
    "'{0.__class__}'.format(1)",
    "'{:>1000000000}'.format(1)",
    "'%s' % (1,)",
    "'%1000000000d' % 1",
    "f'{s.__class__}'",
    "format(1, '1000000000')",
    "('a'*1000).join(['b']*100000)",
    "('a'*2**20).join(['b']*100)",
    "join(['a'*2**20]*100000, 'a'*2**20)",
    "('a'*2**20).replace('a', 'a'*2**20)",
    "('a'*2**20).replace('', 'b')",
    "('a'*2**20).split('a')",
    "list('a'*2**20)",
    "[x for x in 'a'*2**20]",
    "[('a'*2499).find('a'*1250+'b') for i in range(100000)]",
    "[('a'*29999).find('a'*99+'b') for i in range(100000)]",
    "[('a'*2**20).find('a'*2**19+'b') for i in range(100000)]",
    "[('ab'*2**19).count('ab') for i in range(100000)]",
    "[('a'*2**20).upper() for i in range(100000)]",
    "[('a'*2**20).strip('xyz'*1000) for i in range(100000)]",
    "[('a'*2**19 + 'b'*i) == ('a'*2**19 + 'b'*i) for i in range(100000)]",
    "s.zfill(10**9)",
    "s.ljust(10**18)",
    "format_number(1e308, 30, group='abcde')",
    "[format_number(1e308, 30) for i in range(100000)]",
    "parse_json('['*100000)",
    "parse_json('[' + '1,'*500000 + '1]')",
    "parse_json('9'*1000000)",
    "parse_json('1e999')",
    "int('9'*1000000)",
    "float('1e999')",
    "number('9'*1000000)",
    "number('1.' * 1000)",
    "number('111.' * 49 + '1')",
    "[date_parse('1.1.2026', '%d.%m.%Y') for i in range(100000)]",
    "date_parse(' '*200, '%Y' + ' '*190)",
    "date_parse('a'*200, 'a'*190 + '%Y')",
    "date_add('2026-01-01', days=10**70)",
    "date_add('2026-01-01', years=10**70)",
    "date(10**70, 1, 1)",
    "enumerate(xs, 2**255)",
    "round(1.5, 10**70)",
    "xs[10**70]",
    "xs[-10**70:10**70:10**70]",
    "s[10**70]",
    "s.split(' ', 10**70)",
    "s.replace('a', 'b', 10**70)",
    "default(d.nope, default(d.nope, default(d.nope, d.nope)))",
    "[default(d.nope, 0) for i in range(100000)]",
    "{str(i): {str(j): 0 for j in range(1000)} for i in range(1000)}",
    "[{'k'*2**19: 0}] * 100000",
    "dict(zip([str(i) for i in range(50000)], range(50000)))",
    "'\\ud800'",
    "1e308 * 10",
    "-" * 4000,
    "-" * 3999 + "1",
    "not " * 999 + "1",
    "+".join("1" * 2000),
    "**".join("1" * 1000),
    "(" * 4000,
    "(" * 2000 + ")" * 2000,
    "[" * 2000 + "]" * 2000,
    "{" * 4000,
    "{1:" * 1000,
    "{'a':" * 500 + "1" + "}" * 500,
    "s" + "[0]" * 1300,
    "d" + ".a" * 1900,
    "s" + ".upper()" * 490,
    "1 if " * 600 + "1" + " else 1" * 200,
    "1 if 1 else " * 300 + "1",
    "lambda:" * 500 + "1",
    "x for " * 600,
    "'" * 3999,
    "\\" * 4000,
    "'" + "\\'" * 1999,
    '"""' + "a" * 3990,
    "9" * 4000,
    "0x" + "f" * 3998,
    "1_" * 1999 + "1",
    "a" * 4000,
    "é" * 4000,
    "1<" * 1999 + "1",
    "1 and " * 666 + "1",
    "s in " * 799 + "s",
    "\n" * 4000,
    "(\n" * 30 + "1" + ")" * 30,
    "[1," * 50 + "]" * 50,
    "*" * 4000,
    ":=" * 2000,
    "x:=" * 1300 + "1",
    "`" * 100,
    "\0",
    "\ud800",
]
CORPUS_LIMIT = 0.1 if sys.gettrace() is None else 1.0
"""Seconds; measuring coverage makes loops several times slower."""


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:40]) for text in HOSTILE])
def test_a_hostile_expression_costs_milliseconds(text: str) -> None:
    def once() -> float:
        start = thread_time()
        attempt(text)
        return thread_time() - start

    assert min(once() for _ in range(3)) < CORPUS_LIMIT


@given(ANY)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_any_expression_repeated_endlessly_is_stopped(text: str) -> None:
    assume(len(text) < 1000)
    start = thread_time()

    attempt(f"[{text} for i in range(100000) for j in range(100000)]")

    assert thread_time() - start < 5 * CORPUS_LIMIT


# --- templates -------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TEMPLATES = st.text(alphabet="$ {}a'\n", max_size=20)


@given(TEMPLATES)
def test_escaping_gives_any_text_back(text: str) -> None:
    escaped = re.sub(r"\$\{\{", "$${{", text)

    assert text == resolve(escaped, SCOPE)


@given(
    st.recursive(
        JSON | TEMPLATES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEMPLATES, inner, max_size=3)
    )
)
def test_walking_finds_templates_where_there_are_some(value: JsonValue) -> None:
    assert has_template(value) is bool(list(walk_templates(value)))


@given(JSON, st.sampled_from(["${{ secret('t') }}", "{'secret': 't'}", "$${{ secret('t') }}"]))
def test_a_value_never_becomes_a_template_or_a_secret(value: JsonValue, text: str) -> None:
    scope = StillScope({"value": value, "text": text, "tree": {"secret": text, "parts": [text]}})

    params, slots = resolve_params(
        {"a": "${{ value }}", "b": "${{ text }}", "c": "${{ tree }}", "d": "=${{ text }}"}, scope
    )

    assert () == slots
    assert {"a": value, "b": text, "c": scope.values["tree"], "d": "=" + text} == params


@given(ANY)
def test_the_end_of_an_expression_is_found(text: str) -> None:
    try:
        compile_expression(text.strip())
    except ExpressionError:
        assume(False)  # noqa: FBT003 - hypothesis takes it positionally

    template = parse_template(f"before ${{{{{text}}}}} after }}}}")

    assert [text.strip()] == [each.expression.text for each in template.expressions]
    assert ("before ", " after }}") == (template.parts[0], template.parts[-1])


# --- the library -----------------------------------------------------------------------------------------------------


@given(
    st.integers(-(10**12), 10**12), st.integers(0, 4), st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "")])
)
def test_reading_a_written_number_gives_it_back(number: int, digits: int, marks: tuple[str, str]) -> None:
    decimal, group = marks
    text = f"number(format_number({number}, {digits}, {decimal!r}, {group!r}), {decimal!r})"

    assert number == attempt(text)


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%-d/%-m/%Y", "%Y%m%d", "%B %d, %Y", "%j/%Y", "%Y-%b-%d"]))
def test_reading_a_written_date_gives_it_back(day: date, pattern: str) -> None:
    assert day.isoformat() == attempt(
        f"date_parse(date_format('{day}', '{pattern}'), '{pattern.replace('-d', 'd').replace('-m', 'm')}')"
    )


FIRST, LAST = datetime.fromisoformat("0100-01-01"), datetime.fromisoformat("9900-01-01")


@given(st.datetimes(FIRST, LAST), st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_dates_move_by_what_lies_between_them(start: datetime, length: timedelta) -> None:
    start, seconds = start.replace(microsecond=0), int(length.total_seconds())
    end = attempt(f"date_add('{start.isoformat()}', seconds={seconds})")

    assert (start + timedelta(seconds=seconds)).isoformat() == end
    assert seconds == attempt(f"date_diff('{start.isoformat()}', '{end}', 'seconds')")


@given(JSON)
def test_json_text_gives_its_value_back(value: JsonValue) -> None:
    scope = StillScope({"value": value})

    assert value == compile_expression("parse_json(json(value))").evaluate(scope)
