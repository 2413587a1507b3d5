"""A state that was written down is the same when it is read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import JsonValue

from tests.support.machine import World, plan_of
from workflows.call import Checkpoint, ErrorValue, FileEntry, SecretRef, SecretSlot, SessionGrant
from workflows.effects import Attempts
from workflows.errors import ConfigurationError
from workflows.frames import (
    Aborted,
    Area,
    AskFrame,
    BlockFrame,
    Broke,
    CallFrame,
    Cancelled,
    ChildFrame,
    Continued,
    DeadlineFrame,
    ExpiryFrame,
    Failed,
    ForkFrame,
    Frame,
    GroupFrame,
    InlineFrame,
    Jumped,
    LoopFrame,
    ParkFrame,
    RebuildFrame,
    ReceiveFrame,
    Redo,
    RestoreFrame,
    Returned,
    Scope,
    SessionFrame,
    Stack,
    TimedOut,
    TryFrame,
    UndoFrame,
    WaitFrame,
)
from workflows.plan import CallStep
from workflows.results import Kept, Results
from workflows.saved import VERSION, dump, load
from workflows.state import Answer, Fiber, Held, Mail, State, Undo

ERROR = ErrorValue(type="OddError", kind="robot", message="odd", step="a", details={"n": 1}, acted=None)
OUTER = Scope({"rows": [1, 2.0, None, True]})
PARAMS: dict[str, JsonValue] = {"target": {"label": "Amount"}}
SECRETS = (SecretSlot(path=("value", 0), parts=("Bearer ", SecretRef(secret="token"))),)
FRAMES: list[Frame] = [
    BlockFrame(0),
    BlockFrame(3, 2, 1),
    GroupFrame(4),
    ExpiryFrame(5, {"approved": False}),
    SessionFrame(6, Area(3, ("windows",), {"3:shares": {"sap-licence": 2}})),
    InlineFrame(7, OUTER, {"x": 1}),
    InlineFrame(7, OUTER, {}, {}),
    RebuildFrame(8, OUTER),
    DeadlineFrame(9, 12.5),
    ForkFrame(3),
    ForkFrame(3, [1, [2]], 2, (7, 8), 1, Kept(1, {"a": 1}, Kept(0, None)), 1, Failed(ERROR)),
    UndoFrame(Cancelled()),
    LoopFrame(None, OUTER),
    LoopFrame([1, "two"], OUTER, 1, Results().append({"n": 1}).append(None)),
    TryFrame("try", 2),
    TryFrame("finally", 2, Returned(None), [0]),
    CallFrame("node", 5, PARAMS, SECRETS),
    CallFrame("retry", 0, PARAMS, (), 3, Attempts(1, 1), 99.5, "it broke", doubt=ERROR),
    WaitFrame(4, 8.0),
    AskFrame(5, "Pay?", 6, 9.0),
    ReceiveFrame(5, None),
    ChildFrame(5, "run/1/a"),
    ParkFrame(5, ERROR, 7.0, 2, 6, 9.0),
    *(
        UndoFrame(signal)
        for signal in (Broke(), Continued(), Returned({"x": 1}), Aborted(ERROR), TimedOut(4, ERROR), Jumped(2, 1))
    ),
]


def state_with(*frames: Frame, **facts: Any) -> State:
    stack: Stack | None = None
    for frame in frames:
        stack = Stack(frame, stack)
    state = World(plan_of([{"set": {"x": 1}}])).state
    return replace(state, fibers={0: Fiber(OUTER, stack)}, **facts)


def call_step() -> CallStep:
    (step,) = plan_of([{"do": "page.fill", "with": {"target": "#a"}}]).blocks[0]
    assert isinstance(step, CallStep)
    return step


def through_json(state: State) -> State:
    return load(json.loads(json.dumps(dump(state))))


@pytest.mark.parametrize("frame", FRAMES, ids=repr)
def test_a_frame_is_the_same_when_it_is_read(frame: Frame) -> None:
    state = state_with(BlockFrame(0, 1), frame)

    assert state == through_json(state)


def test_all_that_a_run_knows_is_the_same_when_it_is_read() -> None:
    file = FileEntry(digest="sha256:00", size=3)
    grant = SessionGrant(id="s", robot="r", capability="browser")
    redo = Redo(call_step(), "loop[3].fill", PARAMS, SECRETS)
    inner = Scope({"row": 1}, OUTER)
    undo = Undo(3, "pay[1].undo", inner, {"x": 1}, Area(2), Undo(3, "pay[0].undo", OUTER, {}, Area()))
    branch = Fiber(inner, Stack(RestoreFrame(4, (redo,))), {"x": 1}, Area(5), 2, Cancelled(), "both.left", 0, 1)
    state = state_with(
        BlockFrame(0),
        inputs={"workbook": "a.xlsx"},
        files={"a.xlsx": file},
        sessions={"browser": Held(grant, "browser", Checkpoint(url="u", storage=file), (redo,), "a[1].pay")},
        last_number=9,
        breathing=8,
        pure_steps=7,
        cancel="asked",
        cleanup=6,
        cleanup_due=1.5,
        paused=True,
        holding=True,
        resting=True,
        undo=undo,
        mail=(Mail("paid", None, {"n": 1}, 2.0),),
        answers=(Answer("a", "retry", "anna", 3.0, "so", ERROR),),
        revision=2,
        caught=("robot",),
        finished=True,
    )
    state = replace(state, fibers={**state.fibers, 7: branch})

    assert state == through_json(state)


@pytest.mark.parametrize("value", [{"#": 0}, {"#": {"#": 1}}, [{"#": "x", "y": 1}], {"#": None}, {}, [], "", 0, None])
def test_a_value_that_looks_like_a_reference_is_none(value: JsonValue) -> None:
    state = state_with(LoopFrame([value, value], Scope({"a": value}, OUTER)))

    assert state == through_json(state)


def test_what_is_held_in_several_places_is_written_once_and_shared_when_read() -> None:
    text = "long " * 100
    rows: list[JsonValue] = [{"text": text, "n": number} for number in range(20)]
    state = state_with(LoopFrame(rows, Scope({"rows": rows}), 3), inputs={"text": text})

    written = json.dumps(dump(state))
    loop = load(json.loads(written)).fibers[0].stack

    assert 1 == written.count(text)
    assert loop is not None
    assert isinstance(loop.top, LoopFrame)
    assert loop.top.scope.names["rows"] is loop.top.items


def test_what_makes_many_rounds_undone_shares_the_names_around_them() -> None:
    undo: Undo | None = None
    for position in range(1_000):
        undo = Undo(1, f"pay[{position}].undo", Scope({"row": position}, OUTER), {}, Area(), undo)
    state = state_with(BlockFrame(0), undo=undo)

    written = json.dumps(dump(state))

    assert 1 == written.count("rows")
    assert len(written) < 110_000


def test_a_step_that_may_be_done_again_in_every_round_is_written_once() -> None:
    held = Held(None, "browser", since=tuple(Redo(call_step(), "a", PARAMS, ()) for _ in range(3)))
    step = call_step()
    shared = replace(held, since=tuple(Redo(step, f"loop[{n}].a", PARAMS, ()) for n in range(100)))
    state = state_with(BlockFrame(0), sessions={"browser": shared, "2:browser": held})

    written = json.dumps(dump(state))

    assert 4 == written.count("page.fill")
    assert state == load(json.loads(written))


def test_a_state_of_a_newer_build_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"has version 2, but this build reads versions up to 1"):
        load({"version": VERSION + 1})


@pytest.mark.parametrize("data", [None, [], {}, {"version": "new"}])
def test_what_is_no_state_is_refused(data: JsonValue) -> None:
    with pytest.raises(ConfigurationError, match="not the state of a run"):
        load(data)
