"""What people want of a run, held against how it stands."""

from __future__ import annotations

from workflows.answering import check_answer
from workflows.answers import DecideRequest, FixRequest
from workflows.asking import check_decision
from workflows.errors import AnswerRefusedError
from workflows.events import Answered, Decided
from workflows.frames import AskFrame
from workflows.places import step_in
from workflows.plan import ApprovePlan, Plan
from workflows.state import State
from workflows.transfer import transfer

MOST_IDS = 1000
"""Events whose second delivery is recognised."""


def fixed(plan: Plan, state: State, request: FixRequest) -> tuple[Plan, State, Answered]:
    """The plan and state that a fix leads to, and the answer that the machine takes then.

    Raises:
        AnswerRefusedError: it cannot be done.
        InvalidInputError: the run does not accept these inputs.
    """
    answered = Answered(
        request.number, request.action, request.by, request.output, request.goto, request.inputs, request.note
    )
    if request.plan is None:
        check_answer(plan, state, answered)
        return plan, state, answered
    if request.revision != state.revision:
        raise AnswerRefusedError(
            f"the run was given another corrected document meanwhile: it is at version {state.revision}, and "
            f"this answer was made for version {request.revision}; look at it again"
        )
    carried = transfer(plan, request.plan, state, answered)
    check_answer(request.plan, carried, answered)
    return request.plan, carried, answered


def decided(plan: Plan, state: State, request: DecideRequest, *, starter: str) -> Decided:
    """The answer to an approval that the machine takes.

    Raises:
        AnswerRefusedError: nobody asks that any more, or this person may not answer, or the form does not fit.
    """
    decision = Decided(request.number, request.approved, request.by, request.form, request.note)
    for fiber in state.fibers.values():
        top = fiber.stack.top if fiber.stack is not None else None
        step = step_in(plan, fiber.stack)
        if isinstance(top, AskFrame) and top.number == request.number and isinstance(step, ApprovePlan):
            check_decision(step, decision, starter=starter)
            return decision
    raise AnswerRefusedError("this question is not open any more: somebody has answered, or it has expired")


def check_pause(state: State) -> None:
    """Refuse to pause a run that is paused or stops anyway.

    Raises:
        AnswerRefusedError: it is.
    """
    if state.paused:
        raise AnswerRefusedError("the run is paused already")
    if state.cancel != "no":
        raise AnswerRefusedError("the run is being cancelled")


def check_resume(state: State) -> None:
    """Refuse to have a run go on that goes on anyway.

    Raises:
        AnswerRefusedError: it is not paused.
    """
    if not state.paused:
        raise AnswerRefusedError("the run is not paused")


def hear(heard: tuple[str, ...], event: str) -> tuple[str, ...] | None:
    """The ids of events that came, with that of one more; None when it was among them."""
    if not event:
        return heard
    return None if event in heard else (*heard, event)[-MOST_IDS:]
