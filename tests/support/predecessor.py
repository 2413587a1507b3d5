"""Files of the predecessor, written short."""

from __future__ import annotations

from typing import Any

from workflows.importing.workflow import Imported, import_workflow


def node(kind: str, **config: Any) -> dict[str, Any]:
    """A node of the runtime layout."""
    return {"node_type": kind, "config": config}


def connections(text: str) -> list[dict[str, str]]:
    """Connections written as `a.port>b.port`; the ports that lead from node to node may be left out."""
    found = []
    for line in text.split():
        source, target = line.split(">")
        source, _, leaving = source.partition(".")
        target, _, entering = target.partition(".")
        ends = {"source_node": source, "target_node": target}
        found.append({**ends, "source_port": leaving or "exec_out", "target_port": entering or "exec_in"})
    return found


def flow(wires: str, **nodes: dict[str, Any]) -> dict[str, Any]:
    """A file of the runtime layout; `start` is there by itself."""
    return {
        "metadata": {"name": "flow"},
        "nodes": {"start": node("StartNode"), **nodes},
        "connections": connections(wires),
    }


def steps(imported: Imported) -> list[dict[str, Any]]:
    """The steps of what became of a file, as plain data."""
    tree: dict[str, Any] = imported.document.model_dump(mode="json", by_alias=True, exclude_unset=True)
    found: list[dict[str, Any]] = tree["steps"]
    return found


def imported(wires: str, **nodes: dict[str, Any]) -> Imported:
    """What becomes of such a file."""
    return import_workflow(flow(wires, **nodes), file="f.json")


def lines(imported: Imported) -> list[str]:
    """The problems, as people read them."""
    return [str(problem).removeprefix("f.json: ") for problem in imported.problems]
