"""What a run shows of itself where people look for it: search attributes, a memo, and notices."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import TemporalError

from workflows.call import ErrorValue
from workflows.causes import cause_of
from workflows.ids import PLATFORM_QUEUE
from workflows.notice import NOTIFY_ACTIVITY, Notice, NoticeKind
from workflows.plan import Plan
from workflows.progress import RunProgress, RunStatus, Waiting
from workflows.protocol import Finish, Report, StepAsks, StepParked, StepWaits
from workflows.situation import status_of
from workflows.state import State

STATUS = SearchAttributeKey.for_keyword("AetherStatus")
ROBOT = SearchAttributeKey.for_keyword("AetherRobot")
STEP = SearchAttributeKey.for_keyword("AetherStep")
ERROR = SearchAttributeKey.for_keyword("AetherError")

PARKED_MEMO = "aether.parked"
"""The memo of a parked run: `{"at", "place", "message"}` of the step that parked last."""

ATTRIBUTE_LENGTH = 200
"""Characters of a search attribute; SQL visibility takes 255."""

MEMO_LENGTH = 500
"""Characters of the message in a memo."""

NOTICE_PATIENCE = timedelta(hours=1)
"""How long a notice may wait for somebody who passes it on."""


class Signs:
    """Keeps what is shown of a run in step with it, with as few events as possible."""

    def __init__(self, plan: Plan, progress: RunProgress | None) -> None:
        self._plan = plan
        self._robot = progress.robot if progress else None
        self._shown: tuple[RunStatus, str, str] = ("running", "", "")
        """Status, step and cause as they were shown last."""
        if progress is not None:
            self._shown = (progress.status, *_about(progress.waits))
        self._notices: set[asyncio.Task[None]] = set()
        self._late_task: asyncio.Task[None] | None = None
        self._ids = {step.number: step.id for block in plan.blocks for step in block}

    def change_plan(self, plan: Plan) -> None:
        """The run goes on with a corrected document."""
        self._plan = plan
        self._ids = {step.number: step.id for block in plan.blocks for step in block}

    def robot(self, robot: str) -> None:
        """The run is held by a robot."""
        if self._robot != robot:
            self._robot = robot
            workflow.upsert_search_attributes([ROBOT.value_set(robot)])

    def take(self, report: Report) -> None:
        """Tell people what needs them."""
        match report:
            case StepParked(step=step, place=place, error=error):
                self._remember(place, error)
                name, _, fingerprint = cause_of(error).partition(":")
                cause = {"error": name, "fingerprint": fingerprint}
                self._tell("parked", message=error.message, step=self._id(step), place=place, **cause)
            case StepAsks(step=step, place=place, question=question):
                self._tell("approval", message=question, step=self._id(step), place=place)
            case StepWaits(step=step, reason=reason, unroutable=True):
                self._tell("unroutable", message=reason, step=self._id(step))
            case _:
                pass

    def _remember(self, place: str, error: ErrorValue) -> None:
        message = error.message[:MEMO_LENGTH]
        workflow.upsert_memo({PARKED_MEMO: {"at": workflow.now().timestamp(), "place": place, "message": message}})

    def watch(self, started: float) -> None:
        """Tell people when the run is not over in time."""
        if self._plan.sla is None:
            return
        left = started + self._plan.sla - workflow.now().timestamp()
        if left > 0:
            self._late_task = asyncio.create_task(self._late(left))

    def show(self, state: State, waits: tuple[Waiting, ...]) -> RunStatus:
        """Keep the attributes in step with the run; tell its status."""
        status = status_of(state, waits)
        shown = (status, *_about(waits))
        if shown != self._shown:
            self._shown = shown
            _, step, cause = shown
            workflow.upsert_search_attributes(
                [
                    STATUS.value_set(status.capitalize()),
                    STEP.value_set(step) if step else STEP.value_unset(),
                    ERROR.value_set(cause[:ATTRIBUTE_LENGTH]) if cause else ERROR.value_unset(),
                ]
            )
        return status

    def end(self, finish: Finish) -> None:
        """The run is over."""
        if self._late_task is not None:
            self._late_task.cancel()
        updates: list[SearchAttributeUpdate[Any]] = [STATUS.value_set(finish.status.capitalize())]
        if finish.error is not None:
            updates.append(ERROR.value_set(finish.error.type[:ATTRIBUTE_LENGTH]))
            updates.append(STEP.value_set(finish.error.step or ""))
        elif self._shown != ("running", "", ""):
            updates += [STEP.value_unset(), ERROR.value_unset()]
        workflow.upsert_search_attributes(updates)

    async def leave(self, patience: timedelta) -> None:
        """Let notices go out, unless nobody takes them in time; they are waited for once."""
        notices = list(self._notices)
        self._notices.clear()
        if notices:
            await workflow.wait(notices, timeout=patience.total_seconds())

    async def _late(self, seconds: float) -> None:
        await workflow.sleep(seconds, summary="the time this run should take")
        self._tell("sla", message="the run has not ended in the time it should take")

    def _tell(self, kind: NoticeKind, **facts: str | None) -> None:
        notice = Notice.model_validate(
            {
                "kind": kind,
                "run": workflow.info().workflow_id,
                "document": self._plan.name,
                "at": datetime.fromtimestamp(workflow.now().timestamp(), UTC),
                **facts,
            }
        )
        self._keep(asyncio.create_task(_notify(notice)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    def _id(self, step: int | None) -> str | None:
        return self._ids.get(step) if step is not None else None


async def _notify(notice: Notice) -> None:
    with suppress(TemporalError):  # nobody passes notices on: the run is parked all the same, and shows it
        await workflow.execute_activity(
            NOTIFY_ACTIVITY,
            notice,
            task_queue=PLATFORM_QUEUE,
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=NOTICE_PATIENCE,
            summary=f"tell people: {notice.kind}",
        )


def _about(waits: tuple[Waiting, ...]) -> tuple[str, str]:
    """The step and cause that are shown of a run: those of its first parked step."""
    parked = next((waiting for waiting in waits if waiting.kind == "parked"), None)
    return (parked.step or "", parked.cause or "") if parked is not None else ("", "")
