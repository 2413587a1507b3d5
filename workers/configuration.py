"""Configuration files read into models: every mistake named with its file, its place and a remedy."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from workflows.errors import ConfigurationError

M = TypeVar("M", bound=BaseModel)

_REFERENCE = re.compile(r"\$\$|\$\{([^}]*)\}")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


class InvalidSettingError(ConfigurationError):
    """Settings that cannot be used: wrong keys, wrong types, undefined variables, all at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems), problems=list(problems))
        self.problems = tuple(problems)


def read_file(path: Path, environ: Mapping[str, str] | None = None) -> dict[str, object]:
    """Read a TOML, YAML or JSON mapping by its suffix and fill in its `${NAME}` and `${NAME:-default}`.

    Raises:
        InvalidSettingError: the file cannot be read, is no mapping, or names a variable that is not set.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content: object = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except OSError as error:
        raise InvalidSettingError([f"cannot read {str(path)!r}: {error.strerror or error}"]) from error
    except (tomllib.TOMLDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidSettingError([f"{path}: {' '.join(str(error).split())}"]) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InvalidSettingError([f"{path}: expected a mapping of settings, found {type(content).__name__}"])
    problems: list[str] = []
    expanded = _expand(content, os.environ if environ is None else environ, place="", problems=problems)
    if problems or not isinstance(expanded, dict):
        raise InvalidSettingError([f"{path}: {problem}" for problem in problems])
    return {str(key): value for key, value in expanded.items()}


def read_model(path: Path, model: type[M], environ: Mapping[str, str] | None = None) -> M:
    """Read a whole file as one model.

    Raises:
        InvalidSettingError: the file cannot be read or does not fit the model.
    """
    try:
        return model.model_validate(read_file(path, environ))
    except ValidationError as error:
        raise InvalidSettingError([f"{path}: {problem}" for problem in problems_of(error, model)]) from error


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Say what is wrong with each value, where, and what may have been meant."""
    problems = []
    for part in error.errors(include_url=False):
        place = ".".join(map(str, part["loc"])) or "the settings"
        match part["type"]:
            case "extra_forbidden":
                problems.append(f"unknown setting {place!r}{suggestion(place, known_names(model))}")
            case "missing":
                problems.append(f"setting {place!r} is missing")
            case _:
                found = "" if part["type"] == "model_type" else f", found {part['input']!r}"
                problems.append(f"setting {place!r}: {part['msg'][0].lower()}{part['msg'][1:]}{found}")
    return problems


def suggestion(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that was probably meant."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def known_names(model: type[BaseModel], prefix: str = "") -> list[str]:
    """List the dotted names of all settings in a model, nested ones included."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        nested = _model_in(field.annotation)
        names += [f"{prefix}{name}"] if nested is None else known_names(nested, f"{prefix}{name}.")
    return names


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _expand(value: object, environ: Mapping[str, str], *, place: str, problems: list[str]) -> object:
    match value:
        case str():
            return _expand_text(value, environ, place=place, problems=problems)
        case dict():
            return {
                key: _expand(item, environ, place=f"{place}.{key}".lstrip("."), problems=problems)
                for key, item in value.items()
            }
        case list():
            return [
                _expand(item, environ, place=f"{place}.{number}", problems=problems)
                for number, item in enumerate(value)
            ]
        case _:
            return value


def _expand_text(text: str, environ: Mapping[str, str], *, place: str, problems: list[str]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match.group() == "$$":
            return "$"
        reference = _NAME.fullmatch(match[1])
        if reference is None:
            problems.append(f"setting {place!r}: expected ${{NAME}} or ${{NAME:-default}}, found {match.group()!r}")
            return ""
        name, default = reference.groups()
        filled = environ.get(name)
        if not filled and default is not None:
            filled = default
        if filled is None:
            problems.append(
                f"setting {place!r}: the environment variable {name!r} is not set; set it or write ${{{name}:-default}}"
            )
        return filled or ""

    return _REFERENCE.sub(fill, text)
