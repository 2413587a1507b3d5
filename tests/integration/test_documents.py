"""The page about documents: what it promises of an invoice, done by a real robot."""

from __future__ import annotations

from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.catalog import Catalog
from tests.support.blocks import blocks
from tests.support.office import documents, ocr, pdf, picture
from tests.support.steps import Steps
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE, capability_queue
from workflows.parse import parse
from workflows.run import Run
from workflows.start import RunInput, RunResult

CATALOG = Catalog.discover()
LINES = ["Invoice R-4711", "Net\t1.000,00", "Total:\t1.190,00"]


def scanned() -> bytes:
    """A PDF file with nothing but the picture of a page."""
    buffer = BytesIO()
    picture(LINES, angle=0.8, noise=0.2).save(buffer, "PDF")
    return buffer.getvalue()


@pytest.mark.parametrize("content", [pdf(LINES), scanned()], ids=["printed", "scanned"])
async def test_the_fields_of_an_invoice_are_had_whether_or_not_it_is_scanned(
    client: Client, tmp_path: Path, content: bytes
) -> None:
    block = next(each for each in blocks() if each.page.name == "documents.md")
    parsed = parse(block.text, file=block.name)
    plan = compile_plan(parsed.document, CATALOG.specs(), source=parsed.source).plan
    assert plan is not None
    steps = Steps(tmp_path)
    await steps.put("invoice.pdf", content)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]))
        for provider in (documents(), ocr()):
            queue = capability_queue(provider.capability.name)
            activities = CATALOG.activities(provider, workbench=steps.workbench)
            await stack.enter_async_context(Worker(client, task_queue=queue, activities=activities))
        handle = await client.start_workflow(
            plan.name,
            RunInput(plan=plan, inputs={"invoice": "invoice.pdf"}, files=steps.files),
            id=f"invoice/{uuid4().hex[:8]}",
            task_queue=ORCHESTRATOR_QUEUE,
            result_type=RunResult,
        )
        result = await handle.result()

    assert {"number": "R-4711", "total": 1190} == result.outputs
