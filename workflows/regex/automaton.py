r"""What matches a pattern: an automaton of RE2, over an alphabet that is made for the pattern.

RE2 needs time in proportion to the text, whatever the pattern, but knows fewer letters than Python: its `\w`, `\b`
and `(?i)` are about a to z. So Python says which characters each part of the pattern stands for. Characters that no
part tells apart become one byte, which is a letter for RE2 if they are letters for Python, and RE2 reads bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeAlias

import re2

from workflows.regex.syntax import Atom, PatternError, Syntax, read

Span: TypeAlias = tuple[int, int]
"""Where something begins and ends in a text; -1 where it is not."""

_LINE_END = 0x0A
"""A newline where `$` may match."""
_NEWLINE = 0x0B
"""Any other newline."""
_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_OTHERS = bytes(byte for byte in range(256) if byte not in {*_LETTERS, _LINE_END, _NEWLINE})
_CODE = "cp1252"
"""The encoding of the characters that are part of every alphabet: what offices of the west write."""
_COMMON = {byte: bytes([byte]).decode(_CODE, "ignore") for byte in range(256)}
_WORD = Atom(r"\w")
_TRANSPARENT = {"(", "(?:", ")", r"\b"}
_WHOLE = -1
_LONGEST_BEGINNING = 16
_MEMORY = 4 << 20
"""How many bytes an automaton may take; where that is too little for the fastest way, RE2 takes another."""


class _Found(Protocol):
    def span(self, group: int) -> Span: ...


class _Engine(Protocol):
    """A compiled regular expression of RE2."""

    def search(self, text: bytes, start: int, end: int) -> _Found | None: ...

    def match(self, text: bytes, start: int, end: int) -> _Found | None: ...

    def fullmatch(self, text: bytes) -> _Found | None: ...


@dataclass(frozen=True, slots=True)
class Automaton:
    """A pattern, ready to be held against texts of certain characters."""

    engine: _Engine
    groups: int
    size: int
    """What it may have to do for each character of a text, at the worst."""
    narrow: bytes
    """The bytes for the characters that are part of every alphabet."""
    wide: Mapping[int, int]
    """The bytes for all characters."""
    barriers: bytes
    """The bytes of characters that no part of the pattern stands for: no match goes beyond one."""
    longest: int | None
    """How many characters a match has at the most, if there is a most."""
    beginning: bytes
    """What each match begins with, so that there is no need to look elsewhere; empty if that is not clear."""

    def spell(self, text: str) -> bytes:
        """A text in the automaton's alphabet."""
        try:
            spelled = text.encode(_CODE).translate(self.narrow)
        except UnicodeEncodeError:
            spelled = text.translate(self.wide).encode("latin-1")
        if spelled.endswith(bytes([_NEWLINE])):
            return spelled[:-1] + bytes([_LINE_END])
        return spelled

    def search(self, spelled: bytes, start: int, end: int) -> tuple[Span, ...] | None:
        """Where the first match and its groups are."""
        return self._spans(self.engine.search(spelled, start, end))

    def match(self, spelled: bytes, start: int, end: int) -> tuple[Span, ...] | None:
        """Where the groups of a match are that begins right at the start."""
        return self._spans(self.engine.match(spelled, start, end))

    def fullmatch(self, spelled: bytes) -> tuple[Span, ...] | None:
        """Where the groups are, if the whole text matches."""
        return self._spans(self.engine.fullmatch(spelled))

    def _spans(self, found: _Found | None) -> tuple[Span, ...] | None:
        return None if found is None else tuple(found.span(group) for group in range(self.groups + 1))


def foreign(text: str) -> str:
    """The characters of a text that are not part of every alphabet."""
    try:
        text.encode(_CODE)
    except UnicodeEncodeError:
        return "".join(sorted(set(text).difference(_COMMON.values())))
    return ""


