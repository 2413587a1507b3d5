"""Laws of regular expressions: Python's meaning, at a price that grows with the text and never faster."""

from __future__ import annotations

import re
from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workflows.errors import ExpressionError
from workflows.expressions.fuel import Fuel
from workflows.regex.pattern import Matcher, unmetered
from workflows.regex.syntax import PatternError

ATOMS = st.sampled_from(
    [
        *("a", "b", "ü", "Ü", "_", "1", "-", r"\.", r"\-", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\n"),
        *("[ab]", "[^a]", "[a-cÄ-ß_]", r"[\w-]", r"[^\W\d]", "€", "日", r"\x41", r"\u00fc", "[^\n]", r"[\s,.]"),
    ]
)
EDGES = st.sampled_from([r"\b", r"\B", "^", "$", r"\A", r"\Z"])
TIMES = st.sampled_from(["+", "{2}", "{1,2}", "+?", "{1,3}?"])
OPTIONAL = st.sampled_from(["?", "*", "??", "*?", "{,2}", "{0,2}?"])


def solid(depth: int) -> st.SearchStrategy[str]:
    """Patterns that match at least one character: engines differ in what they make of repeated nothing."""
    if depth == 0:
        return ATOMS
    inner = solid(depth - 1)
    group = st.sampled_from(["(", "(?:", "(?i:"])
    return st.one_of(
        ATOMS,
        st.tuples(inner, inner).map("".join),
        st.tuples(group, inner, inner).map(lambda part: f"{part[0]}{part[1]}|{part[2]})"),
        st.tuples(group, inner, TIMES).map(lambda part: f"{part[0]}{part[1]}){part[2]}"),
        st.tuples(inner, group, inner, OPTIONAL).map(lambda part: f"{part[0]}{part[1]}{part[2]}){part[3]}"),
        st.tuples(EDGES, inner).map("".join),
        st.tuples(inner, EDGES).map("".join),
    )


PATTERNS = st.tuples(st.sampled_from(["", "(?i)", "(?m)", "(?s)", "(?im)"]), solid(4)).map("".join)
TEXTS = st.text(alphabet="aAbBcüÜäß_1٣- .,\n€日\ud800\u2028\xa0", max_size=20)


@given(PATTERNS, TEXTS)
@settings(max_examples=300)
def test_a_pattern_means_what_python_means(pattern: str, text: str) -> None:
    expected = [(match.group(), *match.groups()) for match in re.finditer(pattern, text)]

    found = list(unmetered().finditer(pattern, text))

    assert expected == [tuple(match.group(number) for number in range(len(match.spans))) for match in found]
    assert bool(re.fullmatch(pattern, text)) == (unmetered().fullmatch(pattern, text) is not None)


@given(st.text(alphabet="ab()[]{}|*+?^$.\\-,012<>=!:Pimsx#dwbZ \u00e9\n", max_size=25), TEXTS)
@settings(max_examples=200)
def test_any_text_is_a_pattern_or_is_refused(pattern: str, text: str) -> None:
    refused, match = None, None
    try:
        match = unmetered().search(pattern, text)
    except PatternError as error:
        refused = str(error)

    assert refused is None or 10 < len(refused) < 300
    assert match is None or str(match.group()) in text


HOSTILE = [
    ("(a+)+$", "a" * 500 + "b"),
    ("(a|aa)+$", "a" * 5_000 + "b"),
    ("(a*)*(a*)*(a*)*c", "a" * 5_000),
    ("[ab]*a[ab]{20}c", "ab" * 20_000),
    ("[ab]*a[ab]{900}c", "ab" * 500),
    ("(?:a?){300}a{300}c", "a" * 2_000),
    ("(?:(?:a?){10}){10}a{100}c", "a" * 2_000),
    ("(" + "(a)?" * 29 + ")[ab]*a[ab]{200}c", "ab" * 2_000),
    (".*[^A-Z]|[A-Z]", "A" * 20_000),
    ("(?:.|\n)*z|a", "a" * 10_000),
    ("a.*z|a", "a" * 10_000),
    ("x*", "a" * 100_000),
    ("(?i)" + "[a-é]" * 190, "a" * 1_000),
    ("(?i)" + "".join(chr(0x400 + number) for number in range(600)), "a" * 1_000),
    (
        "|".join(f"[^{chr(0x4E00 + number)}]{{1,4}}" for number in range(90)),
        "".join(map(chr, range(0x4E00, 0x4E5A))) * 20,
    ),
]


@pytest.mark.parametrize(("pattern", "text"), HOSTILE, ids=[pattern[:20] for pattern, _ in HOSTILE])
def test_a_hostile_pattern_costs_milliseconds(pattern: str, text: str) -> None:
    def once() -> float:
        start = thread_time()
        with suppress(ExpressionError, PatternError):
            list(Matcher(Fuel()).finditer(pattern, text))
        return thread_time() - start

    assert min(once() for _ in range(3)) < 0.15


@given(PATTERNS, TEXTS)
@settings(max_examples=30)
def test_a_match_costs_the_same_however_often_it_is_looked_for(pattern: str, text: str) -> None:
    assume(len(pattern) < 100)

    costs = set()
    for _ in range(2):
        fuel = Fuel()
        list(Matcher(fuel).finditer(pattern, text))
        costs.add(fuel.spent)

    assert 1 == len(costs)
