"""How a session that went with its robot is had again."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, raised, vanished
from workflows.call import Checkpoint, FileEntry, PageMark, SessionGrant
from workflows.events import NodeDone, NodeFailed, SessionLost, SessionOpened, Started, TimerFired
from workflows.protocol import CallNode, OpenSession, StartTimer

STORAGE = FileEntry(digest="sha256:" + "1" * 64, size=10)
LATER = FileEntry(digest="sha256:" + "2" * 64, size=10)
FORM = "https://portal.example/invoices/new"

STEPS: list[dict[str, Any]] = [
    {"id": "open", "do": "page.read"},
    {"id": "number", "do": "page.fill", "with": {"value": "7"}},
    {"id": "look", "do": "page.read"},
    {"id": "amount", "do": "page.fill", "with": {"value": "9"}},
    {"id": "last", "do": "page.fill"},
    {"id": "end", "do": "page.read"},
]


class Browser:
    """Answers as a browser would: one step loads the form, the others stay on it."""

    def __init__(self, lost_at: str, **answers: Any) -> None:
        self.lost_at = lost_at
        self.answers = answers
        self.numbers: list[int] = []

    def __call__(self, call: CallNode) -> Any:
        if call.place == self.lost_at:
            self.lost_at = ""
            return vanished()
        return self.answers.pop(call.place, {})


def drive(world: World) -> None:
    """Run, with pages: `open` loads the form, everything else stays on it."""
    queue: list[Any] = [Started()]
    opened = 0
    while queue:
        for command in world.tell(queue.pop(0)):
            match command:
                case OpenSession(number, capability):
                    opened += 1
                    grant = SessionGrant(id=f"s{opened}", robot=f"r{opened}", capability=capability)
                    queue.append(SessionOpened(number, grant))
                case StartTimer(number):
                    queue.append(TimerFired(number))
                case CallNode():
                    answer = world.answer(command)
                    if isinstance(answer, dict):
                        fresh = command.place == "open" or "fresh" in answer
                        mark = PageMark(
                            url=FORM,
                            storage=STORAGE if fresh else answer.get("storage"),
                            document="fresh" if fresh else answer.get("document", "same"),
                        )
                        queue.append(NodeDone(command.number, {}, page=mark))
                    else:
                        queue.append(NodeFailed(command.number, answer))
                case _:
                    pass


def restores(world: World) -> list[Checkpoint | None]:
    return [command.restore for command in world.commands if isinstance(command, OpenSession)]


def test_what_was_entered_is_entered_again_in_a_new_session() -> None:
    world = World(plan_of(STEPS), Browser("last"))

    drive(world)

    assert ["open", "number", "look", "amount", "last", "number", "amount", "last", "end"] == world.calls
    assert [None, Checkpoint(url=FORM, storage=STORAGE)] == restores(world)
    assert world.end is not None
    assert "completed" == world.end.status


def test_steps_done_again_act_in_the_new_session() -> None:
    world = World(plan_of(STEPS), Browser("last"))

    drive(world)

    sessions = [command.session.id for command in world.commands if isinstance(command, CallNode) and command.session]
    assert ["s1"] * 5 + ["s2"] * 4 == sessions


def test_a_page_on_which_something_was_done_for_good_is_not_rebuilt() -> None:
    steps = [{"id": "open", "do": "page.read"}, {"id": "pay", "do": "page.click"}, {"id": "look", "do": "page.read"}]
    world = World(plan_of(steps), Browser("look"))

    drive(world)

    assert ["open", "pay", "look"] == world.calls
    assert world.end is not None
    assert world.end.error is not None
    assert ("SessionLostError", "look") == (world.end.error.type, world.end.error.step)
    assert "'pay'" in world.end.error.message


def test_a_payment_that_led_to_a_new_page_leaves_nothing_to_repeat() -> None:
    steps = [{"id": "open", "do": "page.read"}, {"id": "pay", "do": "page.click"}, {"id": "look", "do": "page.read"}]
    world = World(plan_of(steps), Browser("look", pay={"fresh": True}))

    drive(world)

    assert ["open", "pay", "look", "look"] == world.calls
    assert world.end is not None
    assert "completed" == world.end.status


def test_the_latest_storage_is_restored() -> None:
    world = World(plan_of(STEPS), Browser("last", amount={"storage": LATER}))

    drive(world)

    assert [None, Checkpoint(url=FORM, storage=LATER)] == restores(world)


def test_a_session_lost_before_any_page_begins_empty() -> None:
    world = World(plan_of([{"id": "first", "do": "page.read"}]), Browser("first"))

    drive(world)

    assert [None, None] == restores(world)


def test_a_robot_lost_while_restoring_leads_to_another() -> None:
    browser = Browser("last")
    losses = iter([{}, vanished(), {}])
    world = World(plan_of(STEPS), lambda call: next(losses, {}) if call.place == "number" else browser(call))

    drive(world)

    assert ["open", "number", "look", "amount", "last", "number", "number", "amount", "last", "end"] == world.calls


def test_a_page_that_cannot_be_rebuilt_says_where_it_failed() -> None:
    steps = [{**step, "retry": {"delays": []}} for step in STEPS]
    browser = Browser("last")
    world = World(
        plan_of(steps),
        lambda call: raised() if call.place == "number" and not browser.lost_at else browser(call),
    )

    drive(world)

    assert world.end is not None
    assert world.end.error is not None
    assert ("SessionLostError", "last") == (world.end.error.type, world.end.error.step)
    assert "'number'" in world.end.error.message


def test_a_session_lost_in_the_middle_of_restoring_is_opened_anew() -> None:
    world = World(plan_of(STEPS[:1] + STEPS[4:]))
    world.tell(Started())
    world.tell(SessionOpened(1, SessionGrant(id="s1", robot="r1", capability="browser")))
    world.tell(NodeDone(2, {}, page=PageMark(url=FORM, document="fresh")))
    world.tell(NodeDone(3, {}))
    world.tell(NodeFailed(4, vanished()))
    world.tell(SessionOpened(5, SessionGrant(id="s2", robot="r2", capability="browser")))

    world.tell(SessionLost("s2"))
    world.tell(NodeDone(6, {}))

    assert 3 == world.count(OpenSession)


def test_an_unknown_outcome_leaves_its_page_in_doubt() -> None:
    steps = [
        {"id": "open", "do": "page.read"},
        {
            "try": [{"id": "pay", "do": "page.click"}],
            "catch": [{"on": "OutcomeUnknownError", "do": [{"set": {"x": 1}}]}],
        },
        {"id": "look", "do": "page.read"},
    ]
    world = World(plan_of(steps), Browser("pay"))

    drive(world)

    assert ["open", "pay"] == world.calls
    assert world.end is not None
    assert world.end.error is not None
    assert "SessionLostError" == world.end.error.type


def test_a_step_that_begins_anew_needs_nothing_of_a_page_in_doubt() -> None:
    """A document that has found out what became of a payment goes on with the next one."""
    steps = [
        {"id": "open", "do": "page.open"},
        {
            "try": [{"id": "pay", "do": "page.click"}],
            "catch": [{"on": "OutcomeUnknownError", "do": [{"set": {"x": 1}}]}],
        },
        {"id": "next", "do": "page.open"},
    ]
    world = World(plan_of(steps), Browser("pay"))

    drive(world)

    assert ["open", "pay", "next"] == world.calls
    assert [None, Checkpoint(url=FORM, storage=STORAGE)] == restores(world)
    assert world.end is not None
    assert "completed" == world.end.status


def test_a_step_that_begins_anew_needs_nothing_of_what_was_entered() -> None:
    steps = [*STEPS[:2], {"id": "next", "do": "page.open"}, {"id": "end", "do": "page.read"}]
    world = World(plan_of(steps), Browser("next"))

    drive(world)

    assert ["open", "number", "next", "next", "end"] == world.calls


def test_a_page_that_cannot_be_had_by_its_address_is_not_rebuilt() -> None:
    steps = [{"id": "open", "do": "page.read"}, {"id": "send", "do": "page.fill"}, {"id": "look", "do": "page.read"}]
    world = World(plan_of(steps), Browser("look", send={"document": "beyond"}))

    drive(world)

    assert world.end is not None
    assert world.end.error is not None
    assert "'send'" in world.end.error.message
