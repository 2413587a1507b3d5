"""YAML 1.2 as plain values: words are text, whatever they mean in older readers."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import JsonValue

from workflows.errors import InvalidFileError
from workflows.scalar import read_scalar

_MOST_VALUES = 1_000_000
"""Counted as often as aliases repeat them."""
_DEEPEST = 200
_TEXT = "tag:yaml.org,2002:str"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_LOADER):  # type: ignore[misc]
    """Reads plain words by the core schema of YAML 1.2, and keys as the text they are."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - how PyYAML is told

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, JsonValue]:  # noqa: ANN401, FBT001, FBT002 - PyYAML's signature
        self.flatten_mapping(node)
        mapping: dict[str, JsonValue] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "expected text as a key", key.start_mark)
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


def _word(loader: Any, node: yaml.ScalarNode) -> JsonValue:  # noqa: ANN401 - PyYAML's own
    del loader
    if node.style:  # quotes, or a block of lines
        return str(node.value)
    try:
        return read_scalar(node.value)
    except ValueError:
        return str(node.value)  # a number no computer holds


_Loader.add_constructor(_TEXT, _word)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("^<<$"), ["<"])


class _Dumper(yaml.SafeDumper):
    """Quotes text that either version takes for something else."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        is_text = read_scalar(text) == text
    except ValueError:
        is_text = False
    return dumper.represent_scalar(_TEXT, text, style=None if is_text else "'")


_Dumper.add_representer(str, _text)


def parse_yaml(text: str, *, shown_as: str) -> list[JsonValue]:
    """Read all documents of a text.

    Raises:
        InvalidFileError: it is no YAML, asks for objects, or holds more than a step's output could.
    """
    try:
        documents: list[JsonValue] = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InvalidFileError(f"{shown_as!r}{place}: no YAML that can be read: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFileError(f"{shown_as!r}: no YAML that can be read: {error}") from error
    left = _MOST_VALUES
    for document in documents:
        left -= _count(document, left, 0)
        if left <= 0:
            raise InvalidFileError(f"{shown_as!r} holds more than {_MOST_VALUES} values, or one inside of itself")
    return documents


def write_yaml(value: JsonValue) -> str:
    """Write one value, so that readers of YAML 1.1 and 1.2 read the same."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))


def _count(value: JsonValue, most: int, depth: int) -> int:
    """Count values, as far as there are not too many."""
    if depth > _DEEPEST:
        return most
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    count = 1
    for each in inner:
        count += _count(each, most - count, depth + 1)
        if count >= most:
            return most
    return count
