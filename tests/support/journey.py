"""A workflow that keeps one session while it continues as new, step by step as it is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.call import SessionGrant, SessionRequest, StepCall
from workflows.ids import SESSION_ACTIVITY, RobotId, robot_queue
from workflows.spec import Effect

ONE_ATTEMPT = RetryPolicy(maximum_attempts=1)


class Luggage(BaseModel):
    """What an execution takes along."""

    robot: str
    capability: str = "browser"
    grant: SessionGrant | None = None
    adopting: bool = True
    """Whether to take the session over at once, or only when told to."""
    silence: float = 10.0
    """Seconds after which a robot that is not heard of is taken for lost."""


@workflow.defn
class Journey:
    """Holds a session until it is told to leave; each time it is told to move, another execution goes on."""

    @workflow.init
    def __init__(self, luggage: Luggage) -> None:
        self.luggage = luggage
        self.granted_to: str | None = None
        self.leaving = self.moving = False
        self.holding: list[asyncio.Task[Any]] = []

    @workflow.run
    async def run(self, luggage: Luggage) -> str | None:
        if luggage.grant is None or luggage.adopting:
            self.hold()
        await workflow.wait_condition(lambda: self.leaving or self.moving)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self.moving:
            workflow.continue_as_new(self.luggage)
        for holding in self.holding:
            holding.cancel()
        ends = await asyncio.gather(*self.holding, return_exceptions=True)
        return str(getattr(ends[-1], "cause", ends[-1])) if ends else None

    @workflow.signal
    def hold(self) -> None:
        """Have a session held for this execution."""
        info = workflow.info()
        grant = self.luggage.grant
        request = SessionRequest(
            session=grant.id if grant else info.first_execution_run_id,
            run=info.workflow_id,
            run_id=info.run_id,
            document="journey",
            capability=self.luggage.capability,
            lease=grant.lease if grant else 0,
            adopt=grant is not None,
        )
        queue = robot_queue(RobotId(self.luggage.robot))
        held = workflow.start_activity(
            SESSION_ACTIVITY,
            request,
            task_queue=queue,
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=timedelta(seconds=self.luggage.silence),
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        held.add_done_callback(lambda task: task.cancelled() or task.exception())  # not every end is looked at
        self.holding.append(held)

    @workflow.signal
    def session_opened(self, grant: SessionGrant) -> None:
        """A robot holds the session for this execution."""
        self.luggage = self.luggage.model_copy(update={"grant": grant})
        self.granted_to = workflow.info().run_id

    @workflow.signal
    def move(self, adopting: bool) -> None:  # noqa: FBT001 - a signal's arguments come by position
        """Go on in another execution."""
        self.luggage = self.luggage.model_copy(update={"adopting": adopting})
        self.moving = True

    @workflow.signal
    def leave(self) -> None:
        """Give the session back and end."""
        self.leaving = True

    @workflow.update
    async def opened(self) -> str:
        """Wait for the session, and name the execution it was given to."""
        await workflow.wait_condition(lambda: self.granted_to is not None)
        assert self.granted_to is not None
        return self.granted_to

    @workflow.update
    async def ended(self, number: int) -> str:
        """Wait for the end of one of this execution's activities, and say what it was."""
        await workflow.wait_condition(lambda: len(self.holding) > number and self.holding[number].done())
        error = self.holding[number].exception()
        return str(error.__cause__ or error) if error else "done"

    @workflow.update
    async def step(self, node: str, params: dict[str, Any]) -> Any:
        """Do one step in the session."""
        grant = self.luggage.grant
        assert grant is not None
        call = StepCall(
            run=workflow.info().workflow_id,
            document="journey",
            step="step",
            place="step",
            attempt=1,
            key="key",
            effect=Effect.READ,
            timeout=60,
            session=grant,
            files={},
        )
        outcome = await workflow.execute_activity(
            node,
            args=[params, call],
            task_queue=robot_queue(RobotId(grant.robot)),
            start_to_close_timeout=timedelta(seconds=90),
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=ONE_ATTEMPT,
            result_type=dict,
        )
        return outcome["output"]
