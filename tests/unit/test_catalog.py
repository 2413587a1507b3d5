from __future__ import annotations

from pathlib import Path

import pytest

from activities.catalog import Catalog, CatalogError
from activities.drivers.files import files_provider
from activities.node import node
from activities.nodes.files.copy import copy
from activities.nodes.files.read import Content, Read, read
from activities.sessions.files import FILES, Workspace
from tests.support.steps import Steps
from workflows.errors import NodeNotInstalledError
from workflows.spec import Effect


def test_every_node_below_the_package_is_found() -> None:
    catalog = Catalog.discover()

    assert read is catalog.node("files.read")
    assert set(catalog.specs()) == set(catalog.nodes)


def test_an_unknown_node_is_named_with_what_was_probably_meant() -> None:
    with pytest.raises(NodeNotInstalledError, match=r"did you mean 'files\.read'"):
        Catalog.of([read, copy]).node("file.read")


def test_two_nodes_of_one_name_are_refused() -> None:
    @node("files.read", needs=FILES, effect=Effect.READ)
    async def other(workspace: Workspace, params: Read) -> Content:
        """Read differently."""
        return await read(workspace, params)

    with pytest.raises(CatalogError, match=r"two nodes are named 'files\.read'"):
        Catalog.of([read, other])


def test_a_robot_gets_the_activities_of_what_it_offers_and_no_others(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    catalog = Catalog.discover()

    activities = catalog.activities(files_provider(), workbench=steps.workbench)

    names = {getattr(each, "__temporal_activity_definition").name for each in activities}
    assert names == {name for name, spec in catalog.specs().items() if spec.capability == "files"}
