"""Compile what makes new values: constants, operators, conditions, lists and objects."""

from __future__ import annotations

import ast
from collections.abc import Callable

from pydantic import JsonValue

from workflows.expressions.build import Builder
from workflows.expressions.convert import check_text
from workflows.expressions.frame import Code, Frame
from workflows.expressions.operation import BINARY, COMPARISONS, UNARY, Binary
from workflows.expressions.syntax import Place
from workflows.expressions.value import RefusedError, bounded, described


def build_constant(builder: Builder, node: ast.Constant) -> Code:
    """A string, number, boolean or null."""
    value = node.value
    if value is not None and not isinstance(value, (str, int, float)):
        raise builder.refuse(node)
    try:
        if isinstance(value, str):
            check_text(value)
        elif value is not None:
            bounded(value)
    except RefusedError as refused:
        raise builder.place(node).error(refused) from None
    return lambda _frame: value


def build_binary(builder: Builder, node: ast.BinOp) -> Code:
    """`a + b` and the like."""
    place = builder.place(node)
    operate = BINARY.get(type(node.op))
    if operate is None:
        raise place.error("this operator is not available: there are + - * / // % **")
    return _operation(operate, builder.build(node.left), builder.build(node.right), place)


def _operation(operate: Binary, left: Code, right: Code, place: Place) -> Code:
    def run(frame: Frame) -> JsonValue:
        try:
            return operate(left(frame), right(frame), frame.fuel)
        except RefusedError as refused:
            raise place.error(refused) from None

    return run


def build_unary(builder: Builder, node: ast.UnaryOp) -> Code:
    """`-a` and `not a`."""
    place, operand = builder.place(node), builder.build(node.operand)
    operate = UNARY.get(type(node.op))
    if operate is None:
        raise place.error("this operator is not available: there are - and not")

    def run(frame: Frame) -> JsonValue:
        try:
            return operate(operand(frame))
        except RefusedError as refused:
            raise place.error(refused) from None

    return run


def build_logic(builder: Builder, node: ast.BoolOp) -> Code:
    """`a and b`, `a or b`: the value that decides."""
    *first, last = [builder.build(value) for value in node.values]
    decisive = isinstance(node.op, ast.Or)

    def run(frame: Frame) -> JsonValue:
        for code in first:
            value = code(frame)
            if bool(value) is decisive:
                return value
        return last(frame)

    return run


def build_condition(builder: Builder, node: ast.IfExp) -> Code:
    """`a if condition else b`."""
    test, then, otherwise = builder.build(node.test), builder.build(node.body), builder.build(node.orelse)
    return lambda frame: then(frame) if test(frame) else otherwise(frame)


def build_comparison(builder: Builder, node: ast.Compare) -> Code:
    """`a < b`, `a == b`, `a in b`, `a is None` and chains of them."""
    place = builder.place(node)
    pairs = list(zip(node.ops, node.comparators, strict=True))
    operands = [builder.build(node.left), *(_operand(builder, *pair) for pair in pairs)]
    compares = [_comparison(op, right, place) for op, right in pairs]
    if len(compares) == 1:
        return _operation(compares[0], operands[0], operands[1], place)

    def run(frame: Frame) -> JsonValue:
        left = operands[0](frame)
        result: JsonValue = True
        for compare, operand in zip(compares, operands[1:], strict=True):
            right = operand(frame)
            try:
                result = compare(left, right, frame.fuel)
            except RefusedError as refused:
                raise place.error(refused) from None
            if not result:
                break
            left = right
        return result

    return run


def _operand(builder: Builder, op: ast.cmpop, node: ast.expr) -> Code:
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(node, ast.Tuple):
        return build_list(builder, node)  # `x in ('a', 'b')` is a habit that does no harm
    return builder.build(node)


def _comparison(op: ast.cmpop, right: ast.expr, place: Place) -> Binary:
    if not isinstance(op, (ast.Is, ast.IsNot)):
        return COMPARISONS[type(op)]
    if not (isinstance(right, ast.Constant) and right.value is None) and not (
        isinstance(right, ast.Name) and right.id == "null"
    ):
        raise place.error("'is' is only available as 'is None' and 'is not None': compare with == or !=")
    wanted = isinstance(op, ast.Is)
    return lambda left, _right, _fuel: (left is None) is wanted


def build_list(builder: Builder, node: ast.List | ast.Tuple) -> Code:
    """`[a, b, *c]`."""
    if any(isinstance(element, ast.Starred) for element in node.elts):
        return _build_joined_list(builder, node)
    elements = [builder.build(element) for element in node.elts]
    return lambda frame: [element(frame) for element in elements]


def _build_joined_list(builder: Builder, node: ast.List | ast.Tuple) -> Code:
    parts: list[Callable[[Frame], list[JsonValue]]] = [_list_part(builder, element) for element in node.elts]

    def run(frame: Frame) -> JsonValue:
        result: list[JsonValue] = []
        for part in parts:
            result.extend(part(frame))
        return result

    return run


def _list_part(builder: Builder, node: ast.expr) -> Callable[[Frame], list[JsonValue]]:
    if not isinstance(node, ast.Starred):
        element = builder.build(node)
        return lambda frame: [element(frame)]
    place, starred = builder.place(node), builder.build(node.value)

    def run(frame: Frame) -> list[JsonValue]:
        value = starred(frame)
        if not isinstance(value, list):
            raise place.error(f"* needs a list, not {described(value)}")
        frame.fuel.spend(len(value) >> 3)
        return value

    return run


def build_object(builder: Builder, node: ast.Dict) -> Code:
    """`{'a': 1, **b}`."""
    parts = [
        _entry(builder, key, value) if key else _entries(builder, value)
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def run(frame: Frame) -> JsonValue:
        result: dict[str, JsonValue] = {}
        for part in parts:
            part(frame, result)
        return result

    return run


def _entry(builder: Builder, key: ast.expr, value: ast.expr) -> Callable[[Frame, dict[str, JsonValue]], None]:
    name, content = build_key(builder, key), builder.build(value)

    def run(frame: Frame, result: dict[str, JsonValue]) -> None:
        result[name(frame)] = content(frame)

    return run


def build_key(builder: Builder, node: ast.expr) -> Callable[[Frame], str]:
    """The key of an entry of an object."""
    place, code = builder.place(node), builder.build(node)

    def run(frame: Frame) -> str:
        key = code(frame)
        if isinstance(key, str):
            return key
        raise place.error(f"the keys of an object are strings, not {described(key)}: write str(…) or put it in quotes")

    return run


def _entries(builder: Builder, node: ast.expr) -> Callable[[Frame, dict[str, JsonValue]], None]:
    place, code = builder.place(node), builder.build(node)

    def run(frame: Frame, result: dict[str, JsonValue]) -> None:
        value = code(frame)
        if not isinstance(value, dict):
            raise place.error(f"** needs an object, not {described(value)}")
        frame.fuel.spend(len(value) >> 2)
        result.update(value)

    return run
