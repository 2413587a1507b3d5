"""What could not be imported has a code, like every other problem of a document."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pydantic import JsonValue

from workflows.importing.workflow import MAX_NODES, import_workflow
from workflows.source import DocumentError


def automation(**types: str) -> dict[str, JsonValue]:
    """Nodes of these types, one after the other."""
    nodes: Any = {name: {"node_id": name, "node_type": kind, "config": {}} for name, kind in types.items()}
    connections: Any = [
        {"source_node": one, "source_port": "exec_out", "target_node": other, "target_port": "exec_in"}
        for one, other in pairwise(types)
    ]
    return {"nodes": nodes, "connections": connections}


CASES: dict[str, tuple[dict[str, JsonValue], str]] = {
    "a node that nothing replaces": (automation(a="StartNode", b="DesktopNode"), "unsupported-node"),
    "a node that does not say enough": (automation(a="StartNode", b="WriteJSONFileNode"), "not-imported"),
    "what starts a run": (automation(a="ScheduleTriggerNode"), "imported-differently"),
}


@pytest.mark.parametrize(("data", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_lost_has_a_code(data: dict[str, JsonValue], expected: str) -> None:
    imported = import_workflow(data, file="f.json")

    assert expected in {problem.code for problem in imported.problems}


REFUSED: dict[str, tuple[JsonValue, str]] = {
    "no automation": ([], "wrong-type"),
    "no nodes": ({}, "empty"),
    "more nodes than are allowed": (automation(**{f"n{n}": "EndNode" for n in range(MAX_NODES + 1)}), "too-large"),
}


@pytest.mark.parametrize(("data", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_has_a_code(data: JsonValue, expected: str) -> None:
    with pytest.raises(DocumentError) as refused:
        import_workflow(data, file="f.json")

    assert [expected] == [problem.code for problem in refused.value.problems]
