"""Changing values of a document in its text: everything around them stays as its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

import yaml
from pydantic import JsonValue

from workflows.printing import print_value
from workflows.source import Path

_Entry = tuple[yaml.Node, yaml.Node]


@dataclass(frozen=True, slots=True)
class _Edit:
    """Text that takes the place of other text."""

    start: int
    end: int
    text: str


def rewritten(text: str, changes: Mapping[Path, JsonValue]) -> str:
    """The text of a sound document with other values at some places, its comments and layout kept."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        return text
    edits = {edit.start: edit for path, value in changes.items() for edit in _edits(text, _at(root, path), value)}
    for edit in sorted(edits.values(), key=lambda each: -each.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _at(node: yaml.Node, path: Path) -> yaml.Node:
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == part)
        else:
            node = node.value[part]
    return node


def _edits(text: str, node: yaml.Node, value: JsonValue) -> Iterator[_Edit]:
    """What has to change where a value stands; a mapping that is written in lines stays one."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and isinstance(value, dict):
        yield from _entries(text, node, value)
    else:
        yield _Edit(node.start_mark.index, _end(text, node), print_value(value))


def _entries(text: str, node: yaml.MappingNode, value: dict[str, JsonValue]) -> Iterator[_Edit]:
    """Entries that stay keep their lines, new ones take those of old ones, and what is left over goes."""
    old: dict[str, _Entry] = {key.value: (key, inner) for key, inner in node.value}
    for name in old.keys() & value.keys():
        yield from _edits(text, old[name][1], value[name])
    gone = [entry for name, entry in old.items() if name not in value]
    new = [f"{name}: {print_value(inner)}" for name, inner in value.items() if name not in old]
    surplus: list[str] = []
    for entry, line in zip_longest(gone, new):
        if entry is None:
            surplus.append(line)
        elif line is None:
            yield _removed(text, entry)
        else:
            yield _Edit(entry[0].start_mark.index, _end(text, entry[1]), line)
    if surplus:
        last = _end(text, node)
        line_end = text.find("\n", last)
        indent = "\n" + " " * node.start_mark.column
        at = len(text) if line_end < 0 else line_end
        yield _Edit(at, at, "".join(indent + line for line in surplus))


def _removed(text: str, entry: _Entry) -> _Edit:
    """An entry with its line, unless there is a comment on it."""
    start, end = entry[0].start_mark.index, _end(text, entry[1])
    begin, finish = text.rfind("\n", 0, start), text.find("\n", end)
    rest = text[end : len(text) if finish < 0 else finish]
    if not rest.strip() and not text[begin + 1 : start].strip():
        return _Edit(max(begin, 0), end + len(rest), "")
    return _Edit(start, end + len(rest) - len(rest.lstrip()), "")


def _end(text: str, node: yaml.Node) -> int:
    """Where the last character of a value is; a block's own end is where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return node.start_mark.index + len(text[node.start_mark.index : node.end_mark.index].rstrip())
