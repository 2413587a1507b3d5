"""Models whose fields are documented by the text below each."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict
from typing_extensions import override


class Documented(BaseModel):
    """A model in which the string below a field describes it.

    So says pydantic's `use_attribute_docstrings`, too, which looks for the source of each class anew: a fifth of the
    time in which our programs start.
    """

    model_config = ConfigDict(defer_build=True)

    @override
    @classmethod
    def __pydantic_init_subclass__(cls, **arguments: Any) -> None:
        """Describe the fields before the first schema is built of them."""
        super().__pydantic_init_subclass__(**arguments)
        texts = _texts(cls.__module__).get(cls.__qualname__, {})
        for name, text in texts.items():
            field = cls.__pydantic_fields__.get(name)
            if field is not None and field.description is None:
                field.description = text


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """The texts below the attributes of a module's classes, by the classes' qualified names."""
    try:
        source = inspect.getsource(sys.modules[module])
    except (KeyError, OSError, TypeError):  # typed at a prompt
        return {}
    return dict(_classes(ast.parse(source).body, ""))


def _classes(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for each in body:
        match each:
            case ast.ClassDef(name=name):
                yield prefix + name, dict(_described(each.body))
                yield from _classes(each.body, f"{prefix}{name}.")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from _classes(each.body, f"{prefix}{name}.<locals>.")


def _described(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for attribute, below in pairwise(body):
        match attribute, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
