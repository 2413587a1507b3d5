"""How a session that went with its robot is had again elsewhere.

The robot saves cookies and local storage, and says after each step whether it loaded a document that can be had
again by loading its address. A new session begins there; what was entered into the document since is entered
again. Steps that only look change nothing and are left out. A step with a lasting effect is never done again: where
one has acted on the document since it was loaded, the session is had again as the document says in `restore`, or not;
what was entered after that step is entered again then. A desktop has no address: a new one begins empty, with the
programs that were launched, and what was entered into them, as long as no step has acted on them for good.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile

from workflows.call import BLANK, Checkpoint, ErrorValue, PageMark, SessionGrant
from workflows.deadlines import SHORTEST
from workflows.effects import Outcome, Vanished, in_doubt
from workflows.frames import BlockFrame, CallFrame, RebuildFrame, Redo, RestoreFrame, Scope
from workflows.plan import ENTERING_FORMAT, BlockNumber, CallStep
from workflows.protocol import CallNode, CloseSession, StartTimer
from workflows.spec import Effect
from workflows.state import Held
from workflows.turn import Turn

_PAGES = "browser"
"""The capability whose sessions have pages."""


def note_page(turn: Turn, step: CallStep, redo: Redo, mark: PageMark | None) -> None:
    """A step in a session is done: remember how to have its page again."""
    key = turn.area.key(step.node.capability)
    held = turn.sessions[key]
    saved = held.checkpoint.storage if held.checkpoint else None
    storage = mark.storage if mark is not None and mark.storage is not None else saved
    if mark is not None and mark.document == "fresh":
        held = Held(held.grant, held.capability, Checkpoint(url=mark.url, storage=storage))
    elif step.node.effect is Effect.ONCE or (mark is not None and mark.document == "beyond"):
        held = _acted_upon(turn, held, redo.place)
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


def _acted_upon(turn: Turn, held: Held, place: str) -> Held:
    """A page that a step has changed for good: what was entered before has served its purpose."""
    entering = turn.plan.format >= ENTERING_FORMAT
    return replace(held, unsure=place, since=() if entering else held.since)


def lose(turn: Turn, key: str) -> None:
    """A session is gone, or of no use any more."""
    held = turn.sessions[key]
    if held.grant is not None:
        turn.commands.append(CloseSession(held.grant.id))
        turn.sessions = {**turn.sessions, key: replace(held, grant=None)}


def rebuild(turn: Turn, frame: CallFrame, key: str, block: BlockNumber) -> None:
    """Do what the document says about having a page again; then the call goes on."""
    held = turn.sessions[key]
    storage = held.checkpoint.storage if held.checkpoint is not None else None
    turn.sessions = {**turn.sessions, key: Held(None, held.capability, Checkpoint(url=BLANK, storage=storage))}
    why = f"its {held_thing(held.capability)} is had again"
    turn.swap(replace(frame, waits_for="retry", number=0, due=turn.now, why=why))
    entered = held.since if turn.plan.format >= ENTERING_FORMAT else ()
    turn.push(RebuildFrame(block, turn.scope, entered))
    turn.push(BlockFrame(block))
    turn.scope = Scope({}, turn.scope)


def rebuilt(turn: Turn, frame: RebuildFrame) -> None:
    """The page is there again: what was entered since is entered, and the call that needs it goes on."""
    turn.pop()
    turn.scope = frame.scope
    call, step = turn.top, turn.step()
    assert isinstance(call, CallFrame)  # noqa: S101 - it was put on one
    assert isinstance(step, CallStep)  # noqa: S101 - the same
    key = turn.area.key(step.node.capability)
    held = turn.sessions[key]
    since = _not_done(frame.since, held.since)
    turn.sessions = {**turn.sessions, key: replace(held, since=(*held.since, *since))}
    if since and held.grant is not None:
        turn.push(RestoreFrame(0, since))
        enter_again(turn, held.grant, since)
        return
    number = turn.number()
    turn.commands.append(StartTimer(number, SHORTEST, f"the {held_thing(held.capability)} is there again"))
    turn.swap(replace(call, number=number))


def _not_done(since: tuple[Redo, ...], done: tuple[Redo, ...]) -> tuple[Redo, ...]:
    """What is left to enter: not what comes first and `restore` has done already, e.g. launched a program."""
    known = [(redo.step.node.type, redo.params, redo.secrets) for redo in done]
    return tuple(dropwhile(lambda redo: (redo.step.node.type, redo.params, redo.secrets) in known, since))


def enter_again(turn: Turn, grant: SessionGrant, remaining: tuple[Redo, ...]) -> None:
    """Do the first of some steps again, in a session that has their page again."""
    redo = remaining[0]
    number = turn.number()
    turn.swap(RestoreFrame(number, remaining))
    turn.commands.append(
        CallNode(
            number=number,
            step=redo.step,
            place=redo.place,
            attempt=1,
            params=redo.params,
            secrets=redo.secrets,
            session=grant,
            files=turn.files if redo.step.node.workspace else None,
        )
    )


def beyond_restoring(step: str, capability: str, unsure: str) -> ErrorValue:
    """The error of a step whose page, or desktop, cannot be had again."""
    if capability == _PAGES:
        message = (
            f"the session was lost with its robot, and its page cannot be rebuilt without doing {unsure!r} again, "
            "which could do it twice"
        )
    else:
        message = (
            f"the {capability} session was lost with its robot, and its programs cannot be brought back to where they "
            f"were without doing {unsure!r} again, which could do it twice; say in the document's `restore` how to get "
            "there"
        )
    return ErrorValue(type="SessionLostError", kind="robot", message=message, step=step)


def held_thing(capability: str) -> str:
    """What is had again of a session, for people."""
    return "page" if capability == _PAGES else capability
