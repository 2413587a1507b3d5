"""Compile comprehensions: `[f(x) for x in a if c]`, `{k: v for k, v in a}` and those that functions take."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.access import CONSTANTS
from workflows.expressions.build import Builder, cost
from workflows.expressions.calculate import build_key
from workflows.expressions.frame import Code, Frame
from workflows.expressions.syntax import Place
from workflows.expressions.value import RefusedError, bounded_items, described

MAX_CLAUSES = 4
"""How many `for` one comprehension may have."""

Rounds = Callable[[Frame], Iterator[None]]
"""Goes over a comprehension's rounds, with the variables set in each."""
Store = Callable[[list[JsonValue], JsonValue], None]
"""Puts an element into the cells of the variables it is taken apart into."""


def build_list_comprehension(builder: Builder, node: ast.ListComp | ast.GeneratorExp) -> Code:
    """`[element for … in …]`."""
    place = builder.place(node)
    with builder.inner():
        rounds = _build_rounds(builder, node, node.generators)
        element = builder.build(node.elt)

    def run(frame: Frame) -> JsonValue:
        result = [element(frame) for _ in rounds(frame)]
        _limit(len(result), frame, place)
        return result

    return run


def build_lazy(builder: Builder, node: ast.GeneratorExp) -> Callable[[Frame], Iterator[JsonValue]]:
    """`element for … in …` as the only argument of a function that may not need all of it."""
    with builder.inner():
        rounds = _build_rounds(builder, node, node.generators)
        element = builder.build(node.elt)
    return lambda frame: (element(frame) for _ in rounds(frame))


def build_object_comprehension(builder: Builder, node: ast.DictComp) -> Code:
    """`{key: value for … in …}`."""
    with builder.inner():
        rounds = _build_rounds(builder, node, node.generators)
        key, value = build_key(builder, node.key), builder.build(node.value)

    def run(frame: Frame) -> JsonValue:
        result: JsonValue = {key(frame): value(frame) for _ in rounds(frame)}
        return result

    return run


def _build_rounds(builder: Builder, node: ast.expr, clauses: list[ast.comprehension]) -> Rounds:
    if len(clauses) > MAX_CLAUSES:
        raise builder.place(node).error(f"a comprehension has at most {MAX_CLAUSES} 'for'")
    if any(clause.is_async for clause in clauses):
        raise builder.place(node).error("'async' is not part of expressions: leave it out")
    each = cost(node) - cost(clauses[0].iter)
    rounds = _build_clause(builder, clauses[0], each)
    for clause in clauses[1:]:
        rounds = _nested(rounds, _build_clause(builder, clause, each))
    return rounds


def _nested(outer: Rounds, inner: Rounds) -> Rounds:
    def run(frame: Frame) -> Iterator[None]:
        for _ in outer(frame):
            yield from inner(frame)

    return run


def _build_clause(builder: Builder, clause: ast.comprehension, each: int) -> Rounds:
    place, source = builder.place(clause.iter), builder.build(clause.iter)
    store = _build_store(builder, clause.target)
    condition = _build_conditions(builder, clause.ifs)

    def run(frame: Frame) -> Iterator[None]:
        elements, cells = _elements(source(frame), place), frame.cells
        frame.fuel.spend(each * len(elements))
        for element in elements:
            store(cells, element)
            if condition is None or condition(frame):
                yield

    return run


def _build_conditions(builder: Builder, nodes: list[ast.expr]) -> Code | None:
    if not nodes:
        return None
    conditions = [builder.build(node) for node in nodes]
    return conditions[0] if len(conditions) == 1 else lambda frame: all(each(frame) for each in conditions)


def _elements(value: JsonValue, place: Place) -> list[JsonValue] | dict[str, JsonValue] | str:
    if isinstance(value, (list, dict, str)):
        return value
    raise place.error(f"'for' needs a list, an object or a string to go over, not {described(value)}")


def _build_store(builder: Builder, target: ast.expr) -> Store:
    if isinstance(target, ast.Name):
        return _store_one(builder, target)
    if isinstance(target, (ast.Tuple, ast.List)):
        return _store_many(builder, target)
    raise builder.place(target).error("'for' gives its elements to a name, or to several: for key, value in …")


def _store_one(builder: Builder, target: ast.Name) -> Store:
    if target.id in CONSTANTS:
        raise builder.place(target).error(f"{target.id!r} is a constant: choose another name")
    cell = builder.declare(target.id)

    def store(cells: list[JsonValue], element: JsonValue) -> None:
        cells[cell] = element

    return store


def _store_many(builder: Builder, target: ast.Tuple | ast.List) -> Store:
    place = builder.place(target)
    stores = [_build_store(builder, part) for part in target.elts]

    def store(cells: list[JsonValue], element: JsonValue) -> None:
        if not isinstance(element, (list, str)) or len(element) != len(stores):
            raise _uneven(len(stores), element, place)
        for each, part in zip(stores, element, strict=True):
            each(cells, part)

    return store


def _uneven(count: int, element: JsonValue, place: Place) -> ExpressionError:
    return place.error(
        f"'for' takes each element apart into {count} names, but one is {described(element)}: "
        "go over a list of lists, such as items(…), enumerate(…) or zip(…)"
    )


def _limit(count: int, frame: Frame, place: Place) -> None:
    try:
        bounded_items(count, frame.fuel)
    except RefusedError as refused:
        raise place.error(refused) from None
