"""The text of a pattern, taken apart: what stands for one character, and what is around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

MAX_LENGTH = 1000
"""The longest pattern, in characters."""
MAX_SIZE = 1000
"""How many parts a pattern may have with its repetitions written out: `a{50}` is 50."""
MAX_GROUPS = 30
"""How many pairs of parentheses may give a value."""
MAX_NESTING = 30
"""How deep parentheses may be nested."""


_NO_FLAGS = re.RegexFlag(0)


class PatternError(Exception):
    """A pattern that cannot be used: what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Atom:
    r"""A part that stands for one character: a letter, a `.`, a `[…]` or the like of `\d`."""

    source: str
    flags: re.RegexFlag = _NO_FLAGS

    def among(self, characters: str) -> set[str]:
        """The characters that it stands for: Python itself says which."""
        if len(self.source) == 1 and self.source != "." and (not self.flags & re.IGNORECASE or _caseless(self.source)):
            return {self.source}
        return set(_compiled(self).findall(characters))


def _caseless(character: str) -> bool:
    return character.lower() == character.upper()


@lru_cache(maxsize=1024)
def _compiled(atom: Atom) -> re.Pattern[str]:
    literal = len(atom.source) == 1 and atom.source != "."
    return re.compile(re.escape(atom.source) if literal else atom.source, atom.flags)


Part: TypeAlias = str | Atom
"""What the automaton is to read as it is, or one character."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A pattern's parts."""

    parts: tuple[Part, ...]
    counts: tuple[int, ...]
    """How often each part occurs once repetitions are written out; 0 for what says how often."""
    names: dict[str, int]
    """The numbers of the groups that have a name."""
    groups: int
    longest: int | None
    """How many characters a match has at the most, if there is a most."""
    bounded: bool
    """Whether it asks where words begin and end."""
    multiline: bool
    """Whether `^` and `$` are the ends of lines."""

    def repeated(self, index: int) -> bool:
        """Whether a part is followed by what says how often."""
        return index + 1 < len(self.parts) and self.counts[index + 1] == 0


_TOKEN = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<comment>\(\?#[^)]*\))"
    r"|(?P<flags>\(\?[a-zA-Z-]+\))"
    r"|(?P<open>\((?:\?(?:P<[^>]*>|P[=>]|<[=!]?|[=!>(]|[a-zA-Z-]*:))?)"
    r"|(?P<close>\))"
    r"|(?P<other>\|)"
    r"|(?P<times>(?:[*+?]|\{(?:[0-9]+(?:,[0-9]*)?|,[0-9]*)\})[+?]?)"
    r"|(?P<edge>[$^]|\\[ABZbz])"
    r"|(?P<back>\\[1-9])"
    r"|(?P<one>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|.)|.)",
    re.DOTALL,
)
_DOUBTFUL = re.compile(r"\A\[\^?\[|--|&&|~~|\|\|")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_FAR_RANGE = re.compile(r".-(?:\\[uUN]|[^\x00-\xff\\\]])", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE}
_LOOK = "cannot look ahead or back: match what is around it as well, and put ( ) around what you want"
_EXCLUSIVE = "is not available, and not needed, since no pattern takes for ever: leave it out"
_REFUSED_GROUPS = {
    "(?=": _LOOK,
    "(?!": _LOOK,
    "(?<=": _LOOK,
    "(?<!": _LOOK,
    "(?>": _EXCLUSIVE,
    "(?(": "cannot decide by what was matched before: write the cases with |",
    "(?P=": "cannot refer to what was matched before: compare the values afterwards",
    "(?P>": "is not available: write the part again",
    "(?<": "does not begin a group: write (?P<name>…)",
}


@lru_cache(maxsize=256)
def read(text: str) -> Syntax:
    """Take a pattern apart.

    Raises:
        PatternError: it is not a regular expression, or holds what only an engine without bounds can do.
    """
    if len(text) > MAX_LENGTH:
        raise PatternError(f"the pattern has {len(text)} characters; at most {MAX_LENGTH} are allowed: use several")
    return _Reading(text).read()


