"""Incidents: runs that wait at the same step for the same reason, and how all of them are fixed at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

from workflows.answers import FixRequest
from workflows.call import Message
from workflows.notice import IncidentId, incident_id
from workflows.progress import Decision, RunProgress, Waiting

FIX_INCIDENT = "aether.fix_incident"
FIX_PROGRESS_QUERY = "progress"
"""The Temporal query that answers with a `FixProgress`."""

LIST_ACTIVITY = "aether.list_parked"
"""Takes a `Cause` and gives the ids of the runs that are parked for it."""

FIX_RUN_ACTIVITY = "aether.fix_run"
"""Takes a run's id and gives a `Fixed`; what to do is in the order of the workflow that calls it."""

WATCH_RUN_ACTIVITY = "aether.watch_run"
"""Takes a run's id and gives a `Judgement` as soon as there is one."""

MOST_RUNS = 10_000
"""More are left for the next fix."""

MOST_PROBLEMS = 20
"""Refusals that are shown."""

Verdict: TypeAlias = Literal["passed", "parked", "ended", "late"]
"""What became of a canary: it is past the step; it parked there again; it ended without; nobody can tell in time."""

Outcome: TypeAlias = Literal["fixed", "gone", "refused"]
"""What became of a fix: the run took it; the run does not wait for it any more; the run cannot take it."""

Phase: TypeAlias = Literal["looking", "canary", "rest", "done", "stopped"]

_OVER = {"completed", "failed", "cancelled", "terminated"}


class Cause(Message):
    """What the runs of an incident have in common."""

    document: str
    step: str
    """Empty where only the outputs of the runs are missing."""
    error: str
    """The error's type and fingerprint."""

    @property
    def incident(self) -> IncidentId:
        """The incident's name."""
        return incident_id(self.document, self.step or None, self.error)


class FixOrder(Message):
    """What to do with all runs of an incident."""

    cause: Cause
    request: FixRequest
    """As for one run; its number and revision are those of each run."""
    canary: int = 3
    """How many are fixed and watched before the others."""
    window: int = 20
    """How many of the others are fixed at the same time."""
    patience: timedelta = timedelta(minutes=10)
    """How long a canary may take to get past the step."""


class Fixed(Message):
    """What became of the fix of one run."""

    outcome: Outcome
    reason: str = ""
    """Why not."""


class Judgement(Message):
    """What became of a canary."""

    verdict: Verdict


class Canary(Message):
    """One of the runs that are fixed first."""

    run: str
    verdict: Verdict | None = None
    """None while it is being watched."""


class Refusal(Message):
    """A run that could not be fixed."""

    run: str
    reason: str


class FixProgress(Message):
    """How far the fix of an incident is."""

    phase: Phase = "looking"
    reason: str = ""
    """Stopped: why."""
    total: int = 0
    fixed: int = 0
    gone: int = 0
    """Runs that did not wait for it any more."""
    refused: int = 0
    canaries: tuple[Canary, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """The first ones."""

    def counting(self, run: str, fixed: Fixed) -> FixProgress:
        """The same after one more run."""
        update: dict[str, object] = {fixed.outcome: getattr(self, fixed.outcome) + 1}
        if fixed.outcome == "refused":
            update["refusals"] = (*self.refusals, Refusal(run=run, reason=fixed.reason))[:MOST_PROBLEMS]
        return self.model_copy(update=update)

    def judging(self, run: str, verdict: Verdict | None) -> FixProgress:
        """The same after what became of a canary is known; with no verdict, it is a new canary."""
        others = tuple(canary for canary in self.canaries if canary.run != run)
        return self.model_copy(update={"canaries": (*others, Canary(run=run, verdict=verdict))})

    def at(self, phase: Phase, reason: str = "") -> FixProgress:
        """The same in another phase."""
        return self.model_copy(update={"phase": phase, "reason": reason})


class FixState(Message):
    """What the fix of an incident is started with, and takes along when it continues as new."""

    order: FixOrder
    progress: FixProgress = FixProgress()
    runs: tuple[str, ...] = ()
    """Those still to be fixed."""
    longest: int = 4000
    """How many events a history should have."""


def fix_id(incident: IncidentId) -> str:
    """Name the workflow that fixes an incident: there is one at a time."""
    return f"incident-fix/{incident}"


def parked_for(progress: RunProgress, cause: Cause) -> tuple[Waiting, ...]:
    """The branches of a run that wait for this cause."""
    return tuple(
        waiting
        for waiting in progress.waits
        if waiting.kind == "parked"
        and (waiting.step or "") == cause.step
        and (waiting.cause or "").startswith(cause.error)  # lists of Temporal hold the beginning of long ones
    )


def fixed_with(progress: RunProgress, mark: str) -> tuple[Decision, ...]:
    """What a fix that marks its notes like this has had a run do."""
    return tuple(decision for decision in progress.decisions if mark in decision.note)


def verdict_on(progress: RunProgress, cause: Cause, mark: str) -> Verdict | None:
    """Whether a canary shows that the fix is right; None as long as it shows nothing."""
    made = fixed_with(progress, mark)
    if progress.status in _OVER:
        wanted = progress.status == "completed" or any(decision.action == "abort" for decision in made)
        return "passed" if wanted else "ended"
    places = {decision.place for decision in made}
    there = [waiting for waiting in progress.waits if waiting.place in places]
    if parked_for(progress, cause) or any(waiting.kind == "parked" for waiting in there):
        return "parked"
    return None if there or _on_the_way(progress, cause, made) else "passed"


def _on_the_way(progress: RunProgress, cause: Cause, made: tuple[Decision, ...]) -> bool:
    """Whether a run that was sent back to an earlier step has yet to come to the one it was parked at."""
    sent = max((decision.at for decision in made if decision.action == "goto"), default=None)
    if sent is None:
        return False
    return not any(step.id == cause.step and (step.started or 0.0) >= sent for step in progress.steps)
