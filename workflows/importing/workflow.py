"""A file of the predecessor to a document, with all that could not be carried over."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from pydantic import JsonValue

from workflows.compose import compose
from workflows.defect import Defect
from workflows.document import Document
from workflows.importing.adjust import Step
from workflows.importing.flow import Flow
from workflows.importing.graph import Graph, read_graph
from workflows.importing.notes import Notes
from workflows.importing.outputs import Meanings, meanings_of
from workflows.importing.structure import Structure
from workflows.importing.translate import Translator
from workflows.parse import read
from workflows.source import DocumentError, Problem

MAX_NODES = 1000
MAX_EDGES = 5000
"""The predecessor's own limits."""

_UNSEEN = frozenset({"CommentNode", "RerouteNode", "GetVariableNode", "EndNode"})
"""Nodes that need nothing leading to them."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    document: Document
    """It fails where something could not be imported, instead of leaving it out unseen."""
    problems: tuple[Problem, ...]
    """Errors for what is missing, warnings for what is different; each names the node and its field."""


def import_workflow(data: JsonValue, *, file: str) -> Imported:
    """Turn an automation of the predecessor into a document.

    Raises:
        DocumentError: the data is no such automation.
    """
    _refuse_hostile(data, file)
    if not isinstance(data, dict):
        message = "an automation is an object with 'nodes' and 'connections'"
        raise DocumentError([Problem(file, Defect.WRONG_TYPE, message)])
    notes = Notes(file)
    graph = read_graph(data, notes)
    _refuse_size(graph, notes)
    tree = _document(graph, meanings_of(graph), notes)
    reading = read(json.dumps(tree), file=file)
    if reading.document is None:
        raise DocumentError([*notes.problems, *reading.problems])
    wrong = [replace(problem, line=None, column=None) for problem in reading.problems]
    return Imported(reading.document, (*notes.problems, *wrong))


def _refuse_hostile(data: JsonValue, file: str) -> None:
    """The limits of documents hold for what is imported, too."""
    try:
        compose(json.dumps(data), file=file)
    except RecursionError as error:
        raise DocumentError([Problem(file, Defect.TOO_DEEP, "it is nested too deep")]) from error


def _refuse_size(graph: Graph, notes: Notes) -> None:
    for field, count, most in (("nodes", len(graph.nodes), MAX_NODES), ("connections", len(graph.edges), MAX_EDGES)):
        if count > most:
            message = f"there are {count:,}, and {most:,} are allowed"
            raise DocumentError([Problem(notes.file, Defect.TOO_LARGE, message, field=field)])
    if not graph.nodes:
        raise DocumentError(
            [*notes.problems, Problem(notes.file, Defect.EMPTY, "there is no node in it", field="nodes")]
        )


def _document(graph: Graph, meanings: Meanings, notes: Notes) -> Step:
    translator = Translator(graph, meanings, notes)
    flow = Flow(graph, notes)
    structure = Structure(flow, meanings, translator, notes)
    variables = {meanings.names.variable(name): value for name, value in graph.variables.items()}
    steps: list[Step] = [{"set": {name: f"${{{{ inputs.{name} }}}}" for name in variables}}] if variables else []
    for start in flow.starts():
        steps.extend(structure.block(start))
    for node in graph.nodes.values():
        if node.id not in structure.done and node.type not in _UNSEEN:
            notes.error(node.id, "exec_in", f"nothing leads to it ({node.type}): it is left out", "connect it")
    tree: Step = {"aether": 1, "name": _name(graph.name)}
    if graph.description:
        tree["description"] = graph.description
    if variables:
        tree["inputs"] = {name: {"type": "any", "default": value} for name, value in variables.items()}
    return {**tree, "steps": [*steps] or [{"wait": "0s"}]}


def _name(name: str) -> str:
    """A name as documents may have it."""
    return re.sub(r"[^A-Za-z0-9 ._/-]+", "-", name).strip("-._/ ")[:200] or "imported"
