"""How a session that went with its robot is had again elsewhere.

The robot saves cookies and local storage, and says after each step whether it loaded a document that can be had
again by loading its address. A new session begins there; what was entered into the document since is entered
again. Steps that only look change nothing and are left out. A step with a lasting effect is never done again: where
one has acted on the document since it was loaded, the session cannot be had again.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.call import Checkpoint, ErrorValue, PageMark
from workflows.effects import Outcome, Vanished, in_doubt
from workflows.plan import CallStep
from workflows.protocol import CloseSession
from workflows.spec import Effect
from workflows.state import Held, Redo
from workflows.turn import Turn


def note_page(turn: Turn, step: CallStep, redo: Redo, mark: PageMark | None) -> None:
    """A step in a session is done: remember how to have its page again."""
    held = turn.sessions[step.node.capability]
    saved = held.checkpoint.storage if held.checkpoint else None
    storage = mark.storage if mark is not None and mark.storage is not None else saved
    if mark is not None and mark.document == "fresh":
        held = Held(held.grant, Checkpoint(url=mark.url, storage=storage))
    elif step.node.effect is Effect.ONCE or (mark is not None and mark.document == "beyond"):
        held = replace(held, unsure=redo.place)
    elif step.node.effect is Effect.IDEMPOTENT:
        held = replace(held, since=(*held.since, redo))
    if held.checkpoint is not None and held.checkpoint.storage != storage:
        held = replace(held, checkpoint=Checkpoint(url=held.checkpoint.url, storage=storage))
    turn.sessions = {**turn.sessions, step.node.capability: held}


def note_failure(turn: Turn, step: CallStep, place: str, outcome: Outcome) -> None:
    """An attempt in a session did not succeed: it may have cost the session, or left its page in doubt."""
    capability = step.node.capability
    if capability not in turn.sessions:
        return
    if step.node.effect is Effect.ONCE and in_doubt(outcome):
        turn.sessions = {**turn.sessions, capability: replace(turn.sessions[capability], unsure=place)}
    lost = outcome.robot_lost if isinstance(outcome, Vanished) else outcome.error.type == "SessionLostError"
    if lost:
        lose(turn, capability)


def lose(turn: Turn, capability: str) -> None:
    """A session is gone, or of no use any more."""
    held = turn.sessions[capability]
    if held.grant is not None:
        turn.commands.append(CloseSession(held.grant.id))
        turn.sessions = {**turn.sessions, capability: replace(held, grant=None)}


def beyond_restoring(step: str, unsure: str) -> ErrorValue:
    """The error of a step whose page cannot be had again."""
    message = (
        f"the session was lost with its robot, and its page cannot be rebuilt without doing {unsure!r} again, "
        "which could do it twice"
    )
    return ErrorValue(type="SessionLostError", kind="robot", message=message, step=step)
