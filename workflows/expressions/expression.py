"""An expression: checked once, evaluated any number of times."""

from __future__ import annotations

import ast
from functools import lru_cache

from pydantic import JsonValue
from typing_extensions import override

from workflows.expressions.access import build_attribute, build_name, build_subscript
from workflows.expressions.build import Builder, Reference, Rules, cost
from workflows.expressions.calculate import (
    build_binary,
    build_comparison,
    build_condition,
    build_constant,
    build_list,
    build_logic,
    build_object,
    build_unary,
)
from workflows.expressions.call import build_call
from workflows.expressions.comprehension import build_list_comprehension, build_object_comprehension
from workflows.expressions.frame import Frame, MissingError
from workflows.expressions.fuel import Fuel
from workflows.expressions.scope import Scope
from workflows.expressions.syntax import Place, Source, read
from workflows.expressions.value import RefusedError, weigh

__all__ = ["Expression", "Reference", "compile_expression"]

_RULES: Rules = {
    ast.Constant: build_constant,
    ast.Name: build_name,
    ast.Attribute: build_attribute,
    ast.Subscript: build_subscript,
    ast.BinOp: build_binary,
    ast.UnaryOp: build_unary,
    ast.BoolOp: build_logic,
    ast.Compare: build_comparison,
    ast.IfExp: build_condition,
    ast.List: build_list,
    ast.Dict: build_object,
    ast.ListComp: build_list_comprehension,
    ast.DictComp: build_object_comprehension,
    ast.Call: build_call,
}
_MAKERS = (ast.BinOp, ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.Call, ast.Slice)
"""What can make a list or object that was not there before."""


class Expression:
    """A compiled expression."""

    __slots__ = ("_cells", "_code", "_cost", "_makes", "references", "text")

    def __init__(self, source: Source) -> None:
        builder = Builder(source, _RULES)
        self.text = source.text
        """As it was written."""
        self._code = builder.build(source.tree)
        self.references: tuple[Reference, ...] = tuple(builder.references.values())
        """The names it takes from its scope, in the order of the text."""
        self._cells = builder.cells
        self._cost = cost(source.tree)
        self._makes = any(isinstance(node, _MAKERS) for node in ast.walk(source.tree))

    @override
    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, scope: Scope, fuel: Fuel | None = None) -> JsonValue:
        """What it comes to in a scope.

        The same text, scope and fuel give the same result and use the same fuel, always. Parts of the result may
        be parts of the scope's values: neither is ever changed.

        Raises:
            ExpressionError: it has no value there, or it is more work than the fuel allows.
        """
        fuel = Fuel() if fuel is None else fuel
        fuel.spend(self._cost)
        try:
            result = self._code(Frame(scope, fuel, self._cells))
            if self._makes:
                weigh(result, fuel)
        except MissingError as missing:
            raise missing.error() from None
        except RefusedError as refused:
            raise Place(self.text, 0, len(self.text)).error(refused) from None
        return result


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Check an expression and make it ready to evaluate.

    Raises:
        ExpressionError: it is not an expression of the language; `offset` says where.
    """
    return Expression(read(text))
