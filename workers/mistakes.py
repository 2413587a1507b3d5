"""What is wrong with settings, in words: what was expected, what was found, what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, cast, get_args, get_origin

from pydantic import BaseModel, JsonValue, SecretStr, ValidationError

from workflows.duration import format_duration
from workflows.wording import nearest, show

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Keys: TypeAlias = tuple[str | int, ...]
"""Names and indexes that lead to a setting, or into its value."""

_EXPECTED = {
    "string_type": "text",
    "path_type": "a path",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of settings",
}
_SECRETS = frozenset({"api_key", "headers", "secrets_key_data"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with settings."""

    keys: Keys
    """Where."""
    text: str
    """With what to do about it."""
    of_key: bool = False
    """Whether it is about the name and not about the value."""


def mistakes_of(error: ValidationError, model: type[BaseModel], *, above: Keys = ()) -> list[Mistake]:
    """Say what is wrong with each value, where, and what may have been meant; the model itself stands below a key."""
    return [_mistake(part, model, above) for part in error.errors(include_url=False)]


def unknown(name: str, known: Iterable[str]) -> str:
    """Say that there is no such setting, and which one was probably meant."""
    return f"unknown setting {name!r}{suggestion(name, known)}"


def suggestion(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that was probably meant: a similar one, else one that ends so."""
    listed = list(known)
    last = name.rpartition(".")[2]
    meant = difflib.get_close_matches(name, listed, n=1) or [each for each in listed if each.endswith(f".{last}")]
    return f"; did you mean {meant[0]!r}?" if meant else ""


def dotted(keys: Keys) -> str:
    """A place as people write it, e.g. `robot.tags[1]`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def known_names(model: type[BaseModel], prefix: str = "") -> list[str]:
    """List the dotted names of all settings in a model, nested ones included."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        nested = _model_in(field.annotation)
        names += [f"{prefix}{name}"] if nested is None else known_names(nested, f"{prefix}{name}.")
    return names


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The group of settings that a setting is; a mapping of groups by names that people choose is one setting."""
    if get_origin(annotation) is dict:
        return None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _inner_names(loc: Keys, model: type[BaseModel], above: Keys) -> list[str] | None:
    """The names that fit inside of a group whose name people chose; None for places outside of such groups."""
    field = model.model_fields.get(str(loc[0])) if len(loc) > 1 else None
    if field is None:
        return None
    if get_origin(field.annotation) is not dict:
        nested = _model_in(field.annotation)
        return _inner_names(loc[1:], nested, (*above, loc[0])) if nested else None
    inner = _model_in(get_args(field.annotation)[1])
    if inner is None:
        return None
    here = (*above, *loc[:2])
    return _inner_names(loc[2:], inner, here) or known_names(inner, _prefix(here))


def _prefix(above: Keys) -> str:
    return "".join(f"{key}." for key in above)


def _mistake(part: ErrorDetails, model: type[BaseModel], above: Keys) -> Mistake:
    keys = (*above, *part["loc"])
    name = dotted(keys) or "the settings"
    match part["type"]:
        case "extra_forbidden":
            known = _inner_names(part["loc"], model, above) or known_names(model, _prefix(above))
            return Mistake(keys, unknown(name, known), of_key=True)
        case "missing":
            return Mistake(keys, f"setting {name!r} is missing")
        case code:
            return Mistake(keys, f"setting {name!r}: {_wrong(code, part)}{_hint(code, part['input'])}")


def _wrong(code: str, part: ErrorDetails) -> str:  # noqa: PLR0911 - a table of pydantic's errors
    """What was expected and found; a secret is not shown."""
    context: Mapping[str, object] = part.get("ctx", {})
    secret = any(key in _SECRETS for key in part["loc"]) or isinstance(part["input"], SecretStr)
    found = "" if secret else f", found {show(cast('JsonValue', part['input']))}"
    match code:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            options = re.findall(r"'([^']*)'", str(context["expected"]))
            meant = nearest(part["input"], options) if isinstance(part["input"], str) else None
            return f"expected {context['expected']}{found}" + (f"; did you mean {meant!r}?" if meant else "")
        case "greater_than_equal":
            return f"expected at least {_bound(context['ge'])}{found}"
        case "less_than_equal":
            return f"expected at most {_bound(context['le'])}{found}"
        case "string_pattern_mismatch":
            return f"expected text like {context['pattern']}{found}"
        case code if code in _EXPECTED:
            return f"expected {_EXPECTED[code]}{found}"
        case _:
            return f"{part['msg'][:1].lower()}{part['msg'][1:]}{found}"


def _hint(code: str, found: object) -> str:
    match code, found:
        case "string_type" | "path_type", bool() | int() | float():
            return "; put it in quotes"
        case (("tuple_type" | "list_type"), str() | int()):
            return f"; write [{found}]"
        case "value_error", int() if not isinstance(found, bool):
            return f"; write '{found}s'"
        case _, None:
            return "; fill it in, or remove it"
        case _:
            return ""


def _bound(limit: object) -> str:
    return format_duration(limit) if isinstance(limit, timedelta) else str(limit)