class _Reading:
    """One pass over a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self.counts: list[int] = []
        self.opened: list[tuple[int, re.RegexFlag]] = []
        self.flags = _NO_FLAGS
        self.last = 0
        """Where in the parts that begins which a repetition would repeat."""
        self.endless = False
        self.skeleton: list[tuple[str, int]] = []
        """The pattern with an `x` for each character, and where each part stands in the text: for Python to check."""

    def read(self) -> Syntax:
        takers = {
            "flags": self._take_flags,
            "open": self._take_opening,
            "close": self._take_closing,
            "other": self._take_other,
            "times": self._take_times,
            "edge": self._take_edge,
            "back": self._take_back,
        }
        for token in _TOKEN.finditer(self.text):
            if token.lastgroup != "comment":
                takers.get(str(token.lastgroup), self._take_one)(token.group(), token.start())
        checked = self._checked()
        return Syntax(
            parts=tuple(self.parts),
            counts=tuple(self.counts),
            names=dict(checked.groupindex),
            groups=checked.groups,
            longest=None if self.endless else sum(self.counts),
            bounded=any(part in {r"\b", r"\B"} for part in self.parts),
            multiline=bool(self.flags & re.MULTILINE),
        )

    def _take_flags(self, sign: str, place: int) -> None:
        if self.skeleton:
            raise self._error(f"{sign} must stand at the start, or be written {sign[:-1]}:…)", place)
        self.flags = self._changed(sign, "ims", place)

    def _changed(self, sign: str, allowed: str, place: int) -> re.RegexFlag:
        """The flags after `(?i-s:` and the like."""
        on, _, off = sign[2:-1].partition("-")
        for letter in on + off:
            if letter not in allowed:
                raise self._error(f"{sign!r} is not available: there is (?{'), (?'.join(allowed)})", place)
        flags = self.flags
        for letter in on:
            flags |= _FLAGS[letter]
        for letter in off:
            flags &= ~_FLAGS[letter]
        return flags

    def _take_opening(self, sign: str, place: int) -> None:
        if refused := _REFUSED_GROUPS.get(sign):
            raise self._error(f"{sign!r} {refused}", place)
        if len(self.opened) == MAX_NESTING:
            raise self._error(f"parentheses are nested more than {MAX_NESTING} deep", place)
        flags = self._changed(sign, "is", place) if sign.endswith(":") and sign != "(?:" else self.flags
        self.opened.append((len(self.parts), self.flags))
        self.flags = flags
        valued = not sign.endswith(":")
        self._add("(" if valued else "(?:", sign if valued else "(?:", place)

    def _take_closing(self, sign: str, place: int) -> None:
        if not self.opened:
            raise self._error("')' closes nothing: write \\) for the character", place)
        self._add(sign, sign, place)
        self.last, self.flags = self.opened.pop()

    def _take_other(self, sign: str, place: int) -> None:
        self._add(sign, sign, place)

    def _take_times(self, sign: str, place: int) -> None:
        if len(sign) > 1 and sign.endswith("+"):
            raise self._error(f"{sign!r} {_EXCLUSIVE}", place)
        self.skeleton.append((sign, place))
        self.parts.append(sign.replace("{,", "{0,"))
        self.counts.append(0)
        self.endless = self.endless or sign[0] in "*+" or ",}" in sign
        times = _times(sign)
        for index in range(self.last, len(self.counts)):
            self.counts[index] *= times
        if sum(self.counts) > MAX_SIZE:
            raise self._error(
                f"with its repetitions written out, the pattern has more than {MAX_SIZE} parts: repeat less", place
            )

    def _take_edge(self, sign: str, place: int) -> None:
        if sign == r"\z":
            raise self._error(r"\z is not available: write \Z for the end of the text", place)
        line = "(?m:^)" if self.flags & re.MULTILINE else r"\A"
        self._add({"^": line, "$": "(?m:$)", r"\Z": r"\z"}.get(sign, sign), "^", place)

    def _take_back(self, sign: str, place: int) -> None:
        raise self._error(f"{sign} cannot refer to what was matched before: compare the values afterwards", place)

    def _take_one(self, sign: str, place: int) -> None:
        if sign == "[":
            raise self._error(r"'[' is not closed: add ], or write \[ for the character", place)
        if sign == "\\":
            raise self._error(r"a \ at the end means nothing: write \\ for the character", place)
        if sign.startswith("["):
            self._check_set(sign, place)
        atom = Atom(sign, self.flags & (re.IGNORECASE | re.DOTALL))
        try:
            atom.among("")
        except re.error as error:
            raise self._error(f"{sign!r} means nothing: {error.msg}", place) from None
        self._add(atom, "x", place)

    def _check_set(self, sign: str, place: int) -> None:
        """Refuse what Python itself warns of, and what it would take long to read."""
        if _DOUBTFUL.search(_ESCAPED.sub("", sign)):
            raise self._error("[[, --, &&, ~~ and || may be misread in [ ]: put a \\ before the second", place)
        if self.flags & re.IGNORECASE and _FAR_RANGE.search(sign):
            raise self._error("a range in [ ] that goes beyond 'ÿ' cannot ignore case: leave out (?i)", place)

    def _add(self, part: Part, shown: str, place: int) -> None:
        self.last = len(self.parts)
        self.parts.append(part)
        self.counts.append(1)
        self.skeleton.append((shown, place))

    def _checked(self) -> re.Pattern[str]:
        """What Python makes of the structure, which says what is wrong with it."""
        try:
            checked = re.compile("".join(shown for shown, _ in self.skeleton))
        except re.error as error:
            raise self._error(error.msg, self._place(error.pos)) from None
        if checked.groups > MAX_GROUPS:
            raise PatternError(
                f"the pattern has {checked.groups} groups; at most {MAX_GROUPS} are allowed: write (?:…)"
            )
        return checked

    def _place(self, skeletal: int | None) -> int:
        """Where in the text that stands which is at a place in the skeleton."""
        end = 0
        for shown, place in self.skeleton:
            end += len(shown)
            if skeletal is not None and skeletal < end:
                return place
        return len(self.text)

    def _error(self, message: str, place: int) -> PatternError:
        return PatternError(f"{message} (at character {place + 1} of the pattern)")


def _times(sign: str) -> int:
    """How often a repetition writes its part out."""
    if not sign.startswith("{"):
        return 2 if sign.startswith("+") else 1
    least, _, most = sign.strip("{}+?").partition(",")
    return max(1, int(most or 0), int(least or 0) + (most == "" and "," in sign))
