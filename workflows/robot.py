"""The workflow `robot/<id>`: it notices within seconds when a robot's process vanishes, and passes on what is decided.

It has no timers. An activity runs on the robot's own queue for as long as the process lives: its failure is the loss.
The activity ends by itself after an hour, and the workflow begins a new history; for a robot that is not there,
nothing runs and nothing waits in a queue.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field
from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory, TemporalError

from workflows.call import Message
from workflows.fleet import (
    LEAVE_SIGNAL,
    MODE_UPDATE,
    ORDER_ACTIVITY,
    PRESENCE_ACTIVITY,
    REGISTER_UPDATE,
    REPORT_SIGNAL,
    ROBOT,
    ROBOT_SIGNAL,
    START_POOL_ACTIVITY,
    TAGS_UPDATE,
    VIEW_QUERY,
    ModeRequest,
    Order,
    RobotCard,
    RobotEntry,
    RobotReport,
    RobotView,
    TagsRequest,
)
from workflows.ids import RobotId, pool_workflow, robot_queue
from workflows.presence import TAKEN, Known, came, card_refusal, mode_refusal, tags_refusal

MEMO = "aether.robot"
"""The memo of a robot: its `RobotView`, without its node types."""

_STATUS = SearchAttributeKey.for_keyword("AetherStatus")
_TAGS = SearchAttributeKey.for_keyword_list("AetherTags")
_ONCE = RetryPolicy(maximum_attempts=1)
_SLACK = timedelta(minutes=5)
_ATTEMPT = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=30)
"""How long a process may not take an order; one that comes anew gets it anyway."""


class Stay(Message):
    """What a robot's process is asked when its presence begins."""

    incarnation: str
    lasting: timedelta
    """How long this presence is to go on before another one takes its place."""


class RobotState(Message):
    """What a robot's workflow takes along when it continues as new."""

    known: Known | None = None
    ordered: Order | None = None
    """What its process was told last."""
    silence: timedelta = timedelta(seconds=10)
    """After how long without a sign of life its process is lost; also how long it may take until the first."""
    renewal: timedelta = timedelta(hours=1)
    """How long one presence goes on."""
    longest: int = Field(default=1000, ge=1)
    """How many events a history should have."""


