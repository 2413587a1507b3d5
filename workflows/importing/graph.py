"""The predecessor's files, in all their layouts, as one kind of graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from workflows.importing.notes import Notes

Properties = dict[str, JsonValue]

_ENDS: Final = (
    ("source_node", "source_port", "target_node", "target_port"),
    ("from_node", "from_port", "to_node", "to_port"),
    ("source_node_id", "source_port", "target_node_id", "target_port"),
    ("source", "sourceHandle", "target", "targetHandle"),
    ("source", "source_port", "target", "target_port"),
)
"""What the layouts call the two ends of a connection; the canvas has pairs under `out` and `in` instead."""

_PORTS: Final = {"out": "exec_out", "in": "exec_in"}
"""Short names of the ports by which nodes follow each other."""

ENTRY: Final = "exec_in"


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph."""

    id: str
    type: str
    config: Properties


@dataclass(frozen=True, slots=True)
class Edge:
    """One connection: what follows what, or which value goes where."""

    source: str
    source_port: str
    target: str
    target_port: str


@dataclass(frozen=True, slots=True)
class Graph:
    """An automation of the predecessor."""

    name: str
    description: str
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    variables: Mapping[str, JsonValue]


def read_graph(data: Properties, notes: Notes) -> Graph:
    """Understand a file, whatever its layout."""
    whole = {**_mapping(data.get("base_workflow")), **data}
    about = {**whole, **_mapping(whole.get("metadata"))}
    nodes = {node.id: node for node in _nodes(whole.get("nodes"), notes)}
    return Graph(
        name=_text(about.get("name")) or "imported",
        description=_text(about.get("description")),
        nodes=nodes,
        edges=tuple(_straightened(list(_edges(whole.get("connections", whole.get("edges")), nodes, notes)), nodes)),
        variables={**_variables(whole.get("variables")), **_variables(whole.get("default_variables"))},
    )


def _mapping(value: JsonValue) -> Properties:
    return value if isinstance(value, dict) else {}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _entries(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """The entries of a mapping or a list, each with its key or position."""
    match value:
        case dict():
            yield from value.items()
        case list():
            yield from ((str(number), item) for number, item in enumerate(value))
        case _:
            return


def _nodes(value: JsonValue, notes: Notes) -> Iterator[Node]:
    for key, item in _entries(value):
        node = _mapping(item)
        kind = _text(node.get("node_type")) or _text(node.get("type")) or _text(node.get("type_"))
        identity = _text(node.get("node_id")) or _text(node.get("id")) or key
        if not kind:
            notes.error(identity, "node_type", "the node does not say what it does")
            continue
        properties = (_mapping(node.get(name)) for name in ("config", "properties", "custom"))
        config = {name: item for part in properties for name, item in part.items()}
        yield Node(identity, kind.rpartition(".")[2].removeprefix("Visual"), config)


def _edges(value: JsonValue, nodes: Mapping[str, Node], notes: Notes) -> Iterator[Edge]:
    for key, item in _entries(value):
        edge = _edge(_mapping(item))
        if edge is None:
            notes.error(None, f"connections[{key}]", "the connection does not say what it connects")
        elif missing := [end for end in (edge.source, edge.target) if end not in nodes]:
            notes.error(missing[0], f"connections[{key}]", "there is no such node")
        else:
            yield edge


def _straightened(edges: list[Edge], nodes: Mapping[str, Node]) -> Iterator[Edge]:
    """Connections from end to end, without the nodes that are mere bends in a line."""
    bends = {node.id for node in nodes.values() if node.type == "RerouteNode"}
    into: dict[str, list[Edge]] = {bend: [edge for edge in edges if edge.target == bend] for bend in bends}
    for edge in edges:
        if edge.target in bends:
            continue
        todo, seen = [edge], set[str]()
        for part in todo:
            if part.source not in bends:
                yield Edge(part.source, part.source_port, edge.target, edge.target_port)
            elif part.source not in seen:
                seen.add(part.source)
                todo.extend(into[part.source])


def _edge(item: Properties) -> Edge | None:
    match item:
        case {"out": [str(source), str(source_port)], "in": [str(target), str(target_port)]}:
            return Edge(source, _PORTS.get(source_port, source_port), target, _PORTS.get(target_port, target_port))
    for names in _ENDS:
        source, source_port, target, target_port = (_text(item.get(name)) for name in names)
        if source and target:
            leaving, entering = source_port or "out", target_port or "in"
            return Edge(source, _PORTS.get(leaving, leaving), target, _PORTS.get(entering, entering))
    return None


def _variables(value: JsonValue) -> dict[str, JsonValue]:
    """Variables and what they start with: `{name: value}`, or a list of declarations."""
    found: dict[str, JsonValue] = {}
    for key, item in _entries(value):
        match item:
            case {"default_value": initial, **about} | {"value": initial, **about} if about.keys() <= _DECLARATION:
                found[str(about.get("name") or key)] = initial
            case {"name": str(name), **about} if about.keys() <= _DECLARATION:
                found[name] = None
            case _ if isinstance(value, dict):
                found[key] = item
            case _:
                continue
    return found


_DECLARATION: Final = frozenset(
    {"name", "data_type", "type", "default_value", "value", "required", "description", "is_secret", "sensitive"}
)
