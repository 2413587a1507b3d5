"""Why a run has no robot, or what its robot is at."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workers.reason import Facts, Reason, ReasonKind
from workers.underway import ROBOT_QUEUES, Line, Work
from workflows.duration import format_duration
from workflows.fleet import BusyStep, Candidate, Explanation, Lease
from workflows.ids import DEFAULT_ENVIRONMENT, SESSION_ACTIVITY
from workflows.progress import Waiting

SILENT = timedelta(seconds=5)
"""Robots give a sign of life in every step several times in this time."""

_WAITS = "waits for "


def of_robot(facts: Facts, waiting: Waiting) -> Reason:
    """A robot that is to come, or a share of what is scarce."""
    base = Reason("robot", waiting.what.removeprefix(_WAITS), waiting.step, waiting.place, since=facts.since(waiting))
    told = facts.granting.get(waiting.request) if waiting.request else None
    match told:
        case Explanation():
            return _granting(facts, waiting, told, base)
        case str():
            remedies = ("aether orchestrator start", "aether dev")
            return replace(base, kind="pool", why=f"{base.why}; {told}", remedies=remedies)
        case _:
            return _opening(facts, waiting, base)


def _granting(facts: Facts, waiting: Waiting, told: Explanation, base: Reason) -> Reason:
    kind: ReasonKind = "robot" if waiting.tags else "limit"
    return replace(
        base,
        kind=kind,
        why=_wish(told.why, kind),
        since=datetime.fromtimestamp(told.since, UTC),
        ahead=told.ahead,
        candidates=told.candidates,
        lacking=told.lacking,
        holders=told.holders,
        doing=tuple(step for lease in told.holders if (step := _doing(facts, lease))),
        remedies=tuple(dict.fromkeys(_remedies(facts, waiting, told))),
    )


def _wish(why: str, kind: ReasonKind) -> str:
    """The words of a pool as what follows `waits for`."""
    if why.startswith(_WAITS):
        return why.removeprefix(_WAITS)
    return f"{'a robot' if kind == 'robot' else 'its share'}: {why}"


def _doing(facts: Facts, lease: Lease) -> BusyStep | None:
    """What a robot does now for the run that holds its session."""
    busy = facts.busy.get(lease.robot) if lease.robot else None
    return next((step for step in busy.steps if step.run == lease.request.run), None) if busy else None


def _remedies(facts: Facts, waiting: Waiting, told: Explanation) -> Iterator[str]:
    """What gets it a robot: one that serves again, comes back or is new, or a run that gives its own back."""
    variable = f"AETHER_ENVIRONMENT={facts.environment} " if facts.environment != DEFAULT_ENVIRONMENT else ""
    for each in told.candidates:
        robot = shlex.quote(each.robot)
        if each.why.startswith(("is draining", "is paused")):
            yield f"aether robot resume {robot}"
        elif each.why.startswith(("is lost", "is offline")):
            yield f"{variable}aether robot start --id {robot}"
    if told.unroutable:
        _, *tags = waiting.tags or ("",)
        yield f"{variable}aether robot start" + "".join(f" --tag {shlex.quote(tag)}" for tag in tags)
    for lease in told.holders[:1]:
        yield f"aether explain {shlex.quote(lease.request.run)}"


def _opening(facts: Facts, waiting: Waiting, base: Reason) -> Reason:
    """The pool has nothing to say: it has granted the wish, so that a robot opens the session."""
    sessions = [work for work in facts.underway.works if work.node == SESSION_ACTIVITY]
    work = next((work for work in sessions if work.session and work.session == waiting.request), None)
    work = work or next((work for work in sessions if work.state == "waiting"), None)
    if work is None:
        return base
    if work.state == "waiting":
        return replace(_untaken(facts, work, "the session"), step=waiting.step, place=waiting.place)
    why = f"robot {work.robot!r}, which opens the session"
    return replace(base, kind="opening", why=why, robot=work.robot, since=work.since)


def of_step(facts: Facts, waiting: Waiting) -> Reason:
    """A step that a robot does, or should do."""
    work = _work(facts, waiting)
    if work is None:
        return Reason("step", waiting.what, waiting.step, waiting.place, since=facts.since(waiting))
    return replace(_worked(facts, waiting, work), step=waiting.step, place=waiting.place)


def _work(facts: Facts, waiting: Waiting) -> Work | None:
    """The call of a step; where the history does not tell its place, the only one of its node."""
    works = facts.underway.works
    known = next((work for work in works if work.place == waiting.place), None)
    steps = facts.progress.steps if facts.progress else ()
    node = next((step.kind for step in steps if step.id == waiting.step), None)
    alike = [work for work in works if work.place is None and work.node == node]
    return known or (alike[0] if len(alike) == 1 else None)


def _worked(facts: Facts, waiting: Waiting, work: Work) -> Reason:
    attempt = f", attempt {waiting.attempts}" if waiting.attempts and waiting.attempts > 1 else ""
    what = f"{work.node}{attempt}"
    silence = facts.now - work.heard if work.heard else timedelta()
    match work.state:
        case "waiting":
            return _untaken(facts, work, what)
        case "paused":
            how = f" by {work.by}" if work.by else ""
            unpause = f"temporal activity unpause -w {shlex.quote(facts.run)} -a {work.id}"
            return Reason("paused", f"{what}, which was paused{how} with Temporal's own tools", remedies=(unpause,))
        case _ if silence > SILENT and work.patience is not None:
            lost = work.heard + work.patience if work.heard else None
            why = f"{what} on robot {work.robot!r}, which has been silent for {_rough(silence)} and passes for lost"
            limit = f" after {format_duration(work.patience)}"
            return Reason("silent", why + limit, since=work.heard, due=lost, robot=work.robot)
        case state:
            word = "asked to stop on" if state == "stopping" else "on"
            why = f"{what}, {word} robot {work.robot!r}, last heard of {_rough(silence)} ago"
            return Reason("step", why, since=work.since, robot=work.robot)


def _untaken(facts: Facts, work: Work, what: str) -> Reason:
    """What nobody has taken: as nobody is there, or as all have their hands full."""
    line = facts.underway.lines.get(work.queue, Line(work.queue, ()))
    if line.name.startswith(ROBOT_QUEUES):
        robot = work.robot
        state = "does not answer" if not line.takers else "has not taken it yet"
        return Reason("silent", f"robot {robot!r} to take {what}; it {state}", since=work.since, robot=robot)
    offer = line.name.rpartition(".cap.")[2] or line.name
    if not line.takers:
        why = f"a robot that offers {offer!r}, to do {what}: there is none"
        return Reason("queue", why, since=work.since, remedies=("aether robot start", "aether robot list"))
    more = f"; {line.backlog} steps wait in line" if line.backlog > 1 else ""
    why = f"a robot that has time for {what}: {', '.join(line.takers)} have their hands full{more}"
    busy = tuple(Candidate(robot=robot, why="does as much as it can") for robot in line.takers)
    return Reason("queue", why, since=work.since, candidates=busy, remedies=("aether robot start",))


def _rough(length: timedelta) -> str:
    return f"{length.total_seconds():.0f} s"
