"""Patterns as Python writes them, and what only an engine without bounds could do."""

from __future__ import annotations

import re

import pytest

from workflows.errors import ExpressionError
from workflows.expressions.fuel import Fuel
from workflows.regex.pattern import Matcher, unmetered
from workflows.regex.syntax import PatternError, read

SAME = [
    (r"INV-(\d+)", "Re: INV-123 and INV-9"),
    (r"\bÜbersicht\b", "Die Übersicht über Übersichten"),
    (r"\b\w+\b", "über Öl, naïve €5"),
    (r"\B\w", "über Öl"),
    (r"(?i)straße|ÄPFEL", "STRASSE Straße äpfel"),
    (r"(?i:a)b(?-i:C)", "AbC abc Abc"),
    (r"(?s:.)x.", "\nx\n \nxy"),
    (r"a$", "a\n"),
    (r"^a$", "a\na\n"),
    (r"(?m)^a$", "a\nb\na\n"),
    (r"(?m)$", "a\n\n"),
    (r"\Aa|b\Z", "ab\n"),
    (r"x*", "axbc"),
    (r"[^a-z]+", "abcÄÖ日本x"),
    (r"[^\W\d_]+", "a1_é"),
    (r"(?P<day>\d+)-(?P<hour>\w)?", "1-x 2- "),
    (r"\s+", "a\xa0b\u3000c\nd"),
    (r".", "a\n\u2028é\ud800\U0001f600"),
    (r"\d+", "٣٤ 12"),
    (r"(a)|(b)", "ab"),
    (r"(?:(a)|b)*c", "abac"),
    (r"a{2,3}?", "aaaaa"),
    (r"a{,2}b{,}", "aaabb"),
    (r"a{2}{", "aa{"),
    (r"[\w.-]+@[\w.-]+", "x@y.de, mü.ll@é.fr"),
    (r"[]x]\]", "x]]"),
    (r"\x41\u00e9\U0001f600\N{SNOWMAN}\0\07", "Aé\U0001f600☃\0\07"),
    (r"a(?#the second)b+", "abb"),
    (r"(ab)?c", "abcc"),
    (r"(a|b)c", "xbc"),
    (r"ab|c", "cab"),
    (r"aab", "aaab"),
    (r"zzz", "abc"),
    (r"[^\s\S]", "abc"),
    ("", ""),
    ("", "ab"),
]


@pytest.mark.parametrize(("pattern", "text"), SAME)
def test_a_pattern_means_what_it_means_in_python(pattern: str, text: str) -> None:
    matcher = unmetered()

    found = list(matcher.finditer(pattern, text))
    first, whole, front = (look(pattern, text) for look in (matcher.search, matcher.fullmatch, matcher.match))

    expected = list(re.finditer(pattern, text))
    assert [(match.span(), match.groups()) for match in expected] == [
        ((match.start, match.end), tuple(match.group(number) for number in range(1, len(match.spans))))
        for match in found
    ]
    assert bool(expected) == (first is not None)
    assert bool(re.fullmatch(pattern, text)) == (whole is not None)
    assert bool(re.match(pattern, text)) == (front is not None)


REFUSED = [
    ("(a", "missing ), unterminated subpattern (at character 1 of the pattern)"),
    ("a)", "')' closes nothing: write \\) for the character (at character 2"),
    ("x[a", "'[' is not closed: add ], or write \\[ for the character (at character 2"),
    ("a**", "multiple repeat (at character 3"),
    ("a|*b", "nothing to repeat (at character 3"),
    ("a{2,1}", "min repeat greater than max repeat (at character 2"),
    ("(?P<a>a)(?P<a>b)", "redefinition of group name 'a'"),
    ("[z-a]", "'[z-a]' means nothing: bad character range z-a"),
    (r"\q", "'\\\\q' means nothing: bad escape"),
    (r"\x1", "incomplete escape"),
    (r"\N{none such}", "undefined character name"),
    ("a\\", "a \\ at the end means nothing: write \\\\ for the character (at character 2"),
    ("(?", "unexpected end of pattern (at character 3"),
    (
        r"INV(?=\d)",
        "'(?=' cannot look ahead or back: match what is around it as well, and put ( ) around what you want",
    ),
    ("(?<!a)b", "'(?<!' cannot look ahead or back"),
    (r"(a)\1", "\\1 cannot refer to what was matched before: compare the values afterwards (at character 4"),
    ("(?P<a>a)(?P=a)", "cannot refer to what was matched before"),
    ("(a)(?(1)b)", "cannot decide by what was matched before: write the cases with |"),
    ("a*+", "'*+' is not available, and not needed, since no pattern takes for ever"),
    ("(?>a)", "is not available, and not needed"),
    ("(?<name>a)", "write (?P<name>…)"),
    (r"a\z", "\\z is not available: write \\Z for the end of the text"),
    ("(?x) a", "'(?x)' is not available: there is (?i), (?m), (?s)"),
    ("(?m:a)", "'(?m:' is not available: there is (?i), (?s)"),
    ("a(?i)b", "(?i) must stand at the start, or be written (?i:…)"),
    ("[[a]", "may be misread in [ ]: put a \\ before the second"),
    (r"[\w--a]", "may be misread in [ ]"),
    ("(?i)[a-\uffff]", "a range in [ ] that goes beyond 'ÿ' cannot ignore case"),
    ("x" * 1001, "the pattern has 1001 characters; at most 1000 are allowed"),
    ("(" * 31 + ")" * 31, "parentheses are nested more than 30 deep"),
    ("()" * 31, "the pattern has 31 groups; at most 30 are allowed: write (?:…)"),
    ("(?:a{100}){11}", "the pattern has more than 1000 parts: repeat less"),
    ("a{99999999999}", "the pattern has more than 1000 parts"),
]


@pytest.mark.parametrize(("pattern", "says"), REFUSED)
def test_what_cannot_be_a_pattern_is_refused_with_its_place(pattern: str, says: str) -> None:
    with pytest.raises(PatternError) as refused:
        read(pattern)

    assert says in str(refused.value)


def test_letters_beside_word_ends_may_be_too_many_to_tell_apart() -> None:
    letters = "".join(chr(0x430 + number) for number in range(64))

    with pytest.raises(PatternError, match="too many characters apart"):
        unmetered().search(rf"{letters}\b", letters)

    assert unmetered().search(letters, letters)


def test_a_pattern_is_paid_for_when_it_is_first_used() -> None:
    fuel = Fuel()
    matcher = Matcher(fuel)

    costs = []
    for _ in range(3):
        before = fuel.spent
        matcher.search(r"\d+", "abc 12")
        costs.append(fuel.spent - before)

    assert costs[0] > 10 * costs[1]
    assert costs[1] == costs[2]


def test_what_was_used_elsewhere_before_costs_the_same() -> None:
    one, other = Fuel(), Fuel()

    for fuel in (one, other):
        Matcher(fuel).search(r"[ab]+\s日", "ab 日")

    assert one.spent == other.spent


@pytest.mark.parametrize("pattern", ["a+", "ab", "[ab]*a[ab]{9}c", "b", "(?:a|b)*"])
def test_no_search_goes_further_than_can_be_paid_for(pattern: str) -> None:
    matcher = Matcher(Fuel(10_000))

    with pytest.raises(ExpressionError, match="more work than allowed"):
        list(matcher.finditer(pattern, "ab" * 500_000))


def test_a_match_is_found_where_the_rest_could_not_be_paid_for() -> None:
    match = Matcher(Fuel(50_000)).search(r"\d+;", "12;" + "x" * 500_000)

    assert match is not None
    assert "12;" == match.group()
