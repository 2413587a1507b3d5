"""A workflow that uses a robot's browser as runs do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.call import SessionGrant, SessionRequest, StepCall
from workflows.ids import RobotId, robot_queue
from workflows.spec import Effect

_ONCE = RetryPolicy(maximum_attempts=1)


@workflow.defn
class Visit:
    """Opens a session, does one browser step, and waits to be told to go."""

    def __init__(self) -> None:
        self.grant: SessionGrant | None = None
        self.output: Any = None
        self.leaving = False

    @workflow.run
    async def run(self, robot: str, node: str, params: dict[str, Any]) -> Any:
        info = workflow.info()
        request = SessionRequest(
            session=info.run_id, run=info.workflow_id, run_id=info.run_id, document="visit", capability="browser"
        )
        session = workflow.start_activity(
            "aether.session",
            request,
            task_queue=robot_queue(RobotId(robot)),
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=_ONCE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        await workflow.wait_condition(lambda: self.grant is not None or session.done())
        if self.grant is None:
            await session
            return None
        self.output = await self._step(node, params, self.grant)
        await workflow.wait_condition(lambda: self.leaving or session.done())
        session.cancel()
        return self.output

    async def _step(self, node: str, params: dict[str, Any], grant: SessionGrant) -> Any:
        call = StepCall(
            run=workflow.info().workflow_id,
            document="visit",
            step="step",
            place="step",
            attempt=1,
            key="key",
            effect=Effect.READ,
            timeout=60,
            session=grant,
            files={},
        )
        return await workflow.execute_activity(
            node,
            args=[params, call],
            task_queue=robot_queue(RobotId(grant.robot)),
            start_to_close_timeout=timedelta(seconds=90),
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=_ONCE,
            result_type=dict,
        )

    @workflow.signal
    def session_opened(self, grant: SessionGrant) -> None:
        """A robot holds a session."""
        self.grant = grant

    @workflow.signal
    def leave(self) -> None:
        """Go."""
        self.leaving = True

    @workflow.query
    def seen(self) -> Any:
        """What the step came to."""
        return self.output