@lru_cache(maxsize=64)
def fit(pattern: str, characters: str) -> Automaton:
    """Make the automaton of a pattern for texts that have these characters besides the common ones.

    Raises:
        PatternError: the pattern cannot be used, or tells more characters apart than there are bytes.
    """
    syntax = read(pattern)
    atoms = [*dict.fromkeys(part for part in syntax.parts if isinstance(part, Atom))]
    alphabet = _alphabet(syntax, atoms, "".join(_COMMON.values()) + characters)
    members = {alphabet.bytes[character]: mask for character, mask in alphabet.masks.items()}
    members[_LINE_END] = members[_NEWLINE] = alphabet.masks["\n"]
    sets = {atom: [*_ranges(members, 1 << number)] for number, atom in enumerate(atoms)}
    written = "".join(part if isinstance(part, str) else _set(sets[part]) for part in syntax.parts)
    widths = (1 if isinstance(part, str) else max(1, len(sets[part])) for part in syntax.parts)
    return Automaton(
        engine=re2.compile(written.encode(), _options()),
        groups=syntax.groups,
        size=1 + sum(count * width for count, width in zip(syntax.counts, widths, strict=True)),
        narrow=bytes(alphabet.bytes.get(character, 0) for character in _COMMON.values()),
        wide={ord(character): byte for character, byte in alphabet.bytes.items()},
        barriers=bytes(byte for byte, mask in members.items() if not mask),
        longest=syntax.longest,
        beginning=_beginning(syntax, sets),
    )


def _options() -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


@dataclass(frozen=True, slots=True)
class _Alphabet:
    masks: Mapping[str, int]
    """Which parts of the pattern stand for a character, as bits."""
    bytes: Mapping[str, int]


def _alphabet(syntax: Syntax, atoms: Sequence[Atom], characters: str) -> _Alphabet:
    masks = dict.fromkeys(characters, 0)
    for number, atom in enumerate(atoms):
        for character in atom.among(characters) & masks.keys():
            masks[character] |= 1 << number
    letters = _WORD.among(characters) if syntax.bounded else frozenset[str]()
    supplies = (iter(_OTHERS), iter(_LETTERS)) if syntax.bounded else (iter(sorted(_OTHERS + _LETTERS)),)
    known: dict[tuple[int, bool], int] = {}
    for mask, letter in sorted({(masks[character], character in letters) for character in characters}):
        byte = next(supplies[letter], None)
        if byte is None:
            raise PatternError("the pattern tells too many characters apart: use several patterns, or leave out \\b")
        known[mask, letter] = byte
    spelled = {character: known[mask, character in letters] for character, mask in masks.items()}
    return _Alphabet(masks, {**spelled, "\n": _LINE_END if syntax.multiline else _NEWLINE})


def _beginning(syntax: Syntax, sets: Mapping[Atom, Sequence[tuple[int, int]]]) -> bytes:
    """The first few bytes of all matches, where the pattern begins with them plainly."""
    unclear = _unclear(syntax)
    beginning = b""
    for index, part in enumerate(syntax.parts):
        if isinstance(part, Atom):
            if syntax.repeated(index) or len(sets[part]) != 1 or len(set(sets[part][0])) != 1:
                break
            beginning += bytes([sets[part][0][0]])
        elif part not in _TRANSPARENT or index in unclear:
            break
    return b"" if _WHOLE in unclear else beginning[:_LONGEST_BEGINNING]


def _unclear(syntax: Syntax) -> set[int]:
    """Where the parentheses open that a match may go through in several ways, or not at all."""
    unclear = set[int]()
    opened = [_WHOLE]
    for index, part in enumerate(syntax.parts):
        if part in {"(", "(?:"}:
            opened.append(index)
        elif part == "|":
            unclear.update(opened)
        elif part == ")" and syntax.repeated(index):
            unclear.add(opened.pop())
        elif part == ")":
            opened.pop()
    return unclear


def _ranges(members: Mapping[int, int], bit: int) -> Iterator[tuple[int, int]]:
    """The bytes that a part of the pattern stands for, in ranges."""
    start: int | None = None
    for byte in range(257):
        if members.get(byte, 0) & bit:
            start = byte if start is None else start
        elif start is not None:
            yield start, byte - 1
            start = None


def _set(ranges: Sequence[tuple[int, int]]) -> str:
    if not ranges:
        return r"[^\x00-\xff]"
    return "[" + "".join(f"\\x{low:02x}-\\x{high:02x}" for low, high in ranges) + "]"
