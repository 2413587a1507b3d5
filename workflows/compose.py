"""YAML text to a tree of marked values: YAML 1.2, within limits, without recursion.

The events come from PyYAML; what they mean is decided here. Limits are refused at once, since going on could
cost what they are there to save; everything else is collected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from workflows.defect import Defect
from workflows.scalar import read_scalar
from workflows.source import DocumentError, Marked, Path, Position, Problem, Source

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_PROBLEMS = 100

FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser written in C where PyYAML has it."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")

_SYNTAX_HINTS = (
    ("mapping values are not allowed", "put text that contains ': ' in quotes"),
    ("cannot start any token", "indent with spaces, and put text that starts with a special character in quotes"),
    ("could not find expected ':'", "write fields as 'name: value'"),
    ("did not find expected ',' or", 'put text with brackets or braces, such as "${{ … }}", in quotes'),
    ("did not find expected key", "align the fields of one mapping in one column"),
    ("unexpected end of stream", "close the quotes, brackets or braces"),
    ("did not find expected <document start>", "write one mapping, with nothing before or after it"),
)


def compose(text: str | bytes, *, file: str, loader: Any = FAST_LOADER) -> tuple[Source, list[Problem]]:  # noqa: ANN401
    """Read the text into a tree, with all problems that do not keep the rest from being read.

    Raises:
        DocumentError: the text is no YAML or beyond a limit.
    """
    checked = _checked(text, file)
    composer = _Composer(file=file)
    try:
        for event in yaml.parse(checked, Loader=loader):
            composer.take(event)
    except yaml.YAMLError as error:
        raise DocumentError([_syntax_problem(error, checked, file)]) from error
    except UnicodeDecodeError:
        _refuse(file, Defect.NOT_TEXT, "a tag is written with bytes that are not UTF-8", "remove the tag")
    return composer.finish(checked)


def _checked(document: str | bytes, file: str) -> str:
    if len(document) > MAX_BYTES:
        _refuse_size(file)
    text = (_decoded(document, file) if isinstance(document, bytes) else document).removeprefix("\ufeff")
    if found := _UNPRINTABLE.search(text):
        code = f"U+{ord(found.group()):04X}"
        hint = "remove it, or write it as an escape in double quotes"
        message = f"the character {code} cannot stand in a document"
        _refuse(file, Defect.NOT_TEXT, message, hint, _end_of(text[: found.start()]))
    if len(text.encode()) > MAX_BYTES:
        _refuse_size(file)
    return _join_surrogates(text)


def _refuse_size(file: str) -> NoReturn:
    message = f"the document is longer than {MAX_BYTES:,} bytes"
    _refuse(file, Defect.TOO_LARGE, message, "split it, or keep the data in a file")


def _decoded(document: bytes, file: str) -> str:
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        before = document[: error.start].decode()
        message = f"byte 0x{document[error.start]:02x} is not UTF-8"
        _refuse(file, Defect.NOT_TEXT, message, "save the file as UTF-8", _end_of(before))


def _join_surrogates(text: str) -> str:
    """Write JSON's pairs of escapes for one character as YAML does; only JSON has them."""
    if not _SURROGATES.search(text):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text

    def join(pair: re.Match[str]) -> str:
        high, low = int(pair[2], 16), int(pair[3], 16)
        return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08X}"

    return _SURROGATES.sub(join, text)


def _end_of(text: str) -> Position:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _refuse(file: str, code: Defect, message: str, hint: str, at: Position | None = None) -> NoReturn:
    line, column = at or (None, None)
    raise DocumentError([Problem(file, code, message, line, column, hint=hint)])


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    marked = error if isinstance(error, yaml.MarkedYAMLError) else yaml.MarkedYAMLError(problem=str(error))
    mark: Any = marked.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    message = " ".join(filter(None, (marked.problem, marked.context)))
    hint = next((hint for words, hint in _SYNTAX_HINTS if words in message), None)
    if mark and text[mark.index : mark.index + 1] == "\t":
        hint = "indent with spaces, not with tabs"
    return Problem(file, Defect.YAML_SYNTAX, f"not YAML: {message}", line, column, hint=hint)


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    node: Marked
    anchor: str | None
    key: str | None = None
    awaits_key: bool = True


