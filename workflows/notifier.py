"""The workflow `aether/notifier`: it tells people of incidents, once each and then now and again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.call import Message
from workflows.grouping import Due, Grouped, flush, group
from workflows.notice import DELIVER_ACTIVITY, NOTIFIER, Channel, Delivery, Told

_ATTEMPT = timedelta(seconds=30)
_PATIENCE = timedelta(hours=6)
"""What could not be delivered for so long is of no use any more."""
_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5))
_IMPATIENCE = 4
"""So many times as long as it should be, history does not wait for deliveries under way: they are taken along."""


class Parcel(Message):
    """A delivery on one of its ways."""

    delivery: Delivery
    channel: Channel


class NotifierState(Message):
    """What the notifier takes along when it continues as new."""

    grouped: Grouped = Grouped()
    parcels: tuple[Parcel, ...] = ()
    """What is still to be delivered."""
    longest: int = 2000
    """How many events a history should have."""


@workflow.defn(name=NOTIFIER)
class Notifier:
    """Groups notices by incident and delivers them; it ends when there is nothing more to say."""

    @workflow.init
    def __init__(self, state: NotifierState) -> None:
        self._grouped = state.grouped
        self._longest = state.longest
        self._inbox: list[Told] = []
        self._parcels: dict[Parcel, asyncio.Task[None]] = {}

    @workflow.run
    async def run(self, state: NotifierState) -> None:
        """Deliver until everything is said."""
        self._send(state.parcels)
        while True:
            self._take()
            if self._over():
                return
            if self._long():
                workflow.continue_as_new(self._state())
            await self._next()

    @workflow.signal(name="told", description="Something happened that people want to know.")
    def told(self, told: Told) -> None:
        """Something happened that people want to know."""
        self._inbox.append(told)

    def _take(self) -> None:
        now = workflow.now()
        self._grouped, due = flush(self._grouped, now)
        self._deliver(due)
        for told in self._inbox:
            self._grouped, due = group(self._grouped, told, now)
            self._deliver(due)
        self._inbox.clear()

    def _deliver(self, due: Iterable[Due]) -> None:
        for each in due:
            self._send(Parcel(delivery=each.delivery, channel=channel) for channel in each.channels)

    def _send(self, parcels: Iterable[Parcel]) -> None:
        for parcel in parcels:
            self._parcels[parcel] = sending = asyncio.create_task(_sent(parcel))
            sending.add_done_callback(partial(self._forget, parcel))

    def _forget(self, parcel: Parcel, _: asyncio.Task[None]) -> None:
        del self._parcels[parcel]

    async def _next(self) -> None:
        due = self._grouped.next_due
        within = (due - workflow.now()).total_seconds() if due else None
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: bool(self._inbox) or self._over() or self._long(), timeout=within, timeout_summary="be quiet"
            )

    def _over(self) -> bool:
        return not (self._inbox or self._parcels or self._grouped.incidents)

    def _long(self) -> bool:
        """Whether it is time to continue as new."""
        length = workflow.info().get_current_history_length()
        return length > (self._longest * _IMPATIENCE if self._parcels else self._longest)

    def _state(self) -> NotifierState:
        return NotifierState(grouped=self._grouped, parcels=tuple(self._parcels), longest=self._longest)


async def _sent(parcel: Parcel) -> None:
    try:
        await workflow.execute_activity(
            DELIVER_ACTIVITY,
            args=[parcel.delivery, parcel.channel],
            start_to_close_timeout=_ATTEMPT,
            schedule_to_close_timeout=_PATIENCE,
            retry_policy=_RETRIES,
            summary=f"{parcel.delivery.notice.kind} by {parcel.channel}",
        )
    except ActivityError:
        return  # each attempt has logged why
