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
from workflows.frames import Redo
from workflows.plan import CallStep
from workflows.protocol import CloseSession
from workflows.spec import Effect
from workflows.state import Held
from workflows.turn import Turn


def note_page(turn: Turn, step: CallStep, redo: Redo, mark: PageMark | None) -> None:
    """A step in a session is done: remember how to have its page again."""
    key = turn.area.key(step.node.capability)
    held = turn.sessions[key]
    saved = held.checkpoint.storage if held.checkpoint else None
    storage = mark.storage if mark is not None and mark.storage is not None else saved
    if mark is not None and mark.document == "fresh":
        held = Held(held.grant, held.capability, Checkpoint(url=mark.url, storage=storage))
    elif step.node.effect is Effect.ONCE or (mark is not None and mark.document == "beyond"):
        held = replace(held, unsure=redo.place)
    elif step.node.effect is Effect.IDEMPOTENT:
        held = replace(held, since=(*held.since, redo))
    if held.checkpoint is not None and held.checkpoint.storage != storage:
        held = replace(held, checkpoint=Checkpoint(url=held.checkpoint.url, storage=storage))
    turn.sessions = {**turn.sessions, key: held}


def note_failure(turn: Turn, step: CallStep, place: str, outcome: Outcome) -> None:
    """An attempt in a session did not succeed: it may have cost the session, or left its page in doubt."""
    key = turn.area.key(step.node.capability)
    if key not in turn.sessions:
        return
    if step.node.effect is Effect.ONCE and in_doubt(outcome):
        turn.sessions = {**turn.sessions, key: replace(turn.sessions[key], unsure=place)}
    lost = outcome.robot_lost if isinstance(outcome, Vanished) else outcome.error.type == "SessionLostError"
    if lost:
        lose(turn, key)


def lose(turn: Turn, key: str) -> None:
    """A session is gone, or of no use any more."""
    held = turn.sessions[key]
    if held.grant is not None:
        turn.commands.append(CloseSession(held.grant.id))
        turn.sessions = {**turn.sessions, key: replace(held, grant=None)}


def beyond_restoring(step: str, unsure: str) -> ErrorValue:
    """The error of a step whose page cannot be had again."""
    message = (
        f"the session was lost with its robot, and its page cannot be rebuilt without doing {unsure!r} again, "
        "which could do it twice"
    )
    return ErrorValue(type="SessionLostError", kind="robot", message=message, step=step)
