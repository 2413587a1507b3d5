"""What follows what in a graph, and where ways that part come together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.importing.graph import ENTRY, Graph, Node
from workflows.importing.notes import Notes

LOOP_ENDS = frozenset({"ForLoopEndNode", "WhileLoopEndNode"})


class Flow:
    """The order in which a graph does its nodes."""

    def __init__(self, graph: Graph, notes: Notes) -> None:
        self.nodes = graph.nodes
        self._next: dict[str, dict[str, str]] = {}
        for edge in graph.edges:
            if edge.target_port != ENTRY:
                continue
            ports = self._next.setdefault(edge.source, {})
            if ports.setdefault(edge.source_port, edge.target) != edge.target:
                message = f"it starts {ports[edge.source_port]!r} and {edge.target!r} at the same time"
                notes.error(edge.source, edge.source_port, message, "put one after the other")

    def next(self, node: Node | str, *ports: str) -> str | None:
        """What follows at the first of these ports that leads anywhere."""
        leading = self._next.get(node if isinstance(node, str) else node.id, {})
        return next((leading[port] for port in ports if port in leading), None)

    def ports(self, node: Node) -> dict[str, str]:
        """What follows at each port."""
        return self._next.get(node.id, {})

    def starts(self) -> list[str]:
        """Where the graph starts: at its start nodes, else wherever nothing comes before."""
        entered = {target for ports in self._next.values() for target in ports.values()}
        first = [
            node.id for node in self.nodes.values() if node.type == "StartNode" or node.type.endswith("TriggerNode")
        ]
        return first or [node for node in self.nodes if node in self._next and node not in entered]

    def reach(self, start: str | None, barrier: frozenset[str] = frozenset()) -> list[str]:
        """All nodes that can follow, itself included, the nearest first; ways end at a barrier."""
        found: dict[str, None] = {}
        todo = [start] if start is not None and start not in barrier else []
        for node in todo:
            if node not in found:
                found[node] = None
                todo.extend(target for target in self._after(node) if target not in barrier)
        return list(found)

    def join(self, starts: Iterable[str | None], barrier: frozenset[str] = frozenset()) -> str | None:
        """The first node that all ways come to; None when one of them ends before."""
        ways = [self.reach(start, barrier) for start in starts]
        common = set(ways[0]).intersection(*ways[1:])
        return next((node for node in ways[0] if node in common), None)

    def _after(self, node: str) -> Iterator[str]:
        if self.nodes[node].type not in LOOP_ENDS:
            yield from self._next.get(node, {}).values()
