"""YAML 1.2 as plain values: words are text, whatever they mean in older readers."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import JsonValue

from activities.formats.jsons import exact_number
from workflows.errors import InvalidFileError
from workflows.scalar import read_scalar

_MOST_VALUES = 1_000_000
"""Counted as often as aliases repeat them."""
_DEEPEST = 200
_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
_WORD = "!word"
"""What stands without quotes, and nobody has said what it is."""
_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")
"""Line breaks of YAML, which come back as blanks unless they are written by their numbers."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_LOADER):  # type: ignore[misc]
    """Reads plain words by the core schema of YAML 1.2, and keys as the text they are."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - how PyYAML is told
    yaml_constructors = {  # noqa: RUF012 - the same
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if str(tag).rpartition(":")[2] in {"null", "bool", "int", "float", "str", "seq", "map", "None"}
    }

    def resolve(self, kind: type, value: str | None, implicit: Any) -> str:  # noqa: ANN401 - PyYAML's own
        tag = str(super().resolve(kind, value, implicit))
        return _WORD if tag == _TEXT and kind is yaml.ScalarNode and implicit[0] else tag

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, JsonValue]:  # noqa: ANN401, FBT001, FBT002 - PyYAML's signature
        _refuse_twice(node)
        self.flatten_mapping(node)
        mapping: dict[str, JsonValue] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "expected text as a key", key.start_mark)
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


def _word(loader: Any, node: yaml.ScalarNode) -> JsonValue:  # noqa: ANN401 - PyYAML's own
    del loader
    try:
        value = read_scalar(node.value)
    except ValueError:
        return str(node.value)  # a number no computer holds
    return exact_number(node.value) if isinstance(value, float) else value


def _refuse_twice(node: yaml.MappingNode) -> None:
    """Refuse keys of which one would be lost; what is merged in may be overwritten."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is twice", key.start_mark)
            seen.add(key.value)


_Loader.add_constructor(_WORD, _word)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.yaml_constructors[_TEXT])
_Loader.add_implicit_resolver(_MERGE, re.compile("^<<$"), ["<"])


class _Dumper(yaml.SafeDumper):
    """Quotes text that either version takes for something else."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        is_text = read_scalar(text) == text
    except ValueError:
        is_text = False
    if _ODD_BREAKS.search(text):
        return dumper.represent_scalar(_TEXT, text, style='"')
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
