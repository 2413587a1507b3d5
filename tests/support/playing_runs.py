"""Runs played without a server: the pool and the robots say what a test has them say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.commands import Work
from tests.support.play import Play, playing
from workflows.answers import CHILD_SIGNAL, EVENT_SIGNAL, ChildReport, EventMessage
from workflows.call import SessionGrant, StepOutcome
from workflows.fleet import PLACED_SIGNAL, REQUEST_SIGNAL, RETURNED_SIGNAL, LeaseRequest, Placement
from workflows.ids import SESSION_ACTIVITY
from workflows.plan import Plan
from workflows.progress import PROGRESS_QUERY, RunProgress, Waiting, WaitKind
from workflows.run import Run
from workflows.start import RunInput


@contextmanager
def playing_run(plan: Plan, *, meanwhile: Callable[[Play], object] = bool, **given: Any) -> Iterator[Play]:
    """A run that has just been started; what happens meanwhile comes to it with its start."""
    with going_on(RunInput.model_validate({"plan": plan, "inputs": {}, "files": {}, **given}), meanwhile) as run:
        yield run


@contextmanager
def going_on(given: RunInput, meanwhile: Callable[[Play], object] = bool, **facts: Any) -> Iterator[Play]:
    """The next execution of a run."""
    with playing(Run, given, meanwhile=meanwhile, **facts) as run:
        yield run


def requests(run: Play) -> list[LeaseRequest]:
    """What a run has asked of its pool, the first first."""
    return [LeaseRequest.model_validate(said.message) for said in run.told(REQUEST_SIGNAL)]


def given_back(run: Play) -> list[str]:
    """What a run has given back to its pool."""
    return [said.message["id"] for said in run.told(RETURNED_SIGNAL)]


def place(run: Play, robot: str | None = "r1") -> str:
    """The pool grants what the run has asked for last; gives its name."""
    name = requests(run)[-1].id
    run.signal(PLACED_SIGNAL, Placement(id=name, robot=robot, lease=7))
    return name


def open_session(run: Play, robot: str = "r1") -> Work:
    """A robot opens the session that the run has asked it for last."""
    holding = run.at_work(SESSION_ACTIVITY)[-1]
    asked = holding.args[0]
    grant = SessionGrant(id=asked["session"], robot=robot, capability=asked["capability"], lease=asked["lease"])
    run.signal("session_opened", grant)
    return holding


def have_session(run: Play, robot: str = "r1") -> str:
    """The run gets the session that it has asked for last; gives its name."""
    name = place(run, robot)
    open_session(run, robot)
    return name


def event(run: Play, name: str = "go") -> None:
    """Something happens outside that the run waits for."""
    run.signal(EVENT_SIGNAL, EventMessage(event=name, data=None))


def reports(run: Play, number: int, **facts: Any) -> None:
    """A run that this one has called tells how it ended."""
    run.signal(CHILD_SIGNAL, ChildReport(number=number, **facts))


def done(run: Play, node: str, output: Any = None) -> None:
    """The robot has done a step."""
    run.done(run.at_work(node)[-1], StepOutcome(output=output or {}))


def progress(run: Play) -> RunProgress:
    """What a run says of itself."""
    told = run.query(PROGRESS_QUERY, kind=RunProgress)
    assert told is not None
    return told


def waits(run: Play, kind: WaitKind) -> Waiting:
    """What of this kind the run waits for."""
    return next(each for each in progress(run).waits if each.kind == kind)
