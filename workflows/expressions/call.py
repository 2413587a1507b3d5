"""Compile calls: of the library's functions, and of the methods of strings, lists and objects."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.build import Builder
from workflows.expressions.comprehension import build_lazy, build_list_comprehension
from workflows.expressions.frame import Code, Frame, MissingError
from workflows.expressions.function import Body, Function
from workflows.expressions.library import FUNCTIONS, METHODS
from workflows.expressions.syntax import Place
from workflows.expressions.value import RefusedError, kind, show, suggestion

_ELSEWHERE = {
    "search": "extract",
    "findall": "extract_all",
    "finditer": "extract_all",
    "fullmatch": "matches",
    "sub": "replace_matches",
}
"""What Python calls functions that have another name here."""
_LAZY = frozenset({"any", "all"})
Arguments: TypeAlias = list[Callable[[Frame], Any]]
Named: TypeAlias = dict[str, Code]


def build_call(builder: Builder, node: ast.Call) -> Code:
    """`function(a, b=c)` or `value.method(a)`."""
    match node.func:
        case ast.Name(id=name):
            return _build_function_call(builder, node, name)
        case ast.Attribute(value=receiver, attr=name):
            return _build_method_call(builder, node, receiver, name)
    raise builder.place(node).error("only functions and methods that have a name can be called")


def _build_function_call(builder: Builder, node: ast.Call, name: str) -> Code:
    place = builder.place(node)
    function = FUNCTIONS.get(name)
    if function is None:
        raise _unknown_function(name, place)
    function.check(len(node.args), _names(builder, node), place)
    function.check_literals(node.args, {str(each.arg): each.value for each in node.keywords}, builder.source)
    if name == "default" and not node.keywords:
        return _build_default(builder, node)
    arguments, named = _build_arguments(builder, node, lazy=name in _LAZY)
    return _called(function.body, arguments, named, place)


def _unknown_function(name: str, place: Place) -> ExpressionError:
    if name == "secret":
        return place.error(
            "secret('name') is only available as all of a ${{ }} in the parameters of a step: "
            "write text and further ${{ }} around it"
        )
    if known := _ELSEWHERE.get(name):
        return place.error(f"there is no function {show(name)}: write {FUNCTIONS[known].usage}")
    owners = [owner for owner, methods in METHODS.items() if name in methods]
    if owners:
        return place.error(f"{name!r} is a method of a {owners[0]}: write value.{name}(…)")
    return place.error(f"there is no function {show(name)}: {suggestion(name, FUNCTIONS)}")


def _names(builder: Builder, node: ast.Call) -> list[str]:
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            raise builder.place(argument).error("* is not available in a call: write the arguments one by one")
    names = []
    for keyword in node.keywords:
        if keyword.arg is None:
            raise builder.place(keyword.value).error("** is not available in a call: write the arguments one by one")
        names.append(keyword.arg)
    return names


def _build_arguments(builder: Builder, node: ast.Call, *, lazy: bool = False) -> tuple[Arguments, Named]:
    named = {str(keyword.arg): builder.build(keyword.value) for keyword in node.keywords}
    return [_build_argument(builder, argument, lazy=lazy) for argument in node.args], named


def _build_argument(builder: Builder, node: ast.expr, *, lazy: bool) -> Callable[[Frame], Any]:
    if not isinstance(node, ast.GeneratorExp):
        return builder.build(node)
    return build_lazy(builder, node) if lazy else build_list_comprehension(builder, node)


def _called(body: Body, arguments: Arguments, named: Named, place: Place) -> Code:
    def run(frame: Frame) -> JsonValue:
        given = [argument(frame) for argument in arguments]
        try:
            return body(frame, *given, **{name: code(frame) for name, code in named.items()})
        except RefusedError as refused:
            raise place.error(refused) from None

    return run


def _build_default(builder: Builder, node: ast.Call) -> Code:
    """`default(value, fallback)`: the one call that looks at an argument only when it is needed."""
    outer, builder.optional = builder.optional, True
    value = builder.build(node.args[0])
    builder.optional = outer
    fallback = builder.build(node.args[1])

    def run(frame: Frame) -> JsonValue:
        try:
            found = value(frame)
        except MissingError:
            found = None
        return fallback(frame) if found is None else found

    return run


def _build_method_call(builder: Builder, node: ast.Call, receiver: ast.expr, name: str) -> Code:
    place, names = builder.place(node), _names(builder, node)
    methods = {owner: methods[name] for owner, methods in METHODS.items() if name in methods}
    if not methods:
        known = [method for group in METHODS.values() for method in group]
        meant = _ELSEWHERE.get(name, name)
        function = f"write {FUNCTIONS[meant].usage}; " if meant in FUNCTIONS else ""
        raise place.error(f"there is no method {show(name)}: {function}{suggestion(name, known)}")
    fitting = {owner: method for owner, method in methods.items() if method.accepts(len(node.args), names)}
    if not fitting:
        raise place.error(
            f"wrong arguments: it is called as {' or '.join(method.usage for method in methods.values())}"
        )
    value = builder.build(receiver)
    arguments, named = _build_arguments(builder, node)

    def run(frame: Frame) -> JsonValue:
        target = value(frame)
        method = fitting.get(_OWNERS.get(type(target), ""))
        if method is None:
            raise _no_method(target, name, methods, place)
        given = [argument(frame) for argument in arguments]
        try:
            return method.body(frame, target, *given, **{key: code(frame) for key, code in named.items()})
        except RefusedError as refused:
            raise place.error(refused) from None

    return run


_OWNERS: dict[type, str] = {str: "string", list: "list", dict: "object"}


def _no_method(target: JsonValue, name: str, methods: dict[str, Function], place: Place) -> Exception:
    usage = " or ".join(method.usage for method in methods.values())
    if target is None:
        return MissingError(place, lambda: f"null has no method {name}(): check 'is not None' first or use default(…)")
    return place.error(f"{kind(target)} has no method {name}() with these arguments: there is {usage}")
