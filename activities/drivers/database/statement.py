"""SQL with `:names` for its values, read as far as it takes to tell a name from text, comments and casts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import JsonValue

from workflows.errors import InvalidParamsError

Render: TypeAlias = Callable[[str, int], str]
"""Writes a name as a database wants it, given how many other names came first."""

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\* )
    | (?P<text>
        (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'
        | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*`
        | (?<![\w$])\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$
        | ::|:=
    )
    | (?P<number>(?<![\w$])\$\d+)
    | :(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
_MYSQL_TOKEN = re.compile(
    r"""
    (?P<comment> --(?=\s|$)[^\n]* | \#[^\n]* | /\* )
    | (?P<text> '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `[^`]*` | :=)
    | (?P<number>(?!))
    | :(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
Dialect: TypeAlias = Literal["standard", "mysql"]
_TOKENS: Mapping[Dialect, re.Pattern[str]] = {"standard": _TOKEN, "mysql": _MYSQL_TOKEN}
_MARK = re.compile(r"/\*|\*/")
_WORD = re.compile(r"[A-Za-z]+")
_CONTROL = frozenset({"abort", "begin", "commit", "end", "prepare", "release", "rollback", "savepoint", "start", "xa"})


@dataclass(frozen=True, slots=True)
class Name:
    """A place for a value."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement that has been read."""

    sql: str
    names: tuple[Name, ...]
    word: str
    """The first word, in lower case."""

    @property
    def distinct(self) -> tuple[str, ...]:
        """The names in order of their first place."""
        return tuple(dict.fromkeys(each.name for each in self.names))

    def render(self, write: Render, code: Callable[[str], str] = str) -> str:
        """Write the statement with the names as a database wants them, and what is between them."""
        order = {name: number for number, name in enumerate(self.distinct)}
        parts, position = [], 0
        for each in self.names:
            parts += [code(self.sql[position : each.start]), write(each.name, order[each.name])]
            position = each.end
        return "".join([*parts, code(self.sql[position:])])

    def place(self, position: int, write: Render) -> str:
        """Tell people where something is, given its position (from 1) in the rendered statement."""
        order = {name: number for number, name in enumerate(self.distinct)}
        offset = position - 1
        for each in self.names:
            if offset <= each.start:
                break
            offset = max(each.start, offset + (each.end - each.start) - len(write(each.name, order[each.name])))
        before = self.sql[: max(offset, 0)]
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        near = (self.sql[offset:].strip().splitlines() or [""])[0][:30]
        place = f"line {line}, column {column}"
        return f"{place}, at {near!r}" if near else place

    def check(self, values: Mapping[str, JsonValue]) -> None:
        """Compare the names with those there are values for.

        Raises:
            InvalidParamsError: one is missing or not used.
        """
        self._check_missing(values, "'params'")
        unused = [name for name in values if name not in self.distinct]
        if unused:
            raise InvalidParamsError(
                f"'params' has {', '.join(map(repr, unused))}, but the statement has no {_listed(unused)}"
            )

    def check_records(self, records: Sequence[Mapping[str, JsonValue]]) -> None:
        """Compare the names with those of records, which may have more.

        Raises:
            InvalidParamsError: one is missing.
        """
        for number, record in enumerate(records, start=1):
            self._check_missing(record, f"record {number}")

    def _check_missing(self, values: Mapping[str, JsonValue], what: str) -> None:
        missing = [name for name in self.distinct if name not in values]
        if missing:
            raise InvalidParamsError(
                f"the statement has {_listed(missing)}, but {what} has no such value; add it, or write a blank after "
                "the colon where no value is meant"
            )


def read_statement(sql: str, *, dialect: Dialect = "standard") -> Reading:
    """Find the names in a statement.

    Raises:
        InvalidParamsError: it has numbered values, begins or ends a transaction, or needs more than an answer.
    """
    names: list[Name] = []
    code: list[str] = []
    for kind, start, end in _tokens(sql, _TOKENS[dialect]):
        if kind == "number":
            raise InvalidParamsError(f"expected values by name such as ':amount', found {sql[start:end]!r}")
        if kind == "name":
            names.append(Name(sql[start + 1 : end], start, end))
        if kind != "comment":
            code.append(sql[start:end])
    word = _WORD.match("".join(code).lstrip(" \t\r\n;("))
    if word is None:
        raise InvalidParamsError("expected an SQL statement, found none")
    if word[0].lower() in _CONTROL:
        raise InvalidParamsError(
            f"{word[0]!r} begins or ends a transaction, which a statement cannot do; list what belongs together in a "
            "'database.transaction' step"
        )
    if word[0].lower() == "copy":
        raise InvalidParamsError(
            "'copy' sends or takes rows beside its statement; use a 'database.copy_in' or 'database.copy_out' step"
        )
    return Reading(sql, tuple(names), word[0].lower())


def _tokens(sql: str, token: re.Pattern[str]) -> Iterator[tuple[str, int, int]]:
    """Cut a statement into comments, texts, names and the code between them."""
    position = 0
    while found := token.search(sql, position):
        if found.start() > position:
            yield "code", position, found.start()
        kind = next(name for name in ("comment", "text", "number", "name") if found[name] is not None)
        end = _comment_end(sql, found.start()) if found[0] == "/*" else found.end()
        yield kind, found.start(), end
        position = end
    yield "code", position, len(sql)


def _comment_end(sql: str, start: int) -> int:
    """Find where a comment ends that may hold others."""
    depth = 0
    for mark in _MARK.finditer(sql, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)


def _listed(names: list[str]) -> str:
    return ", ".join(f"':{name}'" for name in names)
