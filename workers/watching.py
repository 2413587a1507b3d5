"""What a robot does right now: the steps under way, and how those that ended went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from workers.breaker import Part
from workflows.call import SessionGrant, SessionRequest, StepCall
from workflows.fleet import ORDER_ACTIVITY, PRESENCE_ACTIVITY, BusyStep

T = TypeVar("T")

SHUTDOWN = "WorkerShutdown"
"""What Temporal calls the failure of an activity whose robot stops."""

_NO_WORK = frozenset({PRESENCE_ACTIVITY, ORDER_ACTIVITY})

Ended = Callable[[Part, BaseException | None], None]
"""Is told of each piece of work that ended: what it used, and why it failed if it did."""


@dataclass(slots=True, eq=False)
class _Doing:
    """One activity, from its beginning to its end."""

    task: asyncio.Task[Any]
    queue: str
    step: BusyStep | None
    handed_back: bool = False


@dataclass
class Underway(Interceptor):
    """Watches all activities of a robot."""

    ended: Ended
    _doing: set[_Doing] = field(default_factory=set)

    @property
    def steps(self) -> tuple[BusyStep, ...]:
        """The steps under way, the oldest first."""
        found = [doing.step for doing in self._doing if doing.step is not None]
        return tuple(sorted(found, key=lambda step: step.since))

    def hand_back(self, queues: Iterable[str]) -> None:
        """Have what was taken from these queues fail as it does when a robot stops."""
        given = set(queues)
        for doing in self._doing:
            if doing.queue in given:
                doing.handed_back = True
                doing.task.cancel()

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Watched(next, self)

    async def watch(self, arguments: Sequence[object], work: Callable[[], Awaitable[T]]) -> T:
        """Do an activity's work, known as long as it lasts."""
        info = activity.info()
        if info.activity_type in _NO_WORK:
            return await work()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - activities are tasks
        call = next((argument for argument in arguments if isinstance(argument, StepCall)), None)
        step = None if call is None else _busy_with(call, info.activity_type)
        doing = _Doing(task, info.task_queue, step)
        used = _used(arguments)
        self._doing.add(doing)
        try:
            result = await work()
        except asyncio.CancelledError:
            if doing.handed_back:
                raise ApplicationError("the robot stops", type=SHUTDOWN, non_retryable=True) from None
            raise
        except Exception as error:
            self.ended(used, error)
            raise
        finally:
            self._doing.discard(doing)
        self.ended(used, None)
        return result


class _Watched(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, underway: Underway) -> None:
        super().__init__(inner)
        self._underway = underway

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        return await self._underway.watch(input.args, lambda: self.next.execute_activity(input))


def _used(arguments: Sequence[object]) -> Part:
    """What of the robot an activity needs: a session's kind, if it has to do with one."""
    for argument in arguments:
        holder = argument.session if isinstance(argument, StepCall) else argument
        if isinstance(holder, SessionRequest | SessionGrant):
            return "desktop" if holder.capability == "desktop" else "browser"
    return "machine"


def _busy_with(call: StepCall, node: str) -> BusyStep:
    return BusyStep(run=call.run, place=call.place, node=node, since=time.time())
