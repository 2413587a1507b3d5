"""The predecessor's ways of writing one and the same graph."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from tests.support.predecessor import lines, node, steps
from workflows.importing.workflow import import_workflow
from workflows.source import DocumentError

RUNTIME: dict[str, Any] = {
    "metadata": {"name": "Pay: all", "description": "Every invoice."},
    "nodes": {
        "a": {"node_id": "a", "node_type": "StartNode", "config": {}, "position": [0, 0]},
        "b": {"node_id": "b", "node_type": "GoToURLNode", "config": {"url": "{{page}}"}},
        "c": {"node_id": "c", "node_type": "PressKeyNode", "config": {"key": "F5"}},
    },
    "connections": [
        {"source_node": "a", "source_port": "exec_out", "target_node": "b", "target_port": "exec_in"},
        {"source_node": "b", "source_port": "exec_out", "target_node": "c", "target_port": "exec_in"},
    ],
    "variables": {"page": "http://x/"},
    "settings": {"stop_on_error": True},
    "frames": [],
}
TEMPLATE = {
    "name": "Pay: all",
    "description": "Every invoice.",
    "base_workflow": {
        "nodes": [
            {"id": "a", "type": "StartNode"},
            {"id": "b", "type": "GoToURLNode", "config": {"url": "{{page}}"}},
            {"id": "c", "type": "PressKeyNode", "config": {"key": "F5"}},
        ],
        "connections": [
            {"from_node": "a", "from_port": "out", "to_node": "b", "to_port": "in"},
            {"from_node": "b", "from_port": "out", "to_node": "c", "to_port": "in"},
        ],
    },
    "default_variables": [{"name": "page", "data_type": "String", "default_value": "http://x/", "required": True}],
}
PUBLISHED = {
    "metadata": {"name": "Pay: all", "description": "Every invoice."},
    "nodes": [
        {"id": "a", "type": "StartNode", "x": 0, "y": 0, "properties": {}},
        {"id": "b", "type": "GoToURLNode", "x": 0, "y": 0, "properties": {"url": "{{page}}"}},
        {"id": "c", "type": "PressKeyNode", "x": 0, "y": 0, "properties": {"key": "F5"}},
    ],
    "connections": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}],
    "variables": [{"name": "page", "type": "STRING", "value": "http://x/"}],
}
CANVAS = {
    "name": "Pay: all",
    "description": "Every invoice.",
    "nodes": {
        "a": {"type_": "casare_rpa.nodes.VisualStartNode", "custom": {}},
        "b": {"type_": "casare_rpa.nodes.VisualGoToURLNode", "custom": {"url": "{{page}}", "name": "Go"}},
        "c": {"type_": "casare_rpa.nodes.VisualPressKeyNode", "custom": {"key": "F5"}},
    },
    "connections": {
        "1": {"out": ["a", "exec_out"], "in": ["b", "exec_in"]},
        "2": {"out": ["b", "exec_out"], "in": ["c", "exec_in"]},
    },
    "variables": {"page": {"name": "page", "data_type": "STRING", "default_value": "http://x/"}},
}


@pytest.mark.parametrize(
    "data", [RUNTIME, TEMPLATE, PUBLISHED, CANVAS], ids=["runtime", "template", "published", "canvas"]
)
def test_every_layout_gives_the_same_document(data: dict[str, Any]) -> None:
    imported = import_workflow(data, file="f.json")

    assert [] == lines(imported)
    assert ("Pay- all", "Every invoice.") == (imported.document.name, imported.document.description)
    assert "http://x/" == imported.document.inputs["page"].default
    assert [
        {"set": {"page": "${{ inputs.page }}"}},
        {"id": "b", "do": "browser.goto", "with": {"url": "${{ page }}"}},
        {"id": "c", "do": "browser.press", "with": {"key": "F5"}},
    ] == steps(imported)


def test_a_variable_without_a_value_starts_as_nothing() -> None:
    data = {**RUNTIME, "variables": [{"name": "page"}, 3]}

    imported = import_workflow(data, file="f.json")

    assert imported.document.inputs["page"].default is None


def test_an_object_is_the_value_of_a_variable_unless_it_declares_one() -> None:
    data = {**RUNTIME, "variables": {"page": "p", "row": {"value": 1, "unit": "m"}}}

    imported = import_workflow(data, file="f.json")

    assert {"value": 1, "unit": "m"} == imported.document.inputs["row"].default


def test_what_cannot_be_understood_is_named() -> None:
    data: Any = {
        "nodes": {"a": {"node_type": "StartNode"}, "b": {}, "c": 3},
        "connections": [{"source": "a"}, {"source": "a", "target": "z"}, 7],
    }

    imported = import_workflow(data, file="f.json")

    assert [
        "step 'b', field 'node_type': the node does not say what it does",
        "step 'c', field 'node_type': the node does not say what it does",
        "field 'connections[0]': the connection does not say what it connects",
        "step 'z', field 'connections[1]': there is no such node",
        "field 'connections[2]': the connection does not say what it connects",
    ] == lines(imported)
    assert "imported" == imported.document.name


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], "f.json: an automation is an object with 'nodes' and 'connections'"),
        ("x", "f.json: an automation is an object with 'nodes' and 'connections'"),
        ({}, "f.json: field 'nodes': there is no node in it"),
        ({"nodes": []}, "f.json: field 'nodes': there is no node in it"),
        ({"nodes": "x" * 2_000_000}, "f.json: the document is longer than 1,048,576 bytes"),
    ],
)
def test_other_data_is_refused(data: Any, expected: str) -> None:
    with pytest.raises(DocumentError) as raised:
        import_workflow(data, file="f.json")

    assert str(raised.value).startswith(expected)


def test_deep_data_is_refused() -> None:
    data: Any = []
    for _ in range(100):
        data = [data]

    with pytest.raises(DocumentError, match="nested deeper than 64 levels"):
        import_workflow(data, file="f.json")


def test_data_too_deep_to_be_written_is_refused() -> None:
    data: Any = []
    for _ in range(100_000):
        data = [data]

    with pytest.raises(DocumentError, match="nested too deep"):
        import_workflow(data, file="f.json")


def test_graphs_beyond_the_predecessors_limits_are_refused() -> None:
    nodes: Any = {str(number): node("IfNode") for number in range(1001)}
    wires: Any = [{"source": "0", "source_port": str(number), "target": "1"} for number in range(5001)]

    with pytest.raises(DocumentError, match=r"field 'nodes': there are 1,001, and 1,000 are allowed"):
        import_workflow({"nodes": nodes}, file="f.json")
    with pytest.raises(DocumentError, match=r"field 'connections': there are 5,001, and 5,000 are allowed"):
        import_workflow({"nodes": {"0": nodes["0"], "1": nodes["1"]}, "connections": wires}, file="f.json")


def test_the_largest_graph_is_imported_within_seconds() -> None:
    nodes: Any = {str(number): node("IfNode", expression="true") for number in range(1000)}
    wires: Any = [
        {"source": str(number), "source_port": port, "target": str(min(number + step, 999))}
        for number in range(999)
        for port, step in (("true", 1), ("false", 2))
    ]
    started = time.process_time()

    imported = import_workflow({"nodes": nodes, "connections": wires}, file="f.json")

    assert imported.problems
    assert time.process_time() - started < (5 if sys.gettrace() is None else 50)