@workflow.defn(name=ROBOT)
class Robot:
    """Knows one robot, for as long as the installation lasts."""

    @workflow.init
    def __init__(self, state: RobotState) -> None:
        self._state = state
        self._known = state.known
        self._ordered = state.ordered
        self._untold: dict[str, RobotEntry] = {}
        """What pools have yet to hear, by environment."""
        self._attending: asyncio.Task[None] | None = None
        self._ordering: asyncio.Task[None] | None = None
        self._renewing = False
        self._shown: RobotView | None = None

    @workflow.run
    async def run(self, _state: RobotState) -> None:
        """Tell the pool of every change, and begin a new history now and then."""
        if self._known is not None:
            self._show(self._known)
            if self._known.presence == "here":
                self._attend(self._known.card.incarnation)
                self._order()
        while self._untold or not self._long():
            await workflow.wait_condition(lambda: bool(self._untold) or self._long())
            await self._tell()
        workflow.continue_as_new(
            self._state.model_copy(update={"known": self._known, "ordered": self._ordered}),
        )

    @workflow.update(name=REGISTER_UPDATE, description="A process has come.")
    def register(self, card: RobotCard) -> Order:
        """A process has come; say what it is to do."""
        before = self._known
        if before is not None and before.card.environment != card.environment:
            left = before.gone("offline", _now()).entry
            self._untold[before.card.environment] = left
        known = came(before, card, _now())
        self._ordered = known.order
        if self._attending is None or before is None or before.card.incarnation != card.incarnation:
            self._attend(card.incarnation)
        self._change(known)
        return known.order

    @register.validator
    def check_register(self, card: RobotCard) -> None:
        """Refuse a second process."""
        refusal = card_refusal(self._known, card)
        if refusal is not None and self._known is not None:
            raise _refused(refusal, TAKEN, self._known.card)

    @workflow.update(name=MODE_UPDATE, description="Have it serve, pause or drain.")
    def mode(self, request: ModeRequest) -> RobotView:
        """Somebody wants something of the robot."""
        return self._decide(_there(self._known).decided(request, _now()))

    @mode.validator
    def check_mode(self, request: ModeRequest) -> None:
        """Refuse what it cannot do."""
        _refuse(mode_refusal(self._known, request))

    @workflow.update(name=TAGS_UPDATE, description="Change its tags.")
    def tags(self, request: TagsRequest) -> RobotView:
        """Somebody changes the robot's tags."""
        return self._decide(_there(self._known).retagged(request, _now()))

    @tags.validator
    def check_tags(self, request: TagsRequest) -> None:
        """Refuse what cannot be."""
        _refuse(tags_refusal(self._known, request))

    @workflow.signal(name=REPORT_SIGNAL, description="Its process tells what has changed.")
    def report(self, report: RobotReport) -> None:
        """The process tells what has changed."""
        if self._known is not None:
            self._change(self._known.heard(report, _now()))

    @workflow.signal(name=LEAVE_SIGNAL, description="Its process says goodbye.")
    def leave(self, incarnation: str) -> None:
        """The process says goodbye."""
        self._lose(incarnation, "offline")

    @workflow.query(name=VIEW_QUERY, description="The robot, for people.")
    def view(self) -> RobotView | None:
        """The robot, for people; nothing before it has come for the first time."""
        return self._known.view if self._known is not None else None

    def _attend(self, incarnation: str) -> None:
        self._dismiss()
        self._attending = asyncio.create_task(self._attended(incarnation))

    async def _attended(self, incarnation: str) -> None:
        """Be with a process to its end, or until it is time for a new history."""
        try:
            await workflow.execute_activity(
                PRESENCE_ACTIVITY,
                Stay(incarnation=incarnation, lasting=self._state.renewal),
                task_queue=robot_queue(_name()),
                schedule_to_start_timeout=self._state.silence,
                start_to_close_timeout=self._state.renewal + _SLACK,
                heartbeat_timeout=self._state.silence,
                retry_policy=_ONCE,
                summary="is here",
            )
        except ActivityError:
            if asyncio.current_task() is self._attending:
                self._lose(incarnation, "lost")
            return
        self._renewing = asyncio.current_task() is self._attending

    def _lose(self, incarnation: str, presence: Literal["lost", "offline"]) -> None:
        known = self._known
        if known is not None and known.presence == "here" and known.card.incarnation == incarnation:
            self._dismiss()
            self._change(known.gone(presence, _now()))

    def _dismiss(self) -> None:
        """Be with nobody any more."""
        for task in (self._attending, self._ordering):
            if task is not None:
                task.cancel()
        self._attending = self._ordering = None

    def _decide(self, known: Known) -> RobotView:
        self._change(known)
        self._order()
        return known.view

    def _order(self) -> None:
        """See that the process knows what it is to do."""
        if self._known is not None and self._known.presence == "here" and self._ordering is None:
            self._ordering = asyncio.create_task(self._give_orders())

    async def _give_orders(self) -> None:
        with suppress(ActivityError):
            while self._known is not None and self._ordered != self._known.order:
                order = self._known.order
                await workflow.execute_activity(
                    ORDER_ACTIVITY,
                    order,
                    task_queue=robot_queue(_name()),
                    start_to_close_timeout=_ATTEMPT,
                    schedule_to_close_timeout=_PATIENCE,
                    summary=order.mode,
                )
                self._ordered = order
        if asyncio.current_task() is self._ordering:
            self._ordering = None

    def _change(self, known: Known) -> None:
        if known != self._known:
            self._known = known
            self._show(known)

    def _show(self, known: Known) -> None:
        """Show a robot where people and its pool look."""
        self._untold[known.card.environment] = known.entry
        view = known.view
        card = view.entry.card.model_copy(update={"nodes": {}, "sessions": ()})
        brief = view.model_copy(update={"entry": view.entry.model_copy(update={"card": card, "load": "low"})})
        if brief != self._shown:
            self._shown = brief
            workflow.upsert_memo({MEMO: brief})
            tags = sorted({*known.card.capabilities, *known.tags})
            workflow.upsert_search_attributes([_STATUS.value_set(known.standing), _TAGS.value_set(tags)])
            workflow.set_current_details(_details(known))

    async def _tell(self) -> None:
        while self._untold:
            environment, entry = self._untold.popitem()
            pool = workflow.get_external_workflow_handle(pool_workflow(environment))
            try:
                await pool.signal(ROBOT_SIGNAL, entry)
            except TemporalError:  # somebody has ended it
                with suppress(TemporalError):
                    await workflow.execute_activity(
                        START_POOL_ACTIVITY,
                        environment,
                        schedule_to_close_timeout=_PATIENCE,
                        summary=environment,
                    )
                    await pool.signal(ROBOT_SIGNAL, entry)

    def _long(self) -> bool:
        """Whether it is time for a new history."""
        long = self._renewing or workflow.info().get_current_history_length() >= self._state.longest
        return long and workflow.all_handlers_finished()


def _name() -> RobotId:
    return RobotId(workflow.info().workflow_id.partition("/")[2])


def _now() -> float:
    return workflow.now().timestamp()


def _there(known: Known | None) -> Known:
    """What is known, where a validator has seen that something is."""
    assert known is not None  # noqa: S101 - see above
    return known


def _details(known: Known) -> str:
    """A robot as Markdown."""
    card, view = known.card, known.view
    since = datetime.fromtimestamp(known.since, UTC)
    decided = f", decided by {view.by}" if view.by else ""
    facts = {
        "status": f"{known.standing}{decided}{f': {view.why}' if view.why else ''}",
        "since": f"{since:%Y-%m-%d %H:%M:%S} UTC",
        "failing": known.failing,
        "environment": card.environment,
        "tags": ", ".join(known.tags),
        "can do": ", ".join(card.capabilities),
        "browsers": ", ".join(f"{name} {version}" for name, version in card.browsers.items()),
        "sessions": f"up to {card.slots}",
        "machine": f"{card.host}, process {card.pid}, {card.cpus} processors, {card.memory // 2**20} MiB",
        "platform": card.platform,
        "versions": f"Aether {card.aether}, Python {card.python}",
        "node types": str(len(card.nodes)),
    }
    rows = [f"| {name} | {text.replace('|', ' ')} |" for name, text in facts.items() if text]
    return "\n".join([f"### {card.robot}", "| | |", "|---|---|", *rows])


def _refuse(refusal: str | None) -> None:
    if refusal is not None:
        raise _refused(refusal, "RobotRefusedError")


def _refused(message: str, kind: str, *details: object) -> ApplicationError:
    return ApplicationError(message, *details, type=kind, non_retryable=True, category=ApplicationErrorCategory.BENIGN)
