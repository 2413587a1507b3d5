"""What the outputs of the predecessor's nodes are called in a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from workflows.importing.graph import Graph, Node
from workflows.importing.names import Names
from workflows.importing.rules import RULES

LOOPS: Final = frozenset({"ForLoopStartNode", "WhileLoopStartNode"})
VARIABLE_FIELDS: Final = frozenset({"variable_name", "output_variable"})
"""Fields that name the variable a node writes to."""


@dataclass(frozen=True, slots=True)
class LoopNames:
    """What a loop's current item and position are called."""

    item: str
    index: str


@dataclass(frozen=True, slots=True)
class Meanings:
    """What names and ports of a graph stand for."""

    names: Names
    loops: Mapping[str, LoopNames]
    outputs: Mapping[str, Mapping[str, str]]
    """Node, port, expression."""
    referenced: frozenset[str]
    """Every word that may be the name of a variable that is looked at."""


def meanings_of(graph: Graph) -> Meanings:
    """Give everything in a graph a name, and know what refers to it."""
    names = Names([*graph.variables, *_assigned(graph)], graph.nodes)
    loops = {
        node.id: LoopNames(names.fresh(_word(node, "item_var", "item")), names.fresh(f"{names.node(node.id)}_index"))
        for node in graph.nodes.values()
        if node.type in LOOPS
    }
    outputs = {node.id: dict(_outputs(node, names, loops)) for node in graph.nodes.values()}
    return Meanings(names, loops, outputs, frozenset(_referenced(graph)))


def _word(node: Node, field: str, otherwise: str) -> str:
    value = node.config.get(field)
    return value if isinstance(value, str) and value else otherwise


def _assigned(graph: Graph) -> Iterator[str]:
    """The variables that nodes write to."""
    for node in graph.nodes.values():
        if node.type in {"SetVariableNode", "IncrementVariableNode"} and (name := _word(node, "variable_name", "")):
            yield name
        rule = RULES.get(node.type)
        if rule is not None and rule.variable is not None and (name := _word(node, rule.variable, "")):
            yield name


def _outputs(node: Node, names: Names, loops: Mapping[str, LoopNames]) -> Iterator[tuple[str, str]]:
    step = names.node(node.id)
    match node.type:
        case "SetVariableNode" | "IncrementVariableNode" | "GetVariableNode":
            yield "value", names.variable(_word(node, "variable_name", node.id))
        case "ForLoopStartNode":
            yield "current_item", loops[node.id].item
            yield "current_key", f"{loops[node.id].item}.key"
            yield "current_index", loops[node.id].index
        case "CatchNode" | "TryNode":
            yield "error_message", f"{step}_error.message"
            yield "error_type", f"{step}_error.type"
        case "AssertNode":
            yield "passed", "true"
        case kind if kind in RULES:
            yield from ((port, text.format(id=step)) for port, text in RULES[kind].outputs.items())
        case _:
            return


def _referenced(graph: Graph) -> Iterator[str]:
    todo: list[JsonValue] = []
    for node in graph.nodes.values():
        rule = RULES.get(node.type)
        todo.extend(value for field, value in node.config.items() if rule is None or field != rule.variable)
    while todo:
        match todo.pop():
            case str() as text:
                yield from re.findall(r"\w+", text)
            case list() as items:
                todo.extend(items)
            case dict() as mapping:
                todo.extend(mapping.values())
            case _:
                pass
