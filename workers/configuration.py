"""Configuration files read into models: every mistake named with its file, its place and a remedy."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from workers.mistakes import Keys, dotted, mistakes_of
from workflows.compose import compose
from workflows.defect import Defect
from workflows.errors import ConfigurationError
from workflows.source import DocumentError, Problem, Source

M = TypeVar("M", bound=BaseModel)

_REFERENCE = re.compile(r"\$\$|\$\{([^}]*)\}")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


class InvalidSettingError(ConfigurationError):
    """Settings that cannot be used: wrong keys, wrong types, undefined variables, all at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems), problems=list(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A file of settings, filled in from the environment."""

    path: Path
    content: Mapping[str, object]
    source: Source | None = None
    """Where in it everything stands; None where its format does not tell."""

    def place(self, keys: Keys, *, key: bool = False, column: bool = True) -> str:
        """Where a setting stands, as editors find it; with `key`, where its name does."""
        if self.source is None:
            return str(self.path)
        line, number = self.source.position(keys, key=key)
        return f"{self.path}:{line}:{number}" if column else f"{self.path}:{line}"


def read_file(path: Path, environ: Mapping[str, str] | None = None) -> SettingsFile:
    """Read a TOML, YAML or JSON mapping by its suffix and fill in its `${NAME}` and `${NAME:-default}`.

    Raises:
        InvalidSettingError: the file cannot be read, is no mapping, or names a variable that is not set.
    """
    try:
        read = _read_toml(path) if path.suffix == ".toml" else _read_yaml(path)
    except OSError as error:
        raise InvalidSettingError([f"cannot read {str(path)!r}: {error.strerror or error}"]) from error
    problems: list[str] = []

    def complain(keys: Keys, text: str) -> None:
        problems.append(f"{read.place(keys)}: setting {dotted(keys)!r}: {text}")

    expanded = _expand(read.content, os.environ if environ is None else environ, keys=(), complain=complain)
    if problems or not isinstance(expanded, dict):
        raise InvalidSettingError(problems)
    return SettingsFile(path, expanded, read.source)


def read_model(path: Path, model: type[M], environ: Mapping[str, str] | None = None) -> M:
    """Read a whole file as one model.

    Raises:
        InvalidSettingError: the file cannot be read or does not fit the model.
    """
    file = read_file(path, environ)
    try:
        return model.model_validate(file.content)
    except ValidationError as error:
        mistakes = mistakes_of(error, model)
        raise InvalidSettingError(
            [f"{file.place(each.keys, key=each.of_key)}: {each.text}" for each in mistakes]
        ) from error


def _read_toml(path: Path) -> SettingsFile:
    try:
        return SettingsFile(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettingError([f"{path}: {' '.join(str(error).split())}"]) from error


def _read_yaml(path: Path) -> SettingsFile:
    """Read YAML 1.2 as documents do, JSON included: nothing is guessed, no key stands twice."""
    try:
        source, problems = compose(path.read_bytes(), file=str(path))
    except DocumentError as error:
        if all(problem.code is Defect.EMPTY for problem in error.problems):
            return SettingsFile(path, {})
        raise InvalidSettingError(list(map(_yaml_problem, error.problems))) from error
    if problems:
        raise InvalidSettingError(list(map(_yaml_problem, problems)))
    content = source.value(())
    if not isinstance(content, dict):
        raise InvalidSettingError([f"{path}: expected a mapping of settings, found {type(content).__name__}"])
    return SettingsFile(path, content, source)


def _yaml_problem(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    named = f"setting {dotted(problem.path)!r}: " if problem.path else ""
    return f"{place}: {named}{problem.message}" + (f"; {problem.hint}" if problem.hint else "")


Complain = Callable[[Keys, str], None]


def _expand(value: object, environ: Mapping[str, str], *, keys: Keys, complain: Complain) -> object:
    match value:
        case str():
            return _expand_text(value, environ, keys=keys, complain=complain)
        case dict():
            return {
                str(key): _expand(item, environ, keys=(*keys, str(key)), complain=complain)
                for key, item in value.items()
            }
        case list():
            return [
                _expand(item, environ, keys=(*keys, number), complain=complain) for number, item in enumerate(value)
            ]
        case _:
            return value


def _expand_text(text: str, environ: Mapping[str, str], *, keys: Keys, complain: Complain) -> str:
    def fill(match: re.Match[str]) -> str:
        if match.group() == "$$":
            return "$"
        reference = _NAME.fullmatch(match[1])
        if reference is None:
            complain(keys, f"expected ${{NAME}} or ${{NAME:-default}}, found {match.group()!r}")
            return ""
        name, default = reference.groups()
        filled = environ.get(name)
        if not filled and default is not None:
            filled = default
        if filled is None:
            complain(keys, f"the environment variable {name!r} is not set; set it or write ${{{name}:-default}}")
        return filled or ""

    return _REFERENCE.sub(fill, text)
