"""Text to a Python syntax tree of bounded size, with places in the text for messages."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from workflows.errors import ExpressionError
from workflows.expressions.scan import Token, scan

MAX_LENGTH = 4000
"""The longest expression, in characters."""
MAX_NESTING = 60
"""How deep brackets may be nested."""
MAX_TREE_DEPTH = 100
"""How many operations may be applied to each other's results."""

_SHOWN = 60
_PAIRS = {")": "(", "]": "[", "}": "{"}
_FOREIGN = {
    "&&": "write 'and' instead of '&&'",
    "||": "write 'or' instead of '||'",
    "===": "compare with '==', not '==='",
    "!==": "compare with '!=', not '!=='",
    "!=": None,
    "!": "write 'not' instead of '!'",
    "??": "write default(value, fallback) instead of '??'",
    "?.": "write default(value.key, null) instead of '?.'",
    "?": "write 'a if condition else b' instead of 'condition ? a : b'",
    "=>": "functions cannot be written in an expression",
    "<>": "write '!=' instead of '<>'",
}
"""What other languages write; the longer first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of an expression's text."""

    text: str
    """All of the text."""
    start: int
    end: int

    @property
    def snippet(self) -> str:
        """The part, shortened."""
        part = " ".join(self.text[self.start : self.end].split())
        return part if len(part) <= _SHOWN else part[: _SHOWN - 1] + "…"

    def error(self, message: object) -> ExpressionError:
        """An error that says where it is."""
        return ExpressionError(f"{message} (in `{self.snippet}`)", offset=self.start)


@dataclass(frozen=True, slots=True)
class Source:
    """An expression's text and the tree that was read from it."""

    text: str
    tree: ast.expr
    lines: tuple[str, ...]
    """What Python was given: the text in parentheses, so that it may go over several lines."""

    def place(self, node: ast.expr) -> Place:
        """Where a part of the tree stands in the text."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start = self._offset(node.lineno, node.col_offset)
        return Place(self.text, max(start, 0), min(self._offset(end_line, end_column), len(self.text)))

    def _offset(self, line: int, column: int) -> int:
        """Python counts columns in UTF-8 bytes."""
        before = sum(len(each) + 1 for each in self.lines[: line - 1])
        return before + len(self.lines[line - 1].encode()[:column].decode()) - 1


def read(text: str) -> Source:
    """Read an expression.

    Raises:
        ExpressionError: the text is too long, nested too deeply or not a Python expression.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text)} characters; at most {MAX_LENGTH} are allowed: "
            "give parts of it a name with a 'set' step"
        )
    tokens = [token for token in scan(text) if token.kind != "space"]
    if not tokens:
        raise ExpressionError("the expression is empty: write a value, such as a name or 'a text'")
    _check_brackets(text, tokens)
    wrapped = f"({text})".replace("\r", " ")
    source = Source(text, _parse(text, wrapped, tokens), tuple(wrapped.split("\n")))
    _check_depth(source.tree)
    return source


def _check_brackets(text: str, tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            opened.append(token)
        if len(opened) > MAX_NESTING:
            raise _too_deep(token.start)
        if token.kind == "close" and (not opened or opened.pop().text != _PAIRS[token.text]):
            raise ExpressionError(
                f"{token.text!r} closes nothing: remove it or add {_PAIRS[token.text]!r}", offset=token.start
            )
    if opened:
        raise Place(text, opened[-1].start, len(text)).error(f"{opened[-1].text!r} is not closed: add its counterpart")


def _too_deep(offset: int) -> ExpressionError:
    return ExpressionError(
        "the expression is nested too deeply: give parts of it a name with a 'set' step", offset=offset
    )


def _parse(text: str, wrapped: str, tokens: list[Token]) -> ast.expr:
    try:
        return ast.parse(wrapped, mode="eval").body
    except SyntaxError as error:
        raise _misread(text, error, tokens) from None
    except (RecursionError, MemoryError):
        raise _too_deep(0) from None
    except ValueError:  # characters that no Python source can hold
        raise ExpressionError("the expression holds a character that cannot be written: remove it") from None


def _misread(text: str, error: SyntaxError, tokens: list[Token]) -> ExpressionError:
    for token in tokens:
        foreign = next((each for each in _FOREIGN if text.startswith(each, token.start)), "")
        if remedy := _FOREIGN.get(foreign):
            return ExpressionError(f"not an expression: {remedy}", offset=token.start)
    before = text.split("\n")[: (error.lineno or 1) - 1]
    offset = sum(len(line) + 1 for line in before) + (error.offset or 1) - (1 if before else 2)
    place = Place(text, min(max(offset, 0), len(text) - 1), len(text))
    return place.error(f"not an expression: {error.msg}")


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_TREE_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise _too_deep(0)
