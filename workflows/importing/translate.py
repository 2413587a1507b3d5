"""The predecessor's values and expressions in the language: `{{var}}`, `{{node.port}}`, `${var}`, `%var%`."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Final

from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.expression import compile_expression
from workflows.expressions.library import FUNCTIONS
from workflows.importing.graph import ENTRY, Graph, Node
from workflows.importing.notes import Notes
from workflows.importing.outputs import Meanings

_REFERENCE: Final = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}|\$\{([A-Za-z_][^{}]*?)\}|%([A-Za-z_]\w*)%")
_PATH: Final = re.compile(r"(\$?[^.\[\]]+)((?:\.\w+|\[-?\d+\]|\['[^'\\]*'\]|\[\"[^\"\\]*\"\])*)")
_PART: Final = re.compile(r"\.(\w+)|(\[[^\]]*\])")
_SYSTEM: Final = {
    "$currentDate": "today()",
    "$currentTime": "date_format(now(), '%H:%M:%S')",
    "$currentDateTime": "now()",
}
_OPERATORS: Final = ((re.compile(r"&&"), " and "), (re.compile(r"\|\|"), " or "), (re.compile(r"!(?!=)"), " not "))
_EMBEDDED: Final = re.compile(r"\$\{\{ (.*?) \}\}")
_WHOLE: Final = 3
"""Pieces of a text that is one expression: nothing, the expression, nothing."""
_PLAIN: Final = re.compile(r"[\w.]+(?:\[\w*\])*|'[^'\\]*'")


class Translator:
    """Turns values of nodes into values of steps."""

    def __init__(self, graph: Graph, meanings: Meanings, notes: Notes) -> None:
        self.names = meanings.names
        self.used: set[str] = set()
        """Every expression that stands for a port and is used somewhere."""
        self._graph = graph
        self._notes = notes
        self._outputs = meanings.outputs
        self._local: list[tuple[str, str]] = []
        self._wires = {(edge.target, edge.target_port): edge for edge in graph.edges if edge.target_port != ENTRY}

    def given(self, node: Node, *fields: str) -> JsonValue:
        """What a node is given for the first of these fields: by a connection, or by its settings."""
        for field in fields:
            if (edge := self._wires.get((node.id, field))) is not None:
                expression = self._port(edge.source, edge.source_port, node.id, field)
                return f"${{{{ {expression} }}}}"
        for field in fields:
            if (value := node.config.get(field)) not in (None, ""):
                return self.value(value, node.id, field)
        return None

    def value(self, value: JsonValue, node: str, field: str) -> JsonValue:
        """A value with its references in our way of writing."""
        match value:
            case str():
                return self._text(value, node, field)
            case list():
                return [self.value(item, node, f"{field}[{number}]") for number, item in enumerate(value)]
            case dict():
                return {key: self.value(item, node, f"{field}.{key}") for key, item in value.items()}
            case _:
                return value

    def expression(self, value: JsonValue, node: str, field: str) -> str:
        """A value as (part of) an expression."""
        match value:
            case str():
                pieces = _EMBEDDED.split(value)
                if len(pieces) == _WHOLE and not pieces[0].strip() and not pieces[-1].strip():
                    return _bracketed(pieces[1])
                texts = [
                    f"str({piece})" if odd else repr(piece)
                    for odd, piece in zip(cycle((False, True)), pieces)
                    if odd or piece
                ]
                return _bracketed(" + ".join(texts) or "''")
            case list():
                return f"[{', '.join(self.expression(item, node, field) for item in value)}]"
            case dict():
                entries = (f"{key!r}: {self.expression(item, node, field)}" for key, item in value.items())
                return f"{{{', '.join(entries)}}}"
            case _:
                return json.dumps(value)

    def condition(self, node: Node, *fields: str) -> str:
        """What a node tests, as an expression that is true or false."""
        raw = node.config.get(fields[0])
        wired = any((node.id, field) in self._wires for field in fields)
        if isinstance(raw, str) and raw.strip() and not wired:
            text = self._formula(raw, node.id, fields[0])
        else:
            value = self.given(node, *fields)
            if value is None:
                self._notes.error(node.id, fields[0], "nothing says what to test")
            text = self.expression(value, node.id, fields[0])
        return text if _is_truth(text) else f"bool({text})"

    def loop(self, variable: str, name: str) -> None:
        """From here on a variable means the current item of a loop."""
        self._local.append((variable, name))

    def leave(self) -> None:
        """The innermost loop is over."""
        self._local.pop()

    def _text(self, text: str, node: str, field: str) -> str:
        parts = list(self._parts(text, node, field))
        if not any(is_expression for is_expression, _ in parts):
            return text.replace("${{", "$${{")
        written = []
        for is_expression, part in parts:
            if is_expression:
                written.append(f"${{{{ {part} }}}}")
            else:
                plain = part.replace("${{", "$${{")
                written.append(f'{plain[:-1]}${{{{ "$" }}}}' if plain.endswith("$") else plain)
        return "".join(written)

    def _parts(self, text: str, node: str, field: str) -> Iterator[tuple[bool, str]]:
        """The text in pieces: plain ones, and expressions for what it refers to."""
        end = 0
        for found in _REFERENCE.finditer(text):
            if found.start() > end:
                yield False, text[end : found.start()]
            yield True, self._reference(found[1] or found[2] or found[3], node, field)
            end = found.end()
        if end < len(text):
            yield False, text[end:]

    def _formula(self, raw: str, node: str, field: str) -> str:
        """An expression of the predecessor, which may name variables with or without braces."""
        text = _REFERENCE.sub(lambda found: self._reference(found[1] or found[2] or found[3], node, field), raw)
        for pattern, ours in _OPERATORS:
            text = pattern.sub(ours, text)
        text = " ".join(text.split())
        try:
            names = sorted({reference.name for reference in compile_expression(text).references})
        except ExpressionError as error:
            self._notes.error(node, field, f"{raw!r} is not an expression here: {error.message}")
            return "false"
        for name in names:
            known = name in FUNCTIONS or self.names.knows(name) or any(name == local for _, local in self._local)
            if not known and name not in {"inputs", "run"} and name not in self.used:
                self._notes.error(node, field, f"nothing gives {name!r} a value")
        return text

    def _reference(self, path: str, node: str, field: str) -> str:
        """What a reference stands for, as an expression."""
        if path in _SYSTEM:
            return _SYSTEM[path]
        matched = _PATH.fullmatch(path)
        if matched is None or matched[1].startswith("$"):
            self._notes.error(node, field, f"{path!r} cannot be referred to here")
            return "null"
        root, parts = matched[1], [part[0] or part[1] for part in _PART.findall(matched[2])]
        if root in self._graph.nodes and parts:
            return _bracketed(self._port(root, parts[0], node, field)) + _trail(parts[1:])
        local = next((name for variable, name in reversed(self._local) if variable == root), None)
        if local is None and not self.names.knows(root):
            self._notes.error(node, field, f"nothing gives {root!r} a value")
            return "null"
        return (local or self.names.variable(root)) + _trail(parts)

    def _port(self, source: str, port: str, node: str, field: str) -> str:
        expression = self._outputs.get(source, {}).get(port)
        if expression is None:
            kind = self._graph.nodes[source].type
            self._notes.error(node, field, f"the output {port!r} of node {source!r} ({kind}) does not exist here")
            return "null"
        self.used.add(expression.partition(".")[0])
        return expression


def _bracketed(expression: str) -> str:
    return expression if _PLAIN.fullmatch(expression) else f"({expression})"


def _trail(parts: list[str]) -> str:
    return "".join(part if part.startswith("[") else f"[{part}]" if part.isdigit() else f".{part}" for part in parts)


def _is_truth(expression: str) -> bool:
    """Whether an expression is true or false whatever its parts are."""
    todo: list[ast.expr] = [ast.parse(expression, mode="eval").body]
    for part in todo:
        match part:
            case ast.BoolOp():
                todo.extend(part.values)
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                pass
            case ast.Call(func=ast.Name(id="bool")) | ast.Name(id="true" | "false"):
                pass
            case _:
                return False
    return True
