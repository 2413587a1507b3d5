"""Compile what reaches into values: names, keys, indexes and slices. Nothing reaches a Python attribute."""

from __future__ import annotations

import ast
from dataclasses import replace

from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.build import Builder, Reference
from workflows.expressions.frame import Code, Frame, MissingError
from workflows.expressions.library import FUNCTIONS, METHODS
from workflows.expressions.syntax import Place
from workflows.expressions.value import described, kind, show, suggestion

CONSTANTS = {"true": True, "false": False, "null": None}
"""JSON's own spelling of constants, beside Python's."""


def build_name(builder: Builder, node: ast.Name) -> Code:
    """A comprehension variable, a constant or a name of the scope."""
    name = node.id
    if name in builder.variables:
        cell = builder.variables[name]
        return lambda frame: frame.cells[cell]
    if name in CONSTANTS:
        constant = CONSTANTS[name]
        return lambda _frame: constant
    place = builder.place(node)
    builder.references[node] = Reference(name, (), place.start, builder.optional)

    def run(frame: Frame) -> JsonValue:
        try:
            return frame.lookup(name)
        except KeyError:
            raise _undefined(name, frame, place) from None

    return run


def _undefined(name: str, frame: Frame, place: Place) -> ExpressionError:
    if name in FUNCTIONS:
        return place.error(f"{name!r} is a function: call it, {FUNCTIONS[name].usage}")
    return place.error(f"{show(name)} is not defined here: {suggestion(name, frame.scope.names())}")


def build_attribute(builder: Builder, node: ast.Attribute) -> Code:
    """`a.b`: the value an object has for a key."""
    base, key, place = builder.build(node.value), node.attr, builder.place(node)
    _extend_reference(builder, node)

    def run(frame: Frame) -> JsonValue:
        value = base(frame)
        if isinstance(value, dict) and key in value:
            return value[key]
        raise _missing_key(value, key, place)

    return run


def build_subscript(builder: Builder, node: ast.Subscript) -> Code:
    """`a[b]`: the value an object has for a key, or an element of a list or string; `a[b:c]`: a part of it."""
    base, place = builder.build(node.value), builder.place(node)
    if isinstance(node.slice, ast.Slice):
        return _build_slice(builder, base, node.slice, place)
    index = builder.build(node.slice)
    _extend_reference(builder, node)

    def run(frame: Frame) -> JsonValue:
        value, key = base(frame), index(frame)
        if isinstance(value, dict):
            if isinstance(key, str) and key in value:
                return value[key]
        elif isinstance(value, (list, str)) and isinstance(key, int) and -len(value) <= key < len(value):
            return value[key]
        raise _missing(value, key, place)

    return run


def _missing(value: JsonValue, key: JsonValue, place: Place) -> Exception:
    if isinstance(key, str):
        return _missing_key(value, key, place)
    if isinstance(value, dict):
        return place.error(f"the keys of an object are strings, not {described(key)}: write str(…)")
    if not isinstance(value, (list, str)):
        return _without_keys(value, f"element {show(key)}", place)
    if not isinstance(key, int):
        return place.error(f"the elements of {kind(value)} are counted by integers, not {described(key)}: write int(…)")
    known = f"{kind(value)} of {len(value)}, counted from 0" if value else f"{kind(value)} that is empty"
    return MissingError(place, lambda: f"there is no element {show(key)} in {known}: check len(…) first")


def _missing_key(value: JsonValue, key: str, place: Place) -> Exception:
    if isinstance(value, dict):
        return MissingError(place, lambda: _no_key(value, key))
    if isinstance(value, list):
        return place.error(f"a list has no key {show(key)}: take an element first, such as [0], or go over all of them")
    return _without_keys(value, f"key {show(key)}", place)


def _no_key(value: dict[str, JsonValue], key: str) -> str:
    hint = f"call it, {key}()" if key in METHODS["object"] else suggestion(key, value)
    return f"there is no key {show(key)}: {hint} (where it may be missing: default(…, fallback))"


def _without_keys(value: JsonValue, what: str, place: Place) -> Exception:
    if value is None:
        return MissingError(place, lambda: f"null has no {what}: check 'is not None' first or use default(…, fallback)")
    return place.error(f"{described(value)} has no {what}: only objects and lists hold other values")


def _build_slice(builder: Builder, base: Code, node: ast.Slice, place: Place) -> Code:
    start, stop, step = (builder.build(part) if part else _absent for part in (node.lower, node.upper, node.step))

    def run(frame: Frame) -> JsonValue:
        value = base(frame)
        if not isinstance(value, (list, str)):
            raise place.error(f"only a list or a string has slices, not {described(value)}")
        bounds = slice(*(_bound(part(frame), place) for part in (start, stop, step)))
        if bounds.step == 0:
            raise place.error("the step of a slice cannot be 0: leave it out or use another number")
        frame.fuel.spend(len(range(*bounds.indices(len(value)))) >> 4)
        return value[bounds]

    return run


def _absent(_frame: Frame) -> None:
    return None


def _bound(value: JsonValue, place: Place) -> int | None:
    if value is None or isinstance(value, int):
        return value
    raise place.error(f"the bounds of a slice are integers, not {described(value)}: write int(…)")


def _extend_reference(builder: Builder, node: ast.Attribute | ast.Subscript) -> None:
    """Note that a name's reference goes one constant key further."""
    path: list[str | int] = []
    part: ast.expr = node
    while isinstance(part, (ast.Attribute, ast.Subscript)):
        key = _constant_key(part)
        if key is None:
            return
        path.insert(0, key)
        part = part.value
    if isinstance(part, ast.Name) and part in builder.references:
        builder.references[part] = replace(builder.references[part], path=tuple(path))


def _constant_key(node: ast.Attribute | ast.Subscript) -> str | int | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    match node.slice:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=(str() | int()) as key):
            return key
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as key)):
            return -key
    return None
