"""Why a run waits, in words: made of what the run says, what the server knows, and what its pool tells."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from workers.underway import ROBOT_QUEUES, Hold, Line, Underway, Work
from workflows.call import ErrorValue
from workflows.duration import format_duration
from workflows.fleet import Busy, BusyStep, Candidate, Explanation, Lease
from workflows.ids import DEFAULT_ENVIRONMENT, SESSION_ACTIVITY
from workflows.progress import RunProgress, Waiting

ReasonKind = Literal[
    "timer", "retry", "person", "event", "child", "parked", "paused", "robot", "limit", "pool", "opening", "step",
    "silent", "queue", "orchestrator", "defect", "running", "ended",
]  # fmt: skip

MISSING = frozenset({"defect", "orchestrator", "paused", "pool", "queue", "robot", "limit", "silent"})
"""What somebody should know of who believes that a run is at work."""

SILENT = timedelta(seconds=5)
"""Robots give a sign of life in every step several times in this time."""

_WAITS = "waits for "
_SLOW_TASK = timedelta(seconds=5)
_RETRY = re.compile(r"attempt (\d+) in \d+ s, after (.*)", re.DOTALL)
_EVENT = re.compile(r"the event '([^']*)'(?: for '([^']*)')?")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a run, or one of its branches, waits for."""

    kind: ReasonKind
    why: str
    """In one line."""
    step: str | None = None
    place: str | None = None
    """The step with the rounds and branches it is in; None where all of the run waits."""
    since: datetime | None = None
    due: datetime | None = None
    """When it ends by itself."""
    robot: str | None = None
    """The robot it is about."""
    run: str | None = None
    """The run that is waited for."""
    error: ErrorValue | None = None
    ahead: int | None = None
    """How many others come first."""
    candidates: tuple[Candidate, ...] = ()
    """Robots that could take it, and why each does not."""
    lacking: tuple[Candidate, ...] = ()
    """Robots that could not, and what they lack."""
    holders: tuple[Lease, ...] = ()
    """Who holds what it waits for."""
    doing: tuple[BusyStep, ...] = ()
    """What robots do now for those who hold it."""
    remedies: tuple[str, ...] = ()
    """What a person can do, as commands or in words."""
    because: tuple[Reason, ...] = ()
    """What the run that is waited for waits for itself."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a run that has not ended."""

    run: str
    now: datetime
    environment: str = DEFAULT_ENVIRONMENT
    progress: RunProgress | None = None
    underway: Underway = field(default_factory=Underway)
    answered: bool = True
    """Whether the run answered when it was asked, so that somebody interprets it."""
    granting: Mapping[str, Explanation | str | None] = field(default_factory=dict)
    """What the pool says of each request that waits; None for one it does not know, words where it does not answer."""
    busy: Mapping[str, Busy] = field(default_factory=dict)
    """What robots do that others hold."""
    children: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    """What the runs that are waited for wait for."""


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
            return _robot(facts, waiting)
        case "node":
            return _node(facts, waiting)
        case kind:
            return replace(_plain(facts, waiting, kind), step=waiting.step, place=waiting.place)


def _plain(
    facts: Facts, waiting: Waiting, kind: Literal["timer", "retry", "person", "event", "child", "parked"]
) -> Reason:
    """What the run itself knows best."""
    run, at = shlex.quote(facts.run), f"--step {shlex.quote(waiting.place)}"
    since, due = _since(facts, waiting), _moment(waiting.due)
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


def _robot(facts: Facts, waiting: Waiting) -> Reason:
    """A robot that is to come, or a share of what is scarce."""
    base = Reason("robot", waiting.what.removeprefix(_WAITS), waiting.step, waiting.place, since=_since(facts, waiting))
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
    for each in told.candidates:
        robot = shlex.quote(each.robot)
        if each.why.startswith(("is draining", "is paused")):
            yield f"aether robot resume {robot}"
        elif each.why.startswith(("is lost", "is offline")):
            yield f"aether robot start --id {robot}"
    if told.unroutable:
        _, *tags = waiting.tags or ("",)
        variable = f"AETHER_ENVIRONMENT={facts.environment} " if facts.environment != DEFAULT_ENVIRONMENT else ""
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


def _node(facts: Facts, waiting: Waiting) -> Reason:
    """A step that a robot does, or should do."""
    work = _work(facts, waiting)
    if work is None:
        return Reason("step", waiting.what, waiting.step, waiting.place, since=_since(facts, waiting))
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


def _since(facts: Facts, waiting: Waiting) -> datetime | None:
    """Since when a branch waits: as it says itself, else since its step began."""
    if waiting.since is not None:
        return _moment(waiting.since)
    steps = facts.progress.steps if facts.progress else ()
    return next((_moment(step.started) for step in steps if step.id == waiting.step and step.started), None)


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _rough(length: timedelta) -> str:
    return f"{length.total_seconds():.0f} s"
