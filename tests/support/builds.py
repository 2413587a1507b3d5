"""Builds of the interpreter that work differently from this one."""

from __future__ import annotations

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue
from typing_extensions import override

from workflows.run import Run
from workflows.start import RunResult


@workflow.defn(dynamic=True)
class Dozing(Run):
    """A build that sleeps a little before it begins: one command more."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        super().__init__(args)

    @workflow.run
    @override
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        await workflow.sleep(0.01)
        return await super().run(args)


@workflow.defn(dynamic=True)
class Broken(Run):
    """A build with a bug."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        super().__init__(args)

    @workflow.run
    @override
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        message = 'no "plan"'
        raise KeyError(message)


@workflow.defn(dynamic=True)
class Careful(Run):
    """A build that sleeps a little before it begins, but only in runs that begin with it."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        super().__init__(args)

    @workflow.run
    @override
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        if workflow.patched("sleep a little"):
            await workflow.sleep(0.01)
        return await super().run(args)
