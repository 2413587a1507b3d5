"""The workflow `aether/sweeper`: every minute it has the platform look for runs that were ended past Aether."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow

from workflows.call import Message

SWEEPER = "aether.sweeper"
SWEEPER_ID = "aether/sweeper"
SWEEP_ACTIVITY = "aether.sweep"
"""Takes a `Sweep` and gives the next one."""

DELIBERATE = "aether"
"""What Aether writes into the details of a termination of its own, so that nobody is told of it."""

_ATTEMPT = timedelta(minutes=5)


class Sweep(Message):
    """How far the sweeper has come."""

    since: datetime | None = None
    """Runs that ended before are of no interest; None before the first look."""
    known: tuple[str, ...] = ()
    """Executions that ended since then and have been reported."""


class SweeperState(Message):
    """What the sweeper takes along when it continues as new."""

    sweep: Sweep = Sweep()
    pause: timedelta = timedelta(minutes=1)
    """How long it rests between two looks."""
    longest: int = 1000
    """How many events a history should have."""


@workflow.defn(name=SWEEPER)
class Sweeper:
    """Looks again and again, for as long as the installation lasts."""

    @workflow.run
    async def run(self, state: SweeperState) -> None:
        """Look, rest, look again."""
        sweep = state.sweep if state.sweep.since else Sweep(since=workflow.now())
        while workflow.info().get_current_history_length() < state.longest:
            sweep = await workflow.execute_activity(
                SWEEP_ACTIVITY, sweep, result_type=Sweep, start_to_close_timeout=_ATTEMPT, summary="look for ended runs"
            )
            await workflow.sleep(state.pause, summary="rest")
        workflow.continue_as_new(state.model_copy(update={"sweep": sweep}))