@dataclass(slots=True)
class _Composer:
    """Builds the tree from events, one at a time."""

    file: str
    root: Marked | None = None
    documents: int = 0
    total: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Marked] = field(default_factory=dict)
    found: list[tuple[Path, Position, Defect, str, str]] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        """Take one event."""
        start: Any = event.start_mark
        position = (start.line + 1, start.column + 1)
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event, position), event.anchor)
            case yaml.MappingStartEvent():
                self._open(Marked({}, position, children={}), event)
            case yaml.SequenceStartEvent():
                self._open(Marked([], position, children=[]), event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self.stack.pop()
                self._add(closed.node, closed.anchor, counted=True)
            case yaml.AliasEvent():
                self._alias(event, position)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._refuse(
                        Defect.YAML_FEATURE, "a file holds one document only", "remove what follows '---'", position
                    )
            case _:
                pass

    def finish(self, text: str) -> tuple[Source, list[Problem]]:
        """The tree, and what was wrong on the way."""
        if self.root is None or (self.root.value is None and not self.root.style):
            _refuse(self.file, Defect.EMPTY, "the document is empty", "start it with 'aether: 1'")
        source = Source(file=self.file, text=text, root=self.root)
        problems = [source.problem(path, code, text, hint=hint, at=at) for path, at, code, text, hint in self.found]
        return source, problems

    def _scalar(self, event: yaml.ScalarEvent, position: Position) -> Marked:
        self._count(1, position)
        self._refuse_tag(event.tag, position)
        if event.style or event.tag is not None:
            return Marked(event.value, position, style=event.style or None)
        try:
            return Marked(read_scalar(event.value), position)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            shown = f"{event.value[:30]!r} is out of range: {message}"
            self._report(position, Defect.OUT_OF_RANGE, shown, hint)
            return Marked(event.value, position)

    def _open(self, node: Marked, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._count(1, node.position)
        self._refuse_tag(event.tag, node.position)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse_depth(node.position)
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)
        self.stack.append(_Open(node, event.anchor))

    def _alias(self, event: yaml.AliasEvent, position: Position) -> None:
        node = self.anchors.get(str(event.anchor))
        if node is None:
            if any(frame.anchor == event.anchor for frame in self.stack):
                message, hint = f"the alias *{event.anchor} contains itself", "write the value out"
            else:
                message, hint = f"no value is marked &{event.anchor}", "mark it before its first use"
            self._refuse(Defect.YAML_ALIAS, message, hint, position)
        self._count(node.size, position)
        if len(self.stack) + node.height > MAX_DEPTH:
            self._refuse_depth(position)
        self._add(Marked(node.value, position, node.style, node.keys, node.children, node.size, node.height), None)

    def _add(self, node: Marked, anchor: str | None, *, counted: bool = False) -> None:
        """Put a finished value where it belongs."""
        if counted:
            node.height += 1
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        parent = frame.node
        parent.size += node.size
        parent.height = max(parent.height, node.height)
        match parent.value, parent.children:
            case list() as values, list() as items:
                values.append(node.value)
                items.append(node)
            case dict() as values, dict() as entries if not frame.awaits_key:
                frame.awaits_key = True
                if frame.key is not None:
                    values[frame.key] = node.value
                    entries[frame.key] = node
            case _:
                frame.key, frame.awaits_key = None, False
                frame.key = self._key(parent, node)

    def _key(self, mapping: Marked, node: Marked) -> str | None:
        """The name of a mapping's next entry; None when the entry cannot be kept."""
        key = node.value
        if not isinstance(key, str):
            shown = "a mapping or list" if node.children is not None else f"{json.dumps(key)}"
            hint = 'put text such as "${{ … }}" in quotes' if node.children is not None else "put it in quotes"
            self._report(node.position, Defect.KEY_NOT_TEXT, f"a key needs to be text, not {shown}", hint)
            return None
        if key == "<<" and node.style is None:
            hint = "repeat the fields, or use an alias for a whole value"
            message = "merge keys ('<<') are not part of the language"
            self._report(node.position, Defect.YAML_FEATURE, message, hint, key)
            return None
        if key in mapping.keys:
            first = mapping.keys[key][0]
            message = f"duplicate key, first given in line {first}"
            self._report(node.position, Defect.DUPLICATE_KEY, message, "keep one of them", key)
            return None
        mapping.keys[key] = node.position
        return key

    def _count(self, size: int, position: Position) -> None:
        self.total += size
        if self.total > MAX_NODES:
            hint = "keep the data in a file or an input"
            self._refuse(Defect.TOO_LARGE, f"the document has more than {MAX_NODES:,} values", hint, position)

    def _refuse_depth(self, position: Position) -> NoReturn:
        message = f"the document is nested deeper than {MAX_DEPTH} levels"
        self._refuse(Defect.TOO_DEEP, message, "flatten it", position)

    def _refuse(self, code: Defect, message: str, hint: str, position: Position) -> NoReturn:
        _refuse(self.file, code, message, hint, position)

    def _refuse_tag(self, tag: str | None, position: Position) -> None:
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")[:50]
            message = f"the tag {shown!r} is not part of the language"
            self._report(position, Defect.YAML_FEATURE, message, "remove it; quote what is text")

    def _report(self, position: Position, code: Defect, message: str, hint: str, *below: str) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(((*self._path(), *below), position, code, message, hint))

    def _path(self) -> Iterator[str | int]:
        """Where the reading is."""
        for frame in self.stack:
            if isinstance(frame.node.children, list):
                yield len(frame.node.children)
            elif not frame.awaits_key and frame.key is not None:
                yield frame.key
