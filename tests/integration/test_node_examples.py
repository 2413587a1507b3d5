"""The example of every node that needs no session, run as a document by a real robot."""

from __future__ import annotations

import re
import textwrap
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue
from temporalio.client import Client
from temporalio.worker import Worker

from activities.catalog import Catalog
from activities.drivers.database.databases import Databases
from activities.drivers.files import files_provider
from activities.drivers.folders import SharedFolder, folders_provider
from activities.drivers.ftp import ftp_provider
from activities.drivers.http import HttpDriver
from activities.drivers.mail.driver import MailDriver
from activities.drivers.script.scripts import ScriptDriver
from activities.drivers.sftp import sftp_provider
from activities.drivers.system.driver import Allowed, system_provider
from activities.provider import Provider
from activities.sessions.folders import Folders
from tests.support.file_servers import PASSWORD, example_server
from tests.support.mailbox import MailServer, account_of, letter, mail_server
from tests.support.office import OFFICE, PAPERS, documents, ocr
from tests.support.script import rules
from tests.support.steps import KnownSecrets, Steps
from tests.support.systemd import POSSIBLE, user_services
from tests.support.web import Web, web
from workflows.call import FileEntry
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE, capability_queue
from workflows.parse import parse
from workflows.run import Run
from workflows.spec import NodeSpec
from workflows.start import RunInput, RunResult

CATALOG = Catalog.discover()
SPECS = CATALOG.specs()
WRITTEN_ADDRESS = "http://127.0.0.1:8000"


@asynccontextmanager
async def robot(client: Client, steps: Steps, post: MailServer) -> AsyncIterator[None]:
    """An orchestrator, and a robot with all that needs no session."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]))
        databases = Databases({}, KnownSecrets()).provider()
        mail = MailDriver({"office": account_of(post)}, secrets=KnownSecrets({"mail": post.password})).provider()
        transfer = (ftp_provider(), sftp_provider())
        scripts = ScriptDriver(rules(steps.scratch)).provider()
        machine = system_provider(Allowed(programs=("EXCEL.EXE",), services=("office-sync",)))
        local = (files_provider(), shared_folders(steps.scratch), documents(), ocr(), scripts, machine)
        for provider in (databases, HttpDriver().provider(), mail, *local, *transfer):
            queue = capability_queue(provider.capability.name)
            activities = CATALOG.activities(provider, workbench=steps.workbench)
            await stack.enter_async_context(Worker(client, task_queue=queue, activities=activities))
        yield


def shared_folders(parent: Path) -> Provider[Folders]:
    """The folders that examples name, with a letter in one of them."""
    for name in ("inbox", "reports"):
        (parent / name).mkdir()
    (parent / "inbox" / "letter.pdf").write_bytes(b"%PDF-1.7")
    return folders_provider({name: SharedFolder(parent / name) for name in ("inbox", "reports")})


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        served.answer("/rates.json", 200, b'{"USD": 1.1}')
        served.answer("/orders", 201, b'{"id": 7}')
        yield served


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as served:
        await served.deliver(letter("Invoice 17", files=[("invoice.pdf", b"%PDF-1.7")]))
        yield served


@pytest.mark.parametrize("spec", [spec for spec in SPECS.values() if not spec.session], ids=lambda spec: spec.type)
async def test_the_example_of_a_node_runs(
    client: Client, tmp_path: Path, site: Web, post: MailServer, spec: NodeSpec
) -> None:
    if spec.type == "word.export" and OFFICE is None:
        pytest.skip("needs LibreOffice")
    if spec.type.startswith("service.") and not POSSIBLE:
        pytest.skip("needs systemd, and root to have one apart from the machine's")
    example = textwrap.indent(spec.example, "  ").replace(WRITTEN_ADDRESS, site.url("").rstrip("/"))
    bench = Steps(tmp_path, secrets={"files-password": PASSWORD})
    for path in PAPERS.keys() & set(re.findall(r"[\w.]+", example)):
        await bench.put(path, PAPERS[path]())

    async with (
        machine_of(spec),
        example_server(spec.type.partition(".")[0], f"{example}\n", tmp_path) as steps,
        robot(client, bench, post),
    ):
        outputs = await outputs_of(client, steps, spec, bench.files)

    assert {} == outputs


@asynccontextmanager
async def machine_of(spec: NodeSpec) -> AsyncIterator[None]:
    """The services that examples name."""
    async with AsyncExitStack() as stack:
        if spec.type.startswith("service."):
            services = await stack.enter_async_context(user_services())
            stack.enter_context(pytest.MonkeyPatch.context()).setenv("XDG_RUNTIME_DIR", str(services.runtime))
        yield


async def outputs_of(
    client: Client, steps: str, spec: NodeSpec, files: Mapping[str, FileEntry]
) -> dict[str, JsonValue]:
    parsed = parse(f"aether: 1\nname: example\nsteps:\n{steps}\n", file=spec.type)
    plan = compile_plan(parsed.document, SPECS, source=parsed.source).plan
    assert plan is not None

    handle = await client.start_workflow(
        plan.name,
        RunInput(plan=plan, inputs={}, files=dict(files)),
        id=f"{spec.type}/{uuid4().hex[:8]}",
        task_queue=ORCHESTRATOR_QUEUE,
        result_type=RunResult,
    )
    result: RunResult = await handle.result()
    return result.outputs
