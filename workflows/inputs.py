"""The values a run is started with, held against what its document declares."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from workflows.defect import Defect
from workflows.errors import ExpressionError, InvalidInputError
from workflows.expressions.fuel import Fuel
from workflows.part import Input
from workflows.regex.pattern import Matcher
from workflows.regex.syntax import PatternError, read
from workflows.visible import nearest

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "file": ((str,), "the path of a file"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "list": ((list,), "a list"),
    "object": ((dict,), "a mapping"),
}


def input_problem(declared: Input, value: JsonValue) -> str | None:
    """What is wrong with a value, or None."""
    if declared.type != "any":
        types, words = _TYPES[declared.type]
        if not isinstance(value, types) or (isinstance(value, bool) and declared.type != "boolean"):
            return f"expected {words}, not {value!r:.60}"
    if declared.choices is not None and value not in declared.choices:
        return f"{value!r:.60} is none of {', '.join(map(repr, declared.choices))}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if declared.minimum is not None and value < declared.minimum:
            return f"{value} is less than {declared.minimum:g}"
        if declared.maximum is not None and value > declared.maximum:
            return f"{value} is more than {declared.maximum:g}"
    if isinstance(value, str) and declared.pattern is not None:
        return _mismatch(declared.pattern, value)
    return None


def _mismatch(pattern: str, value: str) -> str | None:
    try:
        match = Matcher(Fuel()).fullmatch(pattern, value)
    except PatternError as error:
        return f"it cannot be held against {pattern!r}: {error}"
    except ExpressionError:
        return f"a text of {len(value)} characters is too long to be held against {pattern!r}"
    return f"{value!r:.60} does not match {pattern!r}" if match is None else None


def given_problem(declared: Input, value: JsonValue) -> str | None:
    """What is wrong with a value that somebody gives; null stands for an input that need not be given."""
    return None if value is None and not declared.required else input_problem(declared, value)


def default_problem(declared: Input) -> tuple[Defect, str, str] | None:
    """What is wrong with an input's own declaration, and what to do; or None."""
    if declared.pattern is not None:
        try:
            read(declared.pattern)
        except PatternError as error:
            message = f"the pattern {declared.pattern!r:.60} cannot be used: {error}"
            return Defect.WRONG_VALUE, message, "mend the pattern"
    if declared.required or declared.default is None:
        return None
    problem = input_problem(declared, declared.default)
    if problem is None:
        return None
    return Defect.WRONG_DEFAULT, f"the default does not fit: {problem}", "change the default or what is allowed"


def check_inputs(declared: Mapping[str, Input], given: Mapping[str, JsonValue]) -> None:
    """Hold given values against what is declared.

    Raises:
        InvalidInputError: some are unknown, missing or wrong; the message names all of them.
    """
    problems = []
    for name, value in given.items():
        if name not in declared:
            meant = nearest(name, declared)
            known = f"did you mean {meant!r}?" if meant else f"it has {', '.join(declared) or 'no inputs'}"
            problems.append(f"the document has no input {name!r}; {known}")
        elif problem := given_problem(declared[name], value):
            problems.append(f"input {name!r}: {problem}")
    for name, expected in declared.items():
        if expected.required and name not in given:
            about = f" ({expected.description})" if expected.description else ""
            problems.append(f"input {name!r}{about} is missing")
    if problems:
        raise InvalidInputError("; ".join(problems), problems=list(problems))
