"""An orchestrator that knows one workflow: enough to see whether the processes around it work."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from temporalio import workflow

from workers.dev import ORCHESTRATOR, Part
from workers.orchestrator import serve
from workers.process import main

ECHO = Part("orchestrator", "tests.support.echo", ORCHESTRATOR.queue, ORCHESTRATOR.work)
"""A stack's orchestrator that serves it."""


@workflow.defn
class Count:
    """Counts slowly, so that there is something to interrupt."""

    @workflow.run
    async def run(self, rounds: int) -> int:
        for _ in range(rounds):
            await workflow.sleep(timedelta(milliseconds=100))
        return rounds


if __name__ == "__main__":
    main(partial(serve, workflows=[Count]))
