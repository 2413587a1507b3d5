"""Syntax tree to nested Python closures: checked once, then fast to evaluate any number of times."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from workflows.errors import ExpressionError
from workflows.expressions.frame import Code
from workflows.expressions.library import FUNCTIONS
from workflows.expressions.syntax import Place, Source

_REMEDIES: dict[type[ast.AST], str] = {
    ast.Tuple: "(a, b) is not available: write a list, [a, b]",
    ast.Set: "a set is not available: write a list, and unique(…) to drop what is there twice",
    ast.SetComp: "a set is not available: write a list comprehension, and unique(…)",
    ast.GeneratorExp: "write a list comprehension: [… for … in …]",
    ast.Lambda: "functions cannot be written in an expression: use a comprehension",
    ast.NamedExpr: "names cannot be given in an expression: use a 'set' step",
    ast.Starred: "* is only available in a list: [*a, *b]",
    ast.Slice: "a slice such as 1:3 is only available on its own in [ ]",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that an expression takes from its scope."""

    name: str
    path: tuple[str | int | None, ...]
    """The constant keys and indexes that follow it, up to the first that is not constant."""
    offset: int
    """Where it stands in the expression's text."""
    optional: bool = False
    """Whether `default(…)` answers it when its path leads nowhere."""


@dataclass(slots=True)
class Builder:
    """The work of compiling one expression."""

    source: Source
    rules: Rules
    references: dict[ast.Name, Reference] = field(default_factory=dict)
    variables: dict[str, int] = field(default_factory=dict)
    """The comprehension variables visible at this point, and the cell of each."""
    cells: int = 0
    """How many cells an evaluation needs."""
    optional: bool = False
    """Whether this point is within the first argument of `default(…)`."""

    def build(self, node: ast.expr) -> Code:
        """Compile a part of the tree.

        Raises:
            ExpressionError: it holds something expressions do not have.
        """
        rule = self.rules.get(type(node))
        if rule is None:
            raise self.refuse(node)
        return rule(self, node)

    def refuse(self, node: ast.expr) -> ExpressionError:
        """The error for a construct that is not part of the language."""
        remedy = _REMEDIES.get(type(node), "this construct is not part of expressions: see the language reference")
        return self.place(node).error(remedy)

    def place(self, node: ast.expr) -> Place:
        """Where a part of the tree stands in the text."""
        return self.source.place(node)

    def declare(self, name: str) -> int:
        """Make a comprehension variable visible, in a cell of its own."""
        self.variables[name] = self.cells
        self.cells += 1
        return self.variables[name]

    @contextmanager
    def inner(self) -> Iterator[None]:
        """Variables declared within are forgotten at the end."""
        outer = dict(self.variables)
        try:
            yield
        finally:
            self.variables = outer


Rules: TypeAlias = dict[type[ast.expr], Callable[[Builder, Any], Code]]
"""How each kind of tree node is compiled."""


def cost(tree: ast.AST) -> int:
    """The fuel of evaluating each part of a tree once, whatever the values."""
    return sum(_cost(node) for node in ast.walk(tree) if isinstance(node, ast.expr))


def _cost(node: ast.expr) -> int:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return FUNCTIONS[name].cost
        case ast.Name(ctx=ast.Store()):
            return 0
    return 1
