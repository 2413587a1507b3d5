"""Why a run waits, in words: made of what the run says, what the server knows, and what its pool tells."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from workers.reason import Facts, Reason, moment
from workers.robot_reasons import of_robot, of_step
from workers.underway import Hold
from workflows.call import ErrorValue
from workflows.progress import Waiting

_SLOW_TASK = timedelta(seconds=5)
_RETRY = re.compile(r"attempt (\d+) in \d+ s, after (.*)", re.DOTALL)
_EVENT = re.compile(r"the event '([^']*)'(?: for '([^']*)')?")


def reasons_of(facts: Facts) -> tuple[Reason, ...]:
    """Say why a run waits: first what stops all of it, then branch by branch."""
    waits = facts.progress.waits if facts.progress else ()
    found = (*_of_the_run(facts), *(_branch(facts, waiting) for waiting in waits))
    return found or (Reason("running", "nothing: it is at work"),)


def ended(status: str, at: datetime | None, error: ErrorValue | None, run: str) -> Reason:
    """A run that is over waits for nothing."""
    name = shlex.quote(run)
    again = (f"aether retry {name}", f"aether show {name}") if status != "completed" else (f"aether show {name}",)
    return Reason("ended", f"nothing: it has {_ENDINGS.get(status, status)}", since=at, error=error, remedies=again)


_ENDINGS = {"cancelled": "been cancelled", "terminated": "been terminated"}


def _of_the_run(facts: Facts) -> Sequence[Reason]:
    underway, name = facts.underway, shlex.quote(facts.run)
    found: list[Reason] = []
    if underway.stopped is not None:
        found.append(_held(underway.stopped, "with Temporal's own tools", (f"temporal workflow unpause -w {name}",)))
    if facts.progress is not None and facts.progress.status == "paused":
        found.append(_held(underway.pause or Hold(), "", (f"aether resume {name}",)))
    if underway.trouble is not None:
        what = f": {underway.trouble.message}" if underway.trouble.message else ""
        found.append(
            Reason(
                "defect",
                f"an orchestrator that can go on with it: its task has failed {underway.trouble.attempt} times{what}",
                since=underway.trouble.since,
                remedies=(
                    "the run goes on by itself once an orchestrator with a mended build is there; its log tells more",
                    "aether history replay --open",
                ),
            )
        )
    elif not underway.interpreters or not facts.answered:
        what = f"none answers, though {', '.join(underway.interpreters)} asked for work a moment ago"
        found.append(
            Reason(
                "orchestrator",
                f"an orchestrator: {what if underway.interpreters else 'none is running'}",
                since=underway.task_since,
                remedies=("aether orchestrator start", "aether dev"),
            )
        )
    elif underway.task_since is not None and facts.now - underway.task_since > _SLOW_TASK:
        what = f"an orchestrator that has time for it; there are {', '.join(underway.interpreters)}"
        remedies = ("aether orchestrator start",)
        found.append(Reason("orchestrator", what, since=underway.task_since, remedies=remedies))
    return found


def _held(hold: Hold, how: str, remedies: tuple[str, ...]) -> Reason:
    by = f" by {hold.by}" if hold.by else ""
    note = f": {hold.note}" if hold.note else ""
    why = " ".join(filter(None, (f"somebody who has it go on: it was paused{by}", how))) + note
    return Reason("paused", why, since=hold.at, remedies=remedies)


def _branch(facts: Facts, waiting: Waiting) -> Reason:
    match waiting.kind:
        case "robot":
            return of_robot(facts, waiting)
        case "node":
            return of_step(facts, waiting)
        case kind:
            return replace(_plain(facts, waiting, kind), step=waiting.step, place=waiting.place)


def _plain(
    facts: Facts, waiting: Waiting, kind: Literal["timer", "retry", "person", "event", "child", "parked"]
) -> Reason:
    """What the run itself knows best."""
    run, at = shlex.quote(facts.run), f"--step {shlex.quote(waiting.place)}"
    since, due = facts.since(waiting), moment(waiting.due)
    match kind:
        case "timer":
            return Reason(kind, "its time", since=since, due=due)
        case "retry":
            again = _RETRY.fullmatch(waiting.what)
            why = f"attempt {again[1]}, after {again[2]}" if again else waiting.what
            return Reason(kind, why, since=since, due=due)
        case "person":
            who = f"an answer by {' or '.join(waiting.by)}" if waiting.by else "an answer"
            fields = "".join(f" --field {name}=…" for name in waiting.form)
            remedies = (f"aether approve {run} {at}{fields}", f"aether reject {run} {at}")
            return Reason(kind, f"{who}: {waiting.what}", since=since, due=due, remedies=remedies)
        case "event":
            named = _EVENT.fullmatch(waiting.what)
            event = shlex.quote(named[1]) if named else "EVENT"
            key = f" --key {shlex.quote(named[2])}" if named and named[2] else ""
            return Reason(kind, waiting.what, since=since, due=due, remedies=(f"aether send {run} {event}{key}",))
        case "child":
            child = waiting.child or ""
            below = facts.children.get(child, ())
            deeper = (f"aether explain {shlex.quote(child)}",)
            return Reason(kind, waiting.what, since=since, run=child, because=below, remedies=deeper)
        case "parked":
            error = waiting.error.message if waiting.error else waiting.what
            tries = f" after {waiting.attempts} attempts" if waiting.attempts and waiting.attempts > 1 else ""
            remedies = (
                f"aether fix {run} {at} --action retry|skip|set-output|goto|abort",
                f"aether fix {run} {at} --document FILE",
            )
            why = f"a person, as it is parked{tries}: {error}"
            return Reason(kind, why, since=since, due=due, error=waiting.error, remedies=remedies)
