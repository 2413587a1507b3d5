"""Whether the parameters of a step fit its node type, as far as can be known before expressions have values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from pydantic import JsonValue

from workflows.defect import Defect
from workflows.expressions.template import has_template
from workflows.regex.syntax import PatternError, read
from workflows.selector import check_selector, check_xpath
from workflows.visible import nearest

Misfit = tuple[tuple[str | int, ...], Defect, str, str | None]
"""Its place, what kind of problem it is, what is wrong, what to do."""

_STRUCTURAL = frozenset({"required", "additionalProperties", "dependentRequired"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}) | frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
)
_MOST_LISTED = 10
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}

_FORMAT_WORDS = {
    "css": "a CSS selector",
    "xpath": "an XPath expression",
    "selector": "a selector",
    "regex": "a regular expression",
}

WRITTEN_OUT = "written-out"
"""The format of what no expression may make, such as a statement in another language."""

FORMATS = FormatChecker(formats=())
"""What text in a certain form must be like."""


def _check_css(text: str) -> None:
    check_selector(f"css={text}")


@FORMATS.checks("css", raises=ValueError)
def _css(value: object) -> bool:
    return _readable(value, _check_css)


@FORMATS.checks("xpath", raises=ValueError)
def _xpath(value: object) -> bool:
    return _readable(value, check_xpath)


@FORMATS.checks("selector", raises=ValueError)
def _selector(value: object) -> bool:
    return _readable(value, check_selector)


@FORMATS.checks("regex", raises=PatternError)
def _regex(value: object) -> bool:
    return _readable(value, read)


@FORMATS.checks(WRITTEN_OUT)
def _written_out(value: object) -> bool:
    return not (isinstance(value, str) and has_template(value))


def _readable(value: object, check: Callable[[str], object]) -> bool:
    """Let pass what is no text, which is another fault, and what is not known before expressions have values."""
    if isinstance(value, str) and not has_template(value):
        check(value)
    return True


def params_problems(schema: Mapping[str, JsonValue], params: Mapping[str, JsonValue]) -> Iterator[Misfit]:
    """Every fault of `with`."""
    for error in Draft202012Validator(dict(schema), format_checker=FORMATS).iter_errors(params):
        for part in _parts(error):
            if part.validator in _STRUCTURAL or _choices(part) or _made(part) or not _open(part):
                yield from _described(part)


def _parts(error: ValidationError) -> Iterator[ValidationError]:
    """The faults behind a fault: of several alternatives, those of the one that takes values of this type."""
    if error.context and _open(error) and not isinstance(error.instance, dict):
        return
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(_another_type(inner) for inner in branch)]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _parts(inner)
    else:
        yield error


def _another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.path


def _open(error: ValidationError) -> bool:
    """Whether the faulty value is not known before expressions have values."""
    value: Any = error.instance
    return has_template(value)


def _made(error: ValidationError) -> bool:
    """Whether an expression makes what must be written out."""
    value: Any = error.validator_value
    return error.validator == "format" and value == WRITTEN_OUT


def _described(error: ValidationError) -> Iterator[Misfit]:
    place = tuple(error.absolute_path)
    for field, code, message, hint in [*_about_fields(error)] or [_about_value(error)]:
        yield (*place, *field), code, message, hint


def _about_fields(error: ValidationError) -> Iterator[Misfit]:
    """What is wrong with which fields a mapping has."""
    value: Any = error.validator_value
    schema: Any = error.schema
    params: Any = error.instance
    match error.validator:
        case "required":
            for name in value:
                if name not in params:
                    yield (), Defect.MISSING_PARAMETER, f"{name!r} is missing", _description(schema, name)
        case "dependentRequired":
            for name, needed in value.items():
                if name in params and not set(needed) <= set(params):
                    yield (), Defect.MISSING_PARAMETER, f"{name!r} needs {_listed(needed)} beside it", None
        case "additionalProperties":
            known = schema.get("properties", {})
            for name in params:
                if name not in known:
                    meant = nearest(name, known)
                    hint = f"did you mean {meant!r}?" if meant else f"it takes {', '.join(known)}"
                    yield (name,), Defect.UNKNOWN_PARAMETER, f"{name!r} is not a parameter of this node", hint
        case "anyOf" | "oneOf" if names := _choices(error):
            several = error.validator == "oneOf" and any(name in params for name in names)
            code = Defect.PARAMETERS_AT_ODDS if several else Defect.MISSING_PARAMETER
            yield (), code, f"{'only' if several else 'at least'} one of {_listed(names)} must be given", None


def _about_value(error: ValidationError) -> Misfit:
    value: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "type" | "anyOf" | "oneOf":
            return (), Defect.WRONG_TYPE, f"expected {_expected(schema)}, not {_shown(error.instance)}", None
        case "enum" | "const":
            allowed = value if isinstance(value, list) else [value]
            hint = _instead(error.instance, [*map(str, allowed)])
            return (), Defect.WRONG_VALUE, f"{_shown(error.instance)} is not allowed", hint
        case "format" if value == WRITTEN_OUT:
            return (), Defect.WRONG_VALUE, f"{_shown(error.instance)} must be written out", _told(schema)
        case "format":
            wrong = f"{_shown(error.instance)} cannot be read as {_FORMAT_WORDS[value]}: {error.cause}"
            return (), Defect.WRONG_VALUE, wrong, None
        case "pattern":
            return (), Defect.WRONG_VALUE, f"{_shown(error.instance)} is not allowed", _told(schema)
        case _:
            code = Defect.OUT_OF_RANGE if error.validator in _BOUNDS else Defect.WRONG_VALUE
            return (), code, error.message, None


def _instead(value: object, allowed: list[str]) -> str:
    meant = nearest(str(value), allowed) if len(allowed) > _MOST_LISTED else None
    return f"did you mean {meant!r}?" if meant else f"use one of {', '.join(map(repr, allowed))}"


def _expected(schema: Mapping[str, Any]) -> str:
    kinds: list[str] = []
    for option in [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]:
        named = option.get("type", "object" if "$ref" in option else None)
        kinds.extend([named] if isinstance(named, str) else named or [])
    words = dict.fromkeys(_WORDS.get(kind, kind) for kind in kinds)
    return " or ".join(words) or "something else"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - what fits on a line


def _description(schema: Mapping[str, Any], name: str) -> str | None:
    return _told(schema.get("properties", {}).get(name, {}))


def _told(schema: Mapping[str, Any]) -> str | None:
    described = schema.get("description")
    return f"it is: {described[0].lower()}{described[1:]}" if described else None


def _choices(error: ValidationError) -> list[str]:
    """The fields of which one must be there, if that is what the fault is about."""
    options: Any = error.validator_value
    if error.validator not in {"anyOf", "oneOf"} or not isinstance(error.instance, dict):
        return []
    if any(set(option) != {"required"} for option in options):
        return []
    return [name for option in options for name in option["required"]]


def _listed(names: list[str]) -> str:
    *others, last = map(repr, names)
    return f"{', '.join(others)} and {last}" if others else last
