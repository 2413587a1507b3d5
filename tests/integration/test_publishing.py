"""Published documents: a run keeps its version, and rolling back is one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.worker import Worker

from tests.support.aether import Aether
from tests.support.machine import plan_of
from workers.publishing import NotPublishedError, publish, published, roll_back, versions
from workers.server import ServerConfig
from workflows.ids import ORCHESTRATOR_QUEUE, PLATFORM_QUEUE
from workflows.plan import Plan
from workflows.publishing import MOST_VERSIONS, PREFIX, PUBLISH_UPDATE, Published, PublishRequest, Shelf
from workflows.run import Run

TEXT = """
aether: 1
name: NAME
steps:
  - set: {said: WORDS}
outputs: {said: "${{ said }}"}
"""


@pytest.fixture(scope="module", autouse=True)
async def platform(client: Client) -> AsyncIterator[None]:
    """Somebody who keeps documents and interprets runs."""
    async with (
        Worker(client, task_queue=PLATFORM_QUEUE, workflows=[Published]),
        Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]),
    ):
        yield


@pytest.fixture
def name() -> str:
    """A document's name nobody else uses."""
    return f"doc-{uuid4().hex[:8]}"


@pytest.fixture
def aether(tmp_path: Path, server: ServerConfig, payloads: Path) -> Aether:
    """The command line in an empty directory."""
    return Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads)})


def plan(name: str, value: int) -> Plan:
    """A document that sets a value."""
    return plan_of([{"set": {"n": value}}], name=name)


async def test_each_version_is_kept_and_the_latest_is_current(client: Client, name: str) -> None:
    numbers = [await publish(client, plan(name, n), source=f"{n}", by="ann", note=f"note {n}") for n in (1, 2)]

    known = await versions(client, name)

    assert [1, 2] == numbers
    assert [(2, "note 2", True), (1, "note 1", False)] == [(one.number, one.note, one.current) for one in known]
    assert ("2", "1") == ((await published(client, name)).source, (await published(client, name, 1)).source)


async def test_the_same_content_is_no_new_version(client: Client, name: str) -> None:
    numbers = [await publish(client, plan(name, 1), source="1", by=who) for who in ("ann", "bob")]

    assert [1, 1] == numbers


async def test_rolling_back_is_one_command_and_numbers_are_never_given_twice(client: Client, name: str) -> None:
    for n in (1, 2):
        await publish(client, plan(name, n), source=f"{n}", by="ann")

    back = await roll_back(client, name, to=None, by="ann")
    forth = await publish(client, plan(name, 3), source="3", by="ann")
    far = await roll_back(client, name, to=1, by="ann")

    assert (1, 3, 1) == (back, forth, far)
    assert "1" == (await published(client, name)).source


async def test_what_is_not_there_is_said(client: Client, name: str) -> None:
    with pytest.raises(NotPublishedError, match="is published"):
        await versions(client, name)
    with pytest.raises(NotPublishedError, match="is published"):
        await roll_back(client, name, to=None, by="ann")
    await publish(client, plan(name, 1), source="1", by="ann")
    with pytest.raises(NotPublishedError, match="no version before the current one"):
        await roll_back(client, name, to=None, by="ann")
    with pytest.raises(NotPublishedError, match="no version 7"):
        await roll_back(client, name, to=7, by="ann")
    with pytest.raises(NotPublishedError, match="no version 7"):
        await published(client, name, 7)


async def test_versions_outlive_a_long_history(client: Client, name: str) -> None:
    await client.start_workflow(Published.run, Shelf(longest=10), id=PREFIX + name, task_queue=PLATFORM_QUEUE)

    for n in range(6):
        await publish(client, plan(name, n), source=f"{n}", by="ann")

    description = await client.get_workflow_handle(PREFIX + name).describe()
    assert 6 == len(await versions(client, name))
    assert description.raw_description.workflow_execution_info.first_run_id != description.run_id


def test_only_so_many_versions_are_kept() -> None:
    shelf = Shelf()

    for n in range(MOST_VERSIONS + 2):
        shelf = shelf.publish(PublishRequest(plan=plan("doc", n), source=f"{n}", by="ann"), float(n))

    assert (MOST_VERSIONS, MOST_VERSIONS + 2) == (len(shelf.versions), shelf.current)
    assert shelf.version(2) is None


async def test_a_shelf_takes_no_other_document(client: Client, name: str) -> None:
    await publish(client, plan(name, 1), source="1", by="ann")
    request = PublishRequest(plan=plan("other", 1), source="1", by="ann")

    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await client.get_workflow_handle(PREFIX + name).execute_update(PUBLISH_UPDATE, request)

    assert f"this is where {name!r} is published, not 'other'" in str(refusal.value.cause)


async def test_a_published_document_runs_by_its_name_and_a_run_keeps_its_version(aether: Aether, name: str) -> None:
    text = TEXT.replace("NAME", name)
    for words in ("one", "two"):
        await aether("publish", aether.write("doc.yaml", text.replace("WORDS", words)))

    second = await aether("run", name, "-o", "json")
    first = await aether("run", f"{name}@1", "-o", "json")
    await aether("rollback", name)
    back = await aether("start", name)
    shown = await aether("show", back.out.strip(), "-o", "json")
    old = await aether("show", second.data["run"])
    retried = await aether("retry", second.data["run"], "--from", "start", "--latest", "-o", "json")
    unknown = await aether("run", "nothing-of-that-name")

    assert ["two", "one"] == [done.data["outputs"]["said"] for done in (second, first)], second.err
    assert 1 == shown.data["version"]
    assert "version 2" in old.out
    assert f"{name}, version 1" == retried.data["version"], retried.err
    assert (3, True) == (unknown.code, "is published" in unknown.err)


async def test_from_the_command_line(aether: Aether, name: str) -> None:
    file = aether.write("doc.yaml", TEXT.replace("NAME", name).replace("WORDS", "one"))
    first = await aether("publish", file, "--note", "the first", "-o", "json")
    aether.write("doc.yaml", TEXT.replace("NAME", name).replace("WORDS", "two"))
    second = await aether("publish", file)
    listed = await aether("versions", name)
    back = await aether("rollback", name, "-o", "json")
    unknown = await aether("versions", "nothing")

    assert {"document": name, "version": 1, "status": "published"} == first.data, first.err
    assert "new runs get version 2" in second.err
    assert "the first" in listed.out
    assert (1, "rolled back") == (back.data["version"], back.data["status"])
    assert (3, True) == (unknown.code, "aether publish FILE" in unknown.err)
