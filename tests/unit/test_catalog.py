from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from activities.catalog import Catalog, CatalogError
from activities.drivers.files import files_provider
from activities.node import node
from activities.nodes.files.copy import copy
from activities.nodes.files.read import Content, Read, read
from activities.sessions.files import FILES, Workspace
from tests.support.repository import ROOT
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


PACK = """
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Nothing(Params):
    \"\"\"Nothing.\"\"\"


class Done(Result):
    \"\"\"Nothing.\"\"\"


@node("acme.sleep", needs=FILES, effect=Effect.READ)
async def sleep(workspace: Workspace, params: Nothing) -> Done:
    \"\"\"Do nothing at all.\"\"\"
    return Done()
"""


def installed(directory: Path, entry: str) -> str:
    """Install a package of somebody else's and tell what the catalog of a new process finds."""
    metadata = directory / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[aether.nodes]\nacme = {entry}\n")
    package = directory / "acme" / "nodes"
    package.mkdir(parents=True)
    (directory / "acme" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "sleep.py").write_text(PACK)
    program = (
        "from activities.catalog import Catalog, CatalogError\n"
        "try: print('acme.sleep' in Catalog.discover().nodes)\n"
        "except CatalogError as error: print(error)\n"
    )
    outcome = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=True,
    )
    return outcome.stdout.strip()


@pytest.mark.parametrize("entry", ["acme.nodes", "acme.nodes.sleep", "acme.nodes.sleep:sleep"])
def test_other_packages_bring_nodes_as_package_module_or_value(tmp_path: Path, entry: str) -> None:
    assert "True" == installed(tmp_path, entry)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("acme.missing", "the nodes 'acme' of 'acme.missing' cannot be loaded: ModuleNotFoundError"),
        ("acme.nodes.sleep:awake", "cannot be loaded: AttributeError"),
        ("acme.nodes.sleep:Nothing", "is neither a module nor a node; it is ModelMetaclass"),
    ],
)
def test_a_package_that_cannot_be_used_is_named(tmp_path: Path, entry: str, said: str) -> None:
    assert said in installed(tmp_path, entry)
