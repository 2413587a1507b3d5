"""The node types this installation knows, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, TypeAlias

import activities.nodes
from activities.node import Node
from activities.provider import Provider
from activities.step import StepActivity, Workbench, step_activity
from workflows.errors import ConfigurationError, NodeNotInstalledError
from workflows.spec import NodeSpec

ENTRY_POINTS = "aether.nodes"
"""The entry-point group by which other packages bring nodes: modules, packages or single nodes."""

AnyNode: TypeAlias = Node[Any, Any, Any]


class CatalogError(ConfigurationError):
    """An installed set of nodes that cannot be used."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Node types by name."""

    nodes: Mapping[str, AnyNode]

    @classmethod
    def discover(cls) -> Catalog:
        """Find our own node types and those that other installed packages bring."""
        found = list(_inside(activities.nodes))
        for entry in entry_points(group=ENTRY_POINTS):
            found += _brought_by(entry)
        return cls.of(found)

    @classmethod
    def of(cls, nodes: Iterable[AnyNode]) -> Catalog:
        """Hold these node types.

        Raises:
            CatalogError: two have the same name.
        """
        by_name: dict[str, AnyNode] = {}
        for node in nodes:
            other = by_name.setdefault(node.name, node)
            if other is not node:
                raise CatalogError(
                    f"two nodes are named {node.name!r}: one of {other.function.__module__!r} and one of "
                    f"{node.function.__module__!r}; uninstall one of the packages"
                )
        return cls(dict(sorted(by_name.items())))

    def node(self, name: str) -> AnyNode:
        """Give a node type.

        Raises:
            NodeNotInstalledError: there is none of this name.
        """
        if name not in self.nodes:
            close = get_close_matches(name, self.nodes, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "'aether nodes' lists what there is"
            raise NodeNotInstalledError(f"no node {name!r} is installed; {hint}")
        return self.nodes[name]

    def specs(self) -> dict[str, NodeSpec]:
        """Give the facts of all node types."""
        return {name: node.spec() for name, node in self.nodes.items()}

    def activities(self, *providers: Provider[Any], workbench: Workbench) -> list[StepActivity]:
        """Make the Temporal activities for all nodes that these providers can serve."""
        return [
            step_activity(node, provider, workbench)
            for provider in providers
            for node in self.nodes.values()
            if node.capability == provider.capability
        ]


def _brought_by(entry: EntryPoint) -> list[AnyNode]:
    try:
        match entry.load():
            case Node() as node:
                return [node]
            case ModuleType() as root:
                return list(_inside(root))
            case other:
                found = type(other).__name__
    except Exception as error:  # any code of a stranger
        raise CatalogError(
            f"the nodes {entry.name!r} of {entry.value!r} cannot be loaded: {type(error).__name__}: {error}; "
            "mend or uninstall the package that brings them"
        ) from error
    raise CatalogError(
        f"the entry point {entry.name!r} of {entry.value!r} is neither a module nor a node; it is {found}"
    )


def _inside(root: ModuleType) -> Iterator[AnyNode]:
    """Find the nodes that a module, or any module below it, declares."""
    below = pkgutil.walk_packages(getattr(root, "__path__", ()), f"{root.__name__}.")
    for module in (root, *(importlib.import_module(found.name) for found in below)):
        for value in vars(module).values():
            if isinstance(value, Node) and value.function.__module__ == module.__name__:
                yield value
