"""Inputs as typed on a command line: `name=value` read by the types the document declares."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from pydantic import JsonValue

from workflows.errors import InvalidInputError
from workflows.inputs import check_inputs
from workflows.part import Input, InputType

_NUMBER = re.compile(r"[+-]?(\d{1,300}(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class Given:
    """What a run is to be started with."""

    values: dict[str, JsonValue]
    """Inputs of type file hold the file's name in the workspace."""
    files: dict[str, Path]
    """Files to put into the workspace, by their name there."""


def read_given(
    declared: Mapping[str, Input], pairs: Sequence[str], values: Mapping[str, JsonValue], *, home: Path
) -> Given:
    """Bring together `name=value` pairs and the content of an inputs file; pairs win.

    Paths given are relative to the current directory, default paths to `home`, the document's directory.

    Raises:
        InvalidInputError: something is unknown, missing or wrong; the message names each.
    """
    problems: list[str] = []
    raw: dict[str, JsonValue] = dict(values)
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            problems.append(f"expected an input as name=value, found {pair!r}")
        else:
            raw[name] = typed(declared[name].type, text) if name in declared else text
    problems += _problems(declared, raw)
    settled = {
        name: raw.get(name, input_.default) for name, input_ in declared.items() if name in raw or not input_.required
    }
    paths = _paths(declared, settled, raw, home)
    problems += [f"input {name!r}: no file at {str(path)!r}" for name, path in paths.items() if not path.is_file()]
    if problems:
        raise InvalidInputError("; ".join(problems), problems=[*problems])
    names = _names(paths)
    return Given({**settled, **names}, {str(names[name]): path for name, path in paths.items()})


def _problems(declared: Mapping[str, Input], values: Mapping[str, JsonValue]) -> list[str]:
    try:
        check_inputs(declared, values)
    except InvalidInputError as error:
        found = error.details.get("problems")
        return [str(problem) for problem in found] if isinstance(found, list) else [error.message]
    return []


def typed(kind: InputType, text: str) -> JsonValue:
    """Read text as a value of the kind; text that is none stays text, for the check to complain about."""
    match kind:
        case "string" | "file":
            return text
        case "boolean":
            return _BOOLEANS.get(text.lower(), text)
        case "integer" | "number":
            return _number(text)
        case "list" | "object" | "any":
            try:
                value: JsonValue = json.loads(text)
            except ValueError:
                return text
            return value


def _number(text: str) -> JsonValue:
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text) if set(text) & set(".eE") else int(text)
    return number if math.isfinite(number) else text


def _paths(
    declared: Mapping[str, Input], settled: Mapping[str, JsonValue], raw: Mapping[str, JsonValue], home: Path
) -> dict[str, Path]:
    return {
        name: Path(value) if name in raw else home / value
        for name, value in settled.items()
        if declared[name].type == "file" and isinstance(value, str)
    }


def _names(paths: Mapping[str, Path]) -> dict[str, JsonValue]:
    """Name each file in the workspace as it is named outside; two of one name get the input's name in front."""
    names: dict[str, JsonValue] = {}
    for name, path in paths.items():
        shared = any(path.name == other.name and path != other for other in paths.values())
        names[name] = str(PurePath(name) / path.name).replace("\\", "/") if shared else path.name
    return names
