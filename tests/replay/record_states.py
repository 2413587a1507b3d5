"""Record states at rest that every later build must still be able to go on with.

Run `python -m tests.replay.record_states` from the checkout after adding a moment to `MOMENTS`. It only adds files:
a state that was recorded once is never written again, for it stands for runs that are under way somewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.machine import World, document_of, plan_of, raised
from workflows.call import FileEntry, PageMark
from workflows.events import (
    Answered,
    CancelRequested,
    ChildEnded,
    Decided,
    Event,
    EventCame,
    HandedOn,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    ResumeRequested,
)
from workflows.frames import AskFrame, ChildFrame, ParkFrame, ReceiveFrame
from workflows.protocol import CallNode
from workflows.saved import VERSION, dump

STATES = Path(__file__).parent / "states"
NO_RETRY: dict[str, Any] = {"retry": {"delays": []}}
COOKIES = FileEntry(digest=f"sha256:{'0' * 64}", size=7)


def nothing(world: World) -> None:
    """Nothing happens before the rest."""
    del world


def fails(world: World) -> None:
    """The step under way fails."""
    world.run(NodeFailed(world.last(CallNode).number, raised()))


def doubted(world: World) -> None:
    """Nobody knows what the step under way has done."""
    world.run(NodeFailed(world.last(CallNode).number, raised(acted=None)))


def cancelled(world: World) -> None:
    """Somebody wants the run to stop; it tidies up."""
    world.run(CancelRequested())


def paused(world: World) -> None:
    """A person pauses the run, and its step fails meanwhile."""
    world.run(PauseRequested())
    fails(world)


def early(world: World) -> None:
    """An event comes before anyone waits for it."""
    world.run(EventCame("paid", "42", {"n": 42}))


def does(name: str, node: str = "test.read", **more: Any) -> dict[str, Any]:
    return {"id": name, "do": node, "with": {"n": name}, **NO_RETRY, **more}


STOP = does("stop")
"""A call that is under way when the run must come to rest."""


@dataclass(frozen=True)
class Moment:
    """A run, and what happens to it before it rests."""

    steps: list[Any]
    happens: Callable[[World], None] = nothing
    called: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


_LOOP = {"id": "outer", "for_each": "${{ rows.items }}", "as": "row", "do": [
    {"id": "inner", "for_each": [1, 2], "as": "n", "index": "i", "do": [does("a"), STOP]},
]}  # fmt: skip
_CALLED = document_of([{"set": {"x": "${{ inputs.n }}"}}, STOP], name="called", inputs={"n": {"type": "integer"}})
_TIDIED = {"try": [STOP], "finally": [does("f")]}
_UNDO: dict[str, Any] = {"undo": [{"id": "un", "do": "test.read", "with": {"was": "${{ booked }}"}}]}

MOMENTS = {
    "a-loop-in-a-loop": Moment([does("rows"), _LOOP]),
    "a-parked-step": Moment([does("a"), STOP, does("z")], fails),
    "a-parked-branch-beside-another": Moment(
        [{"id": "both", "parallel": {"left": [does("a"), STOP], "right": [{"approve": "Go on?"}, does("b")]}}], fails
    ),
    "rounds-side-by-side": Moment(
        [{"id": "loop", "for_each": [1, 2, 3], "parallel": 2, "do": [does("a"), {"approve": "Go on?"}]}]
    ),
    "a-page-to-be-had-again": Moment([does("open", "page.open"), does("fill", "page.fill"), does("stop", "page.read")]),
    "a-session-of-its-own": Moment([{"session": {"needs": ["windows"]}, "do": [does("stop", "page.read")]}], fails),
    "a-catch-and-a-finally": Moment(
        [{"try": [{"throw": "odd"}], "catch": [{"do": [_TIDIED]}], "finally": [does("g")]}]
    ),
    "a-cancelled-run-that-tidies-up": Moment(
        [{"try": [does("a"), {"wait": "1h"}], "finally": [STOP, does("f")]}], cancelled
    ),
    "undoing": Moment([does("booked", **_UNDO), does("more", **_UNDO | {"undo": [STOP]}), {"throw": "odd"}], fails),
    "a-document-called-inline": Moment(
        [{"id": "child", "call": "called", "inline": True, "with": {"n": 3}, "timeout": "1h"}],
        called={"called": _CALLED},
    ),
    "a-document-called": Moment([{"id": "child", "call": "called", "with": {"n": 3}}], called={"called": _CALLED}),
    "an-event-that-came-early": Moment([{"approve": "Go on?"}, {"id": "it", "receive": "paid", "key": "42"}], early),
    "an-event-that-is-waited-for": Moment([{"id": "it", "receive": "paid", "expires": "3d"}]),
    "a-paused-run": Moment([{"if": True, "then": [STOP], "timeout": "1h"}], paused),
    "a-step-in-doubt": Moment(
        [{**does("stop", "test.pay"), "verify": {"do": "test.read", "absence": "proves", "settle": "1h"}}],
        doubted,
    ),
    "a-retry-to-come": Moment([{**STOP, "retry": {"delays": ["1h"]}}], fails),
}  # fmt: skip


def answer(call: CallNode) -> Any:
    """What calls come to, but for those under way."""
    return None if call.step.id == "stop" else {"did": call.place, "items": [{"n": 1, "text": "long " * 30}, {"n": 2}]}


def world_of(moment: Moment) -> World:
    """A run at rest at this moment."""
    plan = plan_of(moment.steps, moment.called, on_failure="park", **moment.fields)
    world = World(plan, answer, passes=False, files={"a.txt": COOKIES})
    world.run()
    moment.happens(world)
    world.run(RestRequested())
    if not world.state.resting:
        page = PageMark(url="https://a/b", storage=COOKIES, document="fresh")
        world.run(NodeDone(world.last(CallNode).number, {"did": "stop"}, page=page))
    assert world.state.resting
    return world


def go_on(world: World) -> None:
    """A new execution: from now on all calls succeed, and people and events answer at once."""
    world.answer = lambda call: {"did": call.place}
    world.passes = True
    world.run(HandedOn())
    if world.state.paused:
        world.run(ResumeRequested())
    while world.end is None:
        world.run(_next(world))


def _next(world: World) -> Event:
    tops = [fiber.stack.top for fiber in world.state.fibers.values() if fiber.stack is not None]
    for top in tops:
        match top:
            case ParkFrame(number=number):
                return Answered(number, "retry", "anna")
            case AskFrame(number=number):
                return Decided(number, approved=True, by="anna")
            case ReceiveFrame(key=key):
                return EventCame("paid", key, {})
            case ChildFrame(number=number):
                return ChildEnded(number, {"did": "child"})
            case _:
                pass
    raise AssertionError(tops)


def record(name: str, moment: Moment) -> None:
    """Write down a moment and what follows from it."""
    world = world_of(moment)
    state = dump(world.state)
    before = len(world.commands)
    go_on(world)
    after = [command.place for command in world.commands[before:] if isinstance(command, CallNode)]
    sample = {
        "plan": world.plan.model_dump(mode="json"),
        "state": state,
        "calls": after,
        "end": world.result,
    }
    path = STATES / f"{VERSION}-{name}.json"
    path.write_text(json.dumps(sample, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    STATES.mkdir(exist_ok=True)
    for each, at in MOMENTS.items():
        if not list(STATES.glob(f"*-{each}.json")):
            record(each, at)
