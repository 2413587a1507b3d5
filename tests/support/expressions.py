"""Expressions of all kinds for laws: any text, any expression, and a scope to evaluate them in."""

from __future__ import annotations

from hypothesis import strategies as st
from pydantic import JsonValue

from tests.support.scope import StillScope
from workflows.errors import ExpressionError
from workflows.expressions.expression import compile_expression
from workflows.expressions.fuel import Fuel
from workflows.expressions.library import FUNCTIONS, METHODS

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
    assert 10 < len(error.message) < 800
    assert 0 <= error.offset <= len(text)


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
