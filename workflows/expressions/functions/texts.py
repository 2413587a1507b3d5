"""Methods of strings and lists."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_list, as_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import Body, Function
from workflows.expressions.functions.lists import joined
from workflows.expressions.operation import search
from workflows.expressions.value import RefusedError, bounded_items, bounded_text, described, show, weigh


def _changed(name: str, change: Callable[[str], str], summary: str) -> Body:
    """A method that gives a string of about the same length."""

    def method(frame: Frame, text: str) -> JsonValue:
        frame.fuel.spend(len(text) >> 5)
        result = change(text)
        bounded_text(len(result), frame.fuel)
        return result

    return _documented(method, name, summary)


def _asked(name: str, question: Callable[[str], bool], summary: str) -> Body:
    """A method that looks at each character."""

    def method(frame: Frame, text: str) -> JsonValue:
        frame.fuel.spend(len(text) >> 5)
        return question(text)

    return _documented(method, name, summary)


def _documented(method: Body, name: str, summary: str) -> Body:
    method.__name__ = name
    method.__doc__ = summary
    return method


def _stripped(name: str, strip: Callable[[str, str | None], str], where: str) -> Body:
    def method(frame: Frame, text: str, characters: JsonValue = None) -> JsonValue:
        removed = None if characters is None else as_text(characters, f"{name}()")
        frame.fuel.spend(len(text) >> 4)
        if removed and len(removed) > 1:
            frame.fuel.spend(len(text) * len(removed) >> 8)
        return strip(text, removed)

    return _documented(method, name, f"The text without spaces, or without any of some characters, {where}.")


def split(frame: Frame, text: str, separator: JsonValue = None, limit: JsonValue = -1) -> JsonValue:
    """The parts between the separators, or between white space."""
    most = as_integer(limit, "split()")
    if separator is None:
        frame.fuel.spend(len(text) >> 3)
        parts = text.split(None, _small(most))
    else:
        mark = _mark(separator, "split()")
        search(mark, text, frame.fuel)
        bounded_items(text.count(mark) + 1, frame.fuel)
        parts = text.split(mark, _small(most))
    bounded_items(len(parts), frame.fuel)
    return [*parts]


def _mark(value: JsonValue, caller: str) -> str:
    mark = as_text(value, caller)
    if mark:
        return mark
    raise RefusedError(f"{caller} needs a text of at least one character to look for")


def _small(number: int) -> int:
    """Python counts occurrences with machine integers."""
    return max(-1, min(number, 1 << 40))


def partition(frame: Frame, text: str, separator: JsonValue) -> JsonValue:
    """What is before the first separator, the separator, and what is after it."""
    mark = _mark(separator, "partition()")
    search(mark, text, frame.fuel)
    return [*text.partition(mark)]


def lines(frame: Frame, text: str) -> JsonValue:
    """The lines of a text."""
    frame.fuel.spend(len(text) >> 3)
    found = text.splitlines()
    bounded_items(len(found), frame.fuel)
    return [*found]


def replace(frame: Frame, text: str, old: JsonValue, new: JsonValue, limit: JsonValue = -1) -> JsonValue:
    """The text with one part replaced by another wherever it occurs."""
    before, after = as_text(old, "replace()"), as_text(new, "replace()")
    most = _small(as_integer(limit, "replace()"))
    search(before, text, frame.fuel)
    search(before, text, frame.fuel)
    count = text.count(before)
    if most >= 0:
        count = min(count, most)
    bounded_text(max(len(text), len(text) + count * (len(after) - len(before))), frame.fuel)
    frame.fuel.spend(count >> 3)
    return text.replace(before, after, most)


def starts(frame: Frame, text: str, start: JsonValue) -> JsonValue:
    """Whether the text starts with another, or with one of several."""
    return text.startswith(_options(frame, start, "startswith()"))


def ends(frame: Frame, text: str, end: JsonValue) -> JsonValue:
    """Whether the text ends with another, or with one of several."""
    return text.endswith(_options(frame, end, "endswith()"))


def _options(frame: Frame, value: JsonValue, caller: str) -> tuple[str, ...]:
    options: list[JsonValue] = value if isinstance(value, list) else [value]
    weigh(options, frame.fuel)
    frame.fuel.spend(len(options))
    return tuple(as_text(option, caller) for option in options)


def without_start(frame: Frame, text: str, start: JsonValue) -> JsonValue:
    """The text without this start, if it has it."""
    bounded_text(len(text), frame.fuel)
    return text.removeprefix(as_text(start, "removeprefix()"))


def without_end(frame: Frame, text: str, end: JsonValue) -> JsonValue:
    """The text without this end, if it has it."""
    bounded_text(len(text), frame.fuel)
    return text.removesuffix(as_text(end, "removesuffix()"))


def join(frame: Frame, separator: str, texts: JsonValue) -> JsonValue:
    """All strings of a list as one, with this text between them."""
    parts = as_list(texts, "join()")
    frame.fuel.spend(len(parts) >> 2)
    for part in parts:
        if not isinstance(part, str):
            raise RefusedError(
                f"{show(separator)}.join() needs a list of strings, but one is {described(part)}: "
                f"write join(list, {show(separator)}), which converts them"
            )
    return joined(frame, separator, [as_text(part, "join()") for part in parts])


def find(frame: Frame, text: str, part: JsonValue) -> JsonValue:
    """Where a part starts in the text, counted from 0; -1 when it is not there."""
    wanted = as_text(part, "find()")
    search(wanted, text, frame.fuel)
    return text.find(wanted)


def occurrences(frame: Frame, text: str, part: JsonValue) -> JsonValue:
    """How often a part occurs in the text."""
    wanted = as_text(part, "count()")
    search(wanted, text, frame.fuel)
    return text.count(wanted)


def _widened(name: str, widen: Callable[[str, int, str], str], summary: str) -> Body:
    def method(frame: Frame, text: str, width: JsonValue, fill: JsonValue = " ") -> JsonValue:
        size, filler = as_integer(width, f"{name}()"), as_text(fill, f"{name}()")
        if len(filler) != 1:
            raise RefusedError(f"{name}() fills with one character, not {described(filler)}")
        bounded_text(max(size, len(text)), frame.fuel)
        return widen(text, size, filler)

    return _documented(method, name, summary)


def fill_zeros(frame: Frame, text: str, width: JsonValue) -> JsonValue:
    """The text with zeros before it, after its sign, up to a width."""
    size = as_integer(width, "zfill()")
    bounded_text(max(size, len(text)), frame.fuel)
    return text.zfill(size)


def index_of(frame: Frame, values: list[JsonValue], value: JsonValue) -> JsonValue:
    """Where an element is in the list, counted from 0; an error when it is not there."""
    weigh(values, frame.fuel)
    if value in values:
        return values.index(value)
    raise RefusedError(f"index() did not find {described(value)}: check 'in' first")


def count_of(frame: Frame, values: list[JsonValue], value: JsonValue) -> JsonValue:
    """How many elements equal a value."""
    weigh(values, frame.fuel)
    return values.count(value)


_STRIP = _stripped("strip", lambda text, some: text.strip(some), "at both ends")
_LSTRIP = _stripped("lstrip", lambda text, some: text.lstrip(some), "at its start")
_RSTRIP = _stripped("rstrip", lambda text, some: text.rstrip(some), "at its end")
_LJUST = _widened("ljust", lambda text, width, fill: text.ljust(width, fill), "The text filled up at its end.")
_RJUST = _widened("rjust", lambda text, width, fill: text.rjust(width, fill), "The text filled up at its start.")
_CENTER = _widened("center", lambda text, width, fill: text.center(width, fill), "The text filled up at both ends.")

TEXT_METHODS = (
    Function("upper", _changed("upper", str.upper, "The text in capitals."), "'abc'.upper()", "ABC", receiver="text"),
    Function(
        "lower", _changed("lower", str.lower, "The text in small letters."), "'ABC'.lower()", "abc", receiver="text"
    ),
    Function(
        "title", _changed("title", str.title, "Each word with a capital."), "'a b'.title()", "A B", receiver="text"
    ),
    Function(
        "capitalize",
        _changed("capitalize", str.capitalize, "The first letter as a capital, the rest small."),
        "'aB'.capitalize()",
        "Ab",
        receiver="text",
    ),
    Function("strip", _STRIP, "' a '.strip()", "a", receiver="text"),
    Function("lstrip", _LSTRIP, "'007'.lstrip('0')", "7", receiver="text"),
    Function("rstrip", _RSTRIP, "'1.50'.rstrip('0')", "1.5", receiver="text"),
    Function("split", split, "'a, b'.split(', ')", ["a", "b"], receiver="text"),
    Function("splitlines", lines, "'a\\nb'.splitlines()", ["a", "b"], receiver="text"),
    Function("partition", partition, "'key=a=b'.partition('=')", ["key", "=", "a=b"], receiver="text"),
    Function("replace", replace, "'1.234,5'.replace('.', '').replace(',', '.')", "1234.5", receiver="text"),
    Function("startswith", starts, "'INV-7'.startswith(['INV', 'CR'])", result=True, receiver="text"),
    Function("endswith", ends, "'a.pdf'.endswith('.pdf')", result=True, receiver="text"),
    Function("removeprefix", without_start, "'INV-7'.removeprefix('INV-')", "7", receiver="text"),
    Function("removesuffix", without_end, "'a.pdf'.removesuffix('.pdf')", "a", receiver="text"),
    Function("join", join, "', '.join(['a', 'b'])", "a, b", receiver="text"),
    Function("find", find, "'a-b'.find('-')", 1, receiver="text"),
    Function("count", occurrences, "'banana'.count('an')", 2, receiver="text"),
    Function("zfill", fill_zeros, "'7'.zfill(3)", "007", receiver="text"),
    Function("ljust", _LJUST, "'a'.ljust(3, '.')", "a..", receiver="text"),
    Function("center", _CENTER, "'ab'.center(6, '-')", "--ab--", receiver="text"),
    Function(
        "swapcase",
        _changed("swapcase", str.swapcase, "Capitals as small letters, and the other way round."),
        "'aB'.swapcase()",
        "Ab",
        receiver="text",
    ),
    Function("rjust", _RJUST, "'7'.rjust(3)", "  7", receiver="text"),
    Function(
        "isdigit",
        _asked("isdigit", str.isdigit, "Whether all characters are digits."),
        "'07'.isdigit()",
        result=True,
        receiver="text",
    ),
    Function(
        "isalpha",
        _asked("isalpha", str.isalpha, "Whether all characters are letters."),
        "'a1'.isalpha()",
        result=False,
        receiver="text",
    ),
    Function(
        "isalnum",
        _asked("isalnum", str.isalnum, "Whether all are letters or digits."),
        "'a1'.isalnum()",
        result=True,
        receiver="text",
    ),
    Function(
        "isspace",
        _asked("isspace", str.isspace, "Whether there is nothing but space."),
        "' '.isspace()",
        result=True,
        receiver="text",
    ),
    Function(
        "isupper",
        _asked("isupper", str.isupper, "Whether all letters are capitals."),
        "'A1'.isupper()",
        result=True,
        receiver="text",
    ),
    Function(
        "islower",
        _asked("islower", str.islower, "Whether all letters are small."),
        "'A1'.islower()",
        result=False,
        receiver="text",
    ),
)

LIST_METHODS = (
    Function("index", index_of, "['a', 'b'].index('b')", 1, receiver="list"),
    Function("count", count_of, "[1, 2, 1].count(1)", 2, receiver="list"),
)
