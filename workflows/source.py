"""Where things stand in a document's text, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from pydantic import JsonValue
from typing_extensions import override

from workflows.defect import Defect
from workflows.errors import ConfigurationError

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indexes that lead from the top of a document to a place in it."""

Position: TypeAlias = tuple[int, int]
"""Line and column, both counted from 1."""

BLOCK_FIELDS = frozenset({"then", "else", "do", "default", "try", "finally", "undo", "on_expiry"})
"""The fields of a step, or of an arm of a step, that hold a list of steps."""

ARM_FIELDS = frozenset({"elif", "cases", "catch"})
"""The fields of a step that hold a list of mappings with steps of their own."""

TOP_FIELDS = ("steps", "restore")
"""The fields of a document that hold a list of steps."""

BRANCH_FIELD = "parallel"
"""The field of a step that holds lists of steps by name."""

_ARM_BLOCKS = frozenset({"then", "do"})
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document: where, what, and what to do about it."""

    file: str
    code: Defect
    message: str
    line: int | None = None
    """Counted from 1."""
    column: int | None = None
    """Counted from 1."""
    step: str | None = None
    """The id of the step it is in."""
    field: str | None = None
    """The field of that step (or of the document), e.g. `with.target`."""
    hint: str | None = None
    """What to do."""
    severity: Literal["error", "warning"] = "error"
    path: Path = ()
    """Keys and indexes that lead to it from the top of the document."""

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sorts problems by file, and there as they come in the text; those without a place come first."""
        return self.file, self.line or 0, self.column or 0, self.message

    @override
    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        named = {"step": self.step, "field": self.field}
        subject = ", ".join(f"{label} {name!r}" for label, name in named.items() if name is not None)
        warning = "warning: " if self.severity == "warning" else ""
        text = f"{subject}: {self.message}" if subject else self.message
        return f"{place}: {warning}{text}" + (f"; {self.hint}" if self.hint else "")


class DocumentError(ConfigurationError):
    """A document cannot be used: all that is wrong with it, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class Marked:
    """A value of the document together with the places of all its parts."""

    value: JsonValue
    position: Position
    style: str | None = None
    """How a text is written: quote character, `|` or `>`; None for plain."""
    keys: dict[str, Position] = field(default_factory=dict)
    """Where the keys of a mapping stand."""
    children: dict[str, Marked] | list[Marked] | None = None
    """The values of a mapping or the items of a list."""
    size: int = 1
    """How many values it is made of, itself included."""
    height: int = 0
    """How many levels of mappings and lists it has."""

    def child(self, key: str | int) -> Marked | None:
        """One level down."""
        if isinstance(key, str):
            return self.children.get(key) if isinstance(self.children, dict) else None
        items = self.children if isinstance(self.children, list) else []
        return items[key] if 0 <= key < len(items) else None


@dataclass(frozen=True)
class Source:
    """A document's text, and where in it each part of the document stands."""

    file: str
    text: str = ""
    root: Marked | None = None

    def position(self, path: Path, *, key: bool = False, offset: int | None = None) -> Position:
        """Where a value stands, or with `key` the name of its field; for what is not there, the nearest around it.

        `offset` counts characters into a text value, as errors in expressions do.
        """
        node, position = self.root, (1, 1)
        for depth, part in enumerate((None, *path)):
            child = node if part is None else node.child(part) if node else None
            if node is None or child is None:
                break
            name = node.keys.get(str(part)) if key and depth == len(path) else None
            node, position = child, name or child.position
        else:
            if node is not None and offset is not None and isinstance(node.value, str):
                return self._inside(node, node.value, offset)
        return position

    def value(self, path: Path) -> JsonValue:
        """What the author wrote at a place; None where there is nothing."""
        node = self.root
        for part in path:
            node = node.child(part) if node else None
        return node.value if node else None

    def problem(
        self,
        path: Path,
        code: Defect,
        message: str,
        *,
        hint: str | None = None,
        at: Position | None = None,
    ) -> Problem:
        """Say what is wrong with the part of the document at `path`; `at` is a better place than its own."""
        line, column = (at or self.position(path)) if self.root or at else (None, None)
        step = step_of(path)
        name = self.value((*path[:step], "id")) if step else None
        return Problem(
            file=self.file,
            code=code,
            message=message,
            line=line,
            column=column,
            step=name if isinstance(name, str) else None,
            field=field_name(path[step:]),
            hint=hint,
            path=path,
        )

    @cached_property
    def _lines(self) -> Sequence[str]:
        return _LINE_BREAK.split(self.text)

    def _inside(self, node: Marked, value: str, offset: int) -> Position:
        """The place of a character of a text; the text's own where escapes or folding hide it."""
        line, column = node.position
        before, _, _ = value[:offset].rpartition("\n")
        breaks = value.count("\n", 0, offset)
        written = value.split("\n")[breaks]
        within = offset - (len(before) + 1 if breaks else 0)
        if node.style == "|":
            start = self._line(line + breaks + 1).find(written)
            return (line + breaks + 1, start + within + 1) if start >= 0 else (line, column)
        quote = 1 if node.style else 0
        if not breaks and self._line(line)[column - 1 + quote :].startswith(written):
            return line, column + quote + within
        return line, column

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if number <= len(self._lines) else ""


def step_of(path: Path) -> int:
    """How many parts of a path lead to the innermost step it is in; 0 outside of all steps."""
    found, start, blocks, arms = 0, 0, frozenset(TOP_FIELDS), frozenset[str]()
    while start + 1 < len(path):
        name, *rest = path[start : start + 3]
        if found and name == BRANCH_FIELD and isinstance(rest[0], str):
            name, rest, start = "do", rest[1:], start + 1
        if not rest or not isinstance(rest[0], int):
            break
        start += 2
        if name in blocks:
            found, blocks, arms = start, BLOCK_FIELDS, ARM_FIELDS
        elif name in arms:
            blocks, arms = _ARM_BLOCKS, frozenset()
        else:
            break
    return found


def field_name(path: Path) -> str | None:
    """A path as people write it, e.g. `cases[0].when`; None for an empty one."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or None
