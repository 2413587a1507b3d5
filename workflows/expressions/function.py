"""A function that expressions can call: its code, its documentation and an example that is a test."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from pydantic import JsonValue

from workflows.expressions.syntax import Place, Source
from workflows.expressions.value import RefusedError


class Absent(Enum):
    """No argument, where null would be one."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
Body: TypeAlias = Callable[..., JsonValue]
"""Takes the evaluation's frame, then the arguments; may refuse them."""


@dataclass(frozen=True)
class Function:
    """A function, or a method of strings, lists or objects."""

    name: str
    """What expressions call it."""
    body: Body
    """Its code; its docstring is its documentation."""
    example: str
    """An expression that shows what it is for."""
    result: JsonValue
    """What the example gives."""
    cost: int = 2
    """The fuel of a call, besides what it spends on large values."""
    checks: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    """For parameters that are a language of their own: what reads a text, and may refuse it."""
    receiver: str | None = None
    """For a method: what it belongs to, `text`, `list` or `object`."""

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (inspect.getdoc(self.body) or "").partition("\n")[0]

    @cached_property
    def usage(self) -> str:
        """How it is called, e.g. `round(value, digits=null)`."""
        shown = [_shown(parameter) for parameter in self._parameters]
        named = [parameter.kind for parameter in self._parameters].count(inspect.Parameter.KEYWORD_ONLY)
        if named and not any(each.startswith("*") for each in shown):
            shown.insert(len(shown) - named, "*")
        name = f"{self.receiver}.{self.name}" if self.receiver else self.name
        return f"{name}({', '.join(shown)})"

    @cached_property
    def _parameters(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.body).parameters.values())[1 if self.receiver is None else 2 :]

    def accepts(self, count: int, names: Iterable[str]) -> bool:
        """Whether it can be called with so many arguments, and with those names."""
        try:
            inspect.Signature(self._parameters).bind(*[None] * count, **dict.fromkeys(names))
        except TypeError:
            return False
        return True

    def check(self, count: int, names: Iterable[str], place: Place) -> None:
        """See that a call can succeed.

        Raises:
            ExpressionError: there are too many or too few arguments, or one has an unknown name.
        """
        if not self.accepts(count, names):
            raise place.error(f"{self.name}() does not take these arguments: it is called as {self.usage}")

    def check_literals(self, arguments: Sequence[ast.expr], named: Mapping[str, ast.expr], source: Source) -> None:
        """See that what is written out as an argument can be read.

        Raises:
            ExpressionError: one cannot.
        """
        given = {**dict(zip((each.name for each in self._parameters), arguments, strict=False)), **named}
        for name, check in self.checks.items():
            match given.get(name):
                case ast.Constant(value=str(text)) as literal:
                    try:
                        check(text)
                    except RefusedError as refused:
                        raise source.place(literal).error(refused) from None


def _shown(parameter: inspect.Parameter) -> str:
    match parameter.kind:
        case inspect.Parameter.VAR_POSITIONAL:
            return f"*{parameter.name}"
        case inspect.Parameter.VAR_KEYWORD:
            return f"**{parameter.name}"
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    if parameter.default is ABSENT:
        return f"{parameter.name}=…"
    spelled = {None: "null", True: "true", False: "false"}
    default = parameter.default
    shown = spelled[default] if default is None or isinstance(default, bool) else repr(default)
    return f"{parameter.name}={shown}"
