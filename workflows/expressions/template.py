"""Text with `${{ … }}` in it: where expressions stand in documents.

A text that is one `${{ … }}` and nothing else but space takes the expression's value as it is; in other texts each
value is written out: strings as they are, numbers and booleans as JSON writes them, lists and objects as JSON, and
null is an error. `$${{` stands for a plain `${{`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from pydantic import JsonValue

from workflows.call import SecretRef, SecretSlot
from workflows.errors import ExpressionError
from workflows.expressions.convert import to_text
from workflows.expressions.expression import Expression, compile_expression
from workflows.expressions.fuel import Fuel
from workflows.expressions.scan import scan
from workflows.expressions.scope import Scope
from workflows.expressions.syntax import MAX_LENGTH, Place
from workflows.expressions.value import MAX_DEPTH, RefusedError, bounded_text

OPENING = "${{"
CLOSING = "}}"

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indexes that lead to a place in a JSON value."""

_MARK = re.compile(r"\$?\$\{\{")
_SECRET = re.compile(r"\s*secret\s*\(\s*(?:'([^'\\\n]*)'|\"([^\"\\\n]*)\")\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Embedded:
    """An expression in a template."""

    expression: Expression
    offset: int
    """Where its text starts in the template."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A `${{ secret('name') }}` in a template."""

    name: str
    offset: int
    """Where the text in its braces starts in the template."""


Part: TypeAlias = str | Embedded | Secret


@dataclass(frozen=True, slots=True)
class Template:
    """A text, taken apart."""

    text: str
    """As it was written."""
    parts: tuple[Part, ...]
    """What is to be joined, in order."""
    whole: Expression | None
    """The expression, where the text is nothing else: its value keeps its type."""

    @property
    def expressions(self) -> tuple[Embedded, ...]:
        """The expressions, each with its place in the text."""
        return tuple(part for part in self.parts if isinstance(part, Embedded))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that belong in the text."""
        return tuple(part.name for part in self.parts if isinstance(part, Secret))

    def refuse_secrets(self) -> None:
        """See that the text holds no secret, for places that no robot fills in.

        Raises:
            ExpressionError: it holds one.
        """
        for part in self.parts:
            if isinstance(part, Secret):
                raise ExpressionError(
                    f"secret({part.name!r}) is only available in the parameters ('with') of a step that calls a node: "
                    "secrets are known to robots only",
                    offset=part.offset,
                )

    def evaluate(self, scope: Scope, fuel: Fuel) -> JsonValue:
        """What the text comes to.

        Raises:
            ExpressionError: an expression has no value there, or the text holds a secret.
        """
        if self.whole is not None:
            return _evaluate(self.expressions[0], scope, fuel)
        self.refuse_secrets()
        parts = [_written(part, scope, fuel) for part in self.parts if not isinstance(part, Secret)]
        _bounded(parts, fuel)
        return "".join(parts)

    def slot(self, path: Path, scope: Scope, fuel: Fuel) -> SecretSlot:
        """The text with its secrets left open, for the robot to fill in."""
        parts: list[str | SecretRef] = []
        for part in self.parts:
            written = SecretRef(secret=part.name) if isinstance(part, Secret) else _written(part, scope, fuel)
            parts.append(written)
        _bounded([part for part in parts if isinstance(part, str)], fuel)
        return SecretSlot(path=path, parts=tuple(parts))


def _evaluate(part: Embedded, scope: Scope, fuel: Fuel) -> JsonValue:
    try:
        return part.expression.evaluate(scope, fuel)
    except ExpressionError as error:
        raise ExpressionError(error.message, offset=part.offset + error.offset) from None


def _written(part: str | Embedded, scope: Scope, fuel: Fuel) -> str:
    if isinstance(part, str):
        return part
    try:
        return to_text(_evaluate(part, scope, fuel), fuel)
    except RefusedError as refused:
        text = part.expression.text
        raise ExpressionError(Place(text, 0, len(text)).error(refused).message, offset=part.offset) from None


def _bounded(parts: list[str], fuel: Fuel) -> None:
    try:
        bounded_text(sum(map(len, parts)), fuel)
    except RefusedError as refused:
        raise ExpressionError(str(refused)) from None


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """Take a text apart.

    Raises:
        ExpressionError: a `${{` is not closed, or what it holds is not an expression; `offset` counts from the
            start of the text.
    """
    parts: list[Part] = []
    place = 0
    while mark := _MARK.search(text, place):
        parts.append(text[place : mark.start()])
        if mark.group() == OPENING:
            end = _end(text, mark.end())
            parts.append(_part(text[mark.end() : end], mark.end()))
            place = end + len(CLOSING)
        else:
            parts.append(OPENING)
            place = mark.end()
    parts.append(text[place:])
    return _template(text, parts)


def _end(text: str, start: int) -> int:
    """Where the closing braces are: not those in strings, and not those that close an object."""
    opened: list[str] = []
    for token in scan(text, start):
        if token.end - start > MAX_LENGTH + len(CLOSING):
            raise ExpressionError(f"the expression has more than {MAX_LENGTH} characters", offset=start)
        if token.kind == "open":
            opened.append(token.text)
        elif token.text == "}" and (not opened or opened[-1] != "{") and text.startswith(CLOSING, token.start):
            return token.start
        elif token.kind == "close" and opened:
            opened.pop()
    raise ExpressionError(
        f"the {OPENING} is not closed: add {CLOSING}, or write $${{{{ for plain text", offset=start - len(OPENING)
    )


def _part(text: str, offset: int) -> Embedded | Secret:
    secret = _SECRET.fullmatch(text)
    if secret:
        name = secret[1] or secret[2]
        if not name:
            raise ExpressionError("secret('') names no secret: write its name", offset=offset)
        return Secret(name, offset)
    try:
        return Embedded(compile_expression(text.strip()), offset + len(text) - len(text.lstrip()))
    except ExpressionError as error:
        shift = offset + len(text) - len(text.lstrip())
        raise ExpressionError(error.message, offset=shift + error.offset) from None


def _template(text: str, parts: list[Part]) -> Template:
    """Join neighbouring plain texts, and drop the space around a single expression or secret."""
    live = [part for part in parts if not isinstance(part, str)]
    plain = "".join(part for part in parts if isinstance(part, str))
    if len(live) == 1 and not plain.strip():
        only = live[0]
        return Template(text, (only,), only.expression if isinstance(only, Embedded) else None)
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return Template(text, tuple(joined), None)


def has_template(value: JsonValue) -> bool:
    """Whether there is anything to work out in a JSON value. Keys of objects are never templates."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if OPENING in part:
                return True
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return False


def resolve(value: JsonValue, scope: Scope, fuel: Fuel | None = None) -> JsonValue:
    """A JSON value with all templates in it worked out; a value without templates is returned as it is.

    Raises:
        ExpressionError: one of them has no value, or asks for a secret; the message names the field.
    """
    if not has_template(value):
        return value
    return _Resolution(scope, Fuel() if fuel is None else fuel, None).resolve(value, ())


def resolve_params(
    params: dict[str, JsonValue], scope: Scope, fuel: Fuel | None = None
) -> tuple[dict[str, JsonValue], tuple[SecretSlot, ...]]:
    """A step's parameters worked out, with null where secrets belong, and what the robot puts there.

    Only what the document itself says becomes a slot: no value ever does, whatever it looks like.

    Raises:
        ExpressionError: a template has no value; the message names the field.
    """
    if not has_template(params):
        return params, ()
    resolution = _Resolution(scope, Fuel() if fuel is None else fuel, [])
    resolved = {key: resolution.resolve(value, (key,)) for key, value in params.items()}
    return resolved, tuple(resolution.slots or ())


@dataclass(frozen=True, slots=True)
class _Resolution:
    """One pass over a JSON value."""

    scope: Scope
    fuel: Fuel
    slots: list[SecretSlot] | None
    """The secrets found so far; None where there must be none."""

    def resolve(self, value: JsonValue, path: Path) -> JsonValue:
        if isinstance(value, str):
            return self._resolve_text(value, path) if OPENING in value else value
        if not isinstance(value, (dict, list)):
            return value
        if len(path) >= MAX_DEPTH:
            raise ExpressionError(f"the value is nested more than {MAX_DEPTH} deep: use a flatter shape")
        if isinstance(value, dict):
            return {key: self.resolve(part, (*path, key)) for key, part in value.items()}
        return [self.resolve(part, (*path, index)) for index, part in enumerate(value)]

    def _resolve_text(self, text: str, path: Path) -> JsonValue:
        try:
            template = parse_template(text)
            if self.slots is None or not template.secrets:
                return template.evaluate(self.scope, self.fuel)
            self.slots.append(template.slot(path, self.scope, self.fuel))
        except ExpressionError as error:
            field = ".".join(map(str, path))
            where = f"field {field!r}: " if path else ""
            raise ExpressionError(f"{where}{error.message}", offset=error.offset) from None
        return None


def walk_templates(value: JsonValue, *, secrets: bool = False) -> Iterator[tuple[Path, Template | ExpressionError]]:
    """All templates of a JSON value with their places, for static checks; what is wrong with one in its stead.

    `secrets` says whether the value may hold some, as only the parameters of a node may.
    """
    waiting: list[tuple[Path, JsonValue]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, str):
            if OPENING in part:
                yield path, _checked(part, secrets=secrets)
        elif isinstance(part, dict):
            waiting.extend(((*path, key), inner) for key, inner in reversed(part.items()))
        elif isinstance(part, list):
            waiting.extend(((*path, index), part[index]) for index in reversed(range(len(part))))


def _checked(text: str, *, secrets: bool) -> Template | ExpressionError:
    try:
        template = parse_template(text)
        if not secrets:
            template.refuse_secrets()
    except ExpressionError as error:
        return error
    return template
