"""What every log line of a step says about its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from workflows.call import StepCall


class LogContext(Interceptor):
    """Binds run, step and node to the log lines of activities.

    Workflow code logs through `workflow.logger`, whose lines carry the same facts by themselves and are silent
    on replay.
    """

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _BoundActivity(next)


class _BoundActivity(ActivityInboundInterceptor):
    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        facts: dict[str, object] = {"run": info.workflow_id, "run_id": info.workflow_run_id, "node": info.activity_type}
        step = _step_of(input.args)
        if step is not None:
            facts |= {"step": step, "attempt": info.attempt}
        with structlog.contextvars.bound_contextvars(**facts):
            return await super().execute_activity(input)


def _step_of(arguments: Sequence[object]) -> str | None:
    for argument in arguments:
        match argument:
            case StepCall(place=place) | {"place": str(place), "step": str()}:
                return place
    return None
