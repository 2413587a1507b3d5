"""Hold texts against regular expressions, and pay for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.expressions.fuel import Fuel
from workflows.regex.automaton import Automaton, Span, fit, foreign
from workflows.regex.syntax import Syntax, read

_WORK = 4
"""What reading a character costs for each part that the pattern may have to try on it, in bits to shift by."""
_MATCH = 30
"""What each match costs besides."""
_READING = 40
"""What taking a pattern apart costs for each of its characters."""
_FITTING = 1500
"""What making an automaton costs, besides these for each part of it and for each uncommon character of the text."""
_PART = 4
_CHARACTER = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A part of a text that matches a pattern."""

    text: str
    """All of the text."""
    syntax: Syntax
    spans: tuple[Span, ...]

    @property
    def names(self) -> Mapping[str, int]:
        """The numbers of the groups that have a name."""
        return self.syntax.names

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where the text goes on after it."""
        return self.spans[0][1]

    def group(self, number: int = 0) -> str | None:
        """What matched the part of the pattern in the so many-th parentheses; none if that part was not needed."""
        start, end = self.spans[number]
        return None if start < 0 else self.text[start:end]


class Matcher:
    """Holds texts against patterns, as one evaluation does: a pattern is paid for when it is first used."""

    __slots__ = ("_automata", "_fuel")

    def __init__(self, fuel: Fuel) -> None:
        self._fuel = fuel
        self._automata: dict[tuple[str, str], Automaton] = {}

    def fullmatch(self, pattern: str, text: str) -> Match | None:
        """The match of the whole text, if it is one.

        Raises:
            PatternError: the pattern cannot be used.
            ExpressionError: it is more work than is left.
        """
        automaton, spelled = self._prepared(pattern, text)
        self._fuel.spend((len(text) * automaton.size >> _WORK) + _MATCH)
        spans = automaton.fullmatch(spelled)
        return None if spans is None else Match(text, read(pattern), spans)

    def match(self, pattern: str, text: str) -> Match | None:
        """The match that the text begins with, if there is one; refuses what `fullmatch` refuses."""
        automaton, spelled = self._prepared(pattern, text)
        self._fuel.spend((len(text) * automaton.size >> _WORK) + _MATCH)
        spans = automaton.match(spelled, 0, len(spelled))
        return None if spans is None else Match(text, read(pattern), spans)

    def search(self, pattern: str, text: str) -> Match | None:
        """The first match, if there is one; refuses what `fullmatch` refuses."""
        return next(self.finditer(pattern, text), None)

    def finditer(self, pattern: str, text: str) -> Iterator[Match]:
        """All matches from left to right that do not overlap; refuses what `fullmatch` refuses."""
        automaton, spelled = self._prepared(pattern, text)
        syntax, reading, place = read(pattern), _Reading(automaton, spelled, self._fuel), 0
        while place <= len(spelled):
            spans = reading.next(place)
            if spans is None:
                return
            match = Match(text, syntax, spans)
            yield match
            place = match.end + (match.end == match.start)

    def _prepared(self, pattern: str, text: str) -> tuple[Automaton, bytes]:
        """The automaton and the text for it, at a price that does not depend on what is kept from other evaluations."""
        self._fuel.spend(len(text) >> 4)
        characters = foreign(text)
        if characters:
            self._fuel.spend(len(text) >> 2)
        automaton = self._automata.get((pattern, characters))
        if automaton is None:
            self._fuel.spend(len(pattern) * _READING + len(characters) * _CHARACTER + _FITTING)
            automaton = self._automata[pattern, characters] = fit(pattern, characters)
            self._fuel.spend(automaton.size * _PART)
        return automaton, automaton.spell(text)


def unmetered() -> Matcher:
    """What holds texts against patterns where nobody counts, as in activities: in proportion to the text even so."""
    return Matcher(Fuel(sys.maxsize))


class _Reading:
    """One text, read from left to right by an automaton.

    How far it looks is known only as far as this: never beyond a character that no part of the pattern stands for.
    """

    __slots__ = ("_automaton", "_barriers", "_fuel", "_spelled")

    def __init__(self, automaton: Automaton, spelled: bytes, fuel: Fuel) -> None:
        self._automaton = automaton
        self._spelled = spelled
        self._fuel = fuel
        self._barriers = dict.fromkeys(automaton.barriers, -1)

    def next(self, place: int) -> tuple[Span, ...] | None:
        """Where the first match from a place on is."""
        beginning = self._automaton.beginning
        if not beginning:
            return self._search(place)
        while True:
            start = self._spelled.find(beginning, place)
            self._fuel.spend((start if start >= 0 else len(self._spelled)) - place >> 5)
            spans = None if start < 0 else self._match(start)
            if start < 0 or spans is not None:
                return spans
            place = start + 1

    def _search(self, place: int) -> tuple[Span, ...] | None:
        limit = self._limit(place)
        spans = self._automaton.search(self._spelled, place, limit)
        self._pay(place, len(self._spelled) if spans is None else self._reach(*spans[0]), limit)
        return spans

    def _match(self, place: int) -> tuple[Span, ...] | None:
        limit = self._limit(place)
        spans = self._automaton.match(self._spelled, place, limit)
        self._pay(place, self._reach(place, place) if spans is None else self._reach(*spans[0]), limit)
        return spans

    def _limit(self, place: int) -> int:
        """How far can be read for what is left."""
        return min(len(self._spelled), place + (max(0, self._fuel.remaining) << _WORK) // self._automaton.size)

    def _pay(self, place: int, reach: int, limit: int) -> None:
        """Pay for what was read; what does not end before the limit would have read on, and cannot be paid for."""
        work = (reach - place) * self._automaton.size >> _WORK
        self._fuel.spend(_MATCH + work if reach < limit or limit == len(self._spelled) else self._fuel.remaining + 1)

    def _reach(self, start: int, end: int) -> int:
        """How far was read, at the most, to know that what begins and ends here is the match, or that there is none."""
        barrier = self._barrier(end)
        longest = self._automaton.longest
        return barrier if longest is None else min(barrier, start + longest + 1)

    def _barrier(self, place: int) -> int:
        """Where the next character is, from a place on, that no match goes beyond."""
        for barrier, known in self._barriers.items():
            if known < place:
                found = self._spelled.find(barrier, place)
                self._barriers[barrier] = found if found >= 0 else len(self._spelled)
        return min(self._barriers.values(), default=len(self._spelled))
