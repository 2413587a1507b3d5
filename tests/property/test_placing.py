"""Laws of who gets which session, whatever runs ask for and whatever becomes of robots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pools import Desk, entry_of, leases_of, request_of
from workflows.board import HOLD_OUT, PATIENCE, TURNS
from workflows.explaining import overview
from workflows.fleet import MOST_SESSIONS, LeaseRequest, Placement, RobotEntry, Word
from workflows.placing import limited
from workflows.poolsaved import PoolSaved, restore, save
from workflows.usage import total, usage

Deed: TypeAlias = tuple[str, Any]

ROBOTS = ("r1", "r2", "r3")
NAMES = tuple("abcdefgh")
TAGS = ("sap", "linux")

some_tags = st.lists(st.sampled_from(TAGS), unique=True, max_size=2).map(tuple)
nodes = st.dictionaries(st.sampled_from(("browser.click", "browser.fill")), st.sampled_from("12"), max_size=2)
entries = st.builds(
    lambda robot, tags, **fields: entry_of(robot, *tags, **fields),
    st.sampled_from(ROBOTS),
    some_tags,
    slots=st.integers(0, 3),
    incarnation=st.sampled_from("12"),
    sessions=st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple),
    presence=st.sampled_from(("here", "here", "here", "lost", "offline")),
    mode=st.sampled_from(("serving", "serving", "serving", "draining", "paused")),
    load=st.sampled_from(("low", "high", "full")),
    failing=st.sampled_from(("", "", "", "browsers crash")),
    nodes=st.just({"browser.click": "1", "browser.fill": "1"}),
)
requests = st.builds(
    lambda name, needs, **fields: request_of(name, *needs, **fields),
    st.sampled_from(NAMES),
    some_tags,
    run=st.sampled_from(("run-1", "run-2", "run-3")),
    document=st.sampled_from(("invoices", "orders")),
    kind=st.sampled_from(("session", "session", "session", "share", "route")),
    prefer=some_tags,
    affinity=st.sampled_from(("none", "soft", "hard", "session")),
    near=st.sampled_from((None, *ROBOTS)),
    priority=st.integers(0, 20),
    tenant=st.sampled_from(("", "ada", "bob")),
    limits=st.dictionaries(st.sampled_from(("sap", "erp")), st.integers(1, 3), max_size=2),
    nodes=nodes,
    robot=st.sampled_from((None, None, None, *ROBOTS)),
)
deeds: st.SearchStrategy[Deed] = st.one_of(
    st.tuples(st.just("robot"), entries),
    st.tuples(st.just("ask"), requests),
    st.tuples(st.just("ask"), requests),
    st.tuples(st.just("back"), st.tuples(st.sampled_from(NAMES), st.booleans())),
    st.tuples(st.just("end"), st.sampled_from(("run-1", "run-2"))),
    st.tuples(st.just("wait"), st.sampled_from((0.5, 3.0, HOLD_OUT, PATIENCE))),
    st.tuples(st.just("limit"), st.tuples(st.just("sap"), st.sampled_from((None, 0, 1, 2)))),
)
stories = st.lists(deeds, max_size=40)


@dataclass
class Story:
    """A pool to which something happens, and what it grants each time."""

    desk: Desk = field(default_factory=Desk)

    def do(self, deed: Deed) -> Sequence[Word]:
        """Let something happen; give what runs are told of it."""
        heard = len(self.desk.words)
        match deed:
            case ("robot", entry):
                self.desk.robots(entry.model_copy(update={"since": self.desk.now}))
            case ("ask", request):
                self.desk.ask(request)
            case ("back", (name, lost)):
                self.desk.give_back(name, lost=lost)
            case ("end", run):
                self.desk.end(run)
            case ("wait", seconds):
                self.desk.wait(seconds)
            case ("limit", (name, shares)):
                self.desk.state = limited(self.desk.state, name, shares)
                self.desk.place()
        return self.desk.words[heard:]

    def rewrite(self) -> None:
        """Write the pool down and read it again, as between two histories."""
        self.desk.state = restore(PoolSaved.model_validate_json(save(self.desk.state).model_dump_json()))

    def granted(self, words: Sequence[Word]) -> list[LeaseRequest]:
        """The requests for which leases are new among these words."""
        names = [word.said.id for word in words if isinstance(word.said, Placement)]
        return [self.desk.state.leases[name].request for name in names if name in self.desk.state.leases]

    def robot(self, name: str | None) -> RobotEntry:
        return self.desk.state.fleet.robots[name or ""]

    def shares(self) -> Counter[str]:
        return Counter(name for lease in self.desk.state.leases.values() for name in lease.request.limits)


@given(stories)
def test_a_slot_has_one_holder(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        told = pool.do(deed)

        for request in pool.granted(told):
            robot = pool.desk.state.leases[request.id].robot
            assert robot is None or len(leases_of(pool.desk.state, robot)) <= pool.robot(robot).card.slots


@given(stories)
def test_a_robot_has_all_that_is_asked_for(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        again = set(pool.desk.state.leases)
        told = pool.do(deed)

        for request in pool.granted(told):
            if request.id in again or request.kind == "share":
                continue
            lease = pool.desk.state.leases[request.id]
            robot = pool.robot(lease.robot)
            assert robot.takes_work
            assert {*request.tags} <= {*robot.card.capabilities, *robot.card.tags}
            assert request.nodes.items() <= robot.card.nodes.items()
            assert request.robot in {None, robot.card.robot}


@given(stories)
def test_shares_are_never_exceeded(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        before = pool.shares()
        pool.do(deed)

        for name, held in (pool.shares() - before).items():
            asked = [request.limits[name] for request in _requests(pool) if name in request.limits]
            assert before[name] + held <= pool.desk.state.limits.get(name, min(asked))


@given(stories)
def test_a_run_has_no_more_sessions_than_it_may(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        pool.do(deed)

        sessions = Counter(lease.request.run for lease in pool.desk.state.leases.values() if lease.robot)
        assert all(count <= MOST_SESSIONS for count in sessions.values())


@given(stories)
def test_numbers_of_leases_only_increase(story: list[Deed]) -> None:
    pool = Story()
    last = 0

    for deed in story:
        again = {lease.number for lease in pool.desk.state.leases.values()}
        told = pool.do(deed)

        for placement in (word.said for word in told if isinstance(word.said, Placement)):
            assert placement.lease > last or placement.lease in again
            last = max(last, placement.lease)
    assert last <= pool.desk.state.number


@given(stories)
def test_the_pool_may_begin_a_new_history_at_any_time(story: list[Deed]) -> None:
    pool, rewritten = Story(), Story()

    for deed in story:
        rewritten.rewrite()

        assert pool.do(deed) == rewritten.do(deed)
    assert save(pool.desk.state).model_dump() == save(rewritten.desk.state).model_dump()


@given(stories)
def test_who_could_be_served_does_not_wait(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        pool.do(deed)

        for name in pool.desk.waiting():
            assert "it is its turn now" != pool.desk.why(name).why


@given(stories)
def test_statistics_add_up(story: list[Deed]) -> None:
    pool = Story()

    for deed in story:
        pool.do(deed)

    found = overview(pool.desk.state, pool.desk.now)
    usages = usage(found.robots, found.leases)
    assert all(0 <= one.used <= one.slots and one.slots == one.used + one.free for one in usages.values())
    assert total(usages.values()).used == sum(lease.robot is not None for lease in found.leases)
    assert not {lease.request.id for lease in found.leases} & {request.id for request in found.waiting}
    assert sorted(request.id for request in found.waiting) == pool.desk.waiting()


@given(stories, st.lists(deeds, max_size=5))
def test_everyone_who_could_be_served_is_served_in_the_end(story: list[Deed], later: list[Deed]) -> None:
    pool = Story()
    for deed in (*story, *later):
        pool.do(deed)
    pool.desk.robots(
        *(entry_of(robot, *TAGS, slots=1, since=pool.desk.now, incarnation="9", nodes=ALL_NODES) for robot in ROBOTS)
    )
    for name in ("sap", "erp"):
        pool.desk.state = limited(pool.desk.state, name, 1)

    served = set[str]()
    wanted = {name for name in pool.desk.waiting() if _possible(pool, name)}
    for _ in range(4 * len(NAMES)):
        served |= {*pool.desk.state.leases}
        pool.desk.give_back(*pool.desk.state.leases)
        pool.desk.wait(HOLD_OUT)

    assert set() == wanted & {*pool.desk.waiting()}


ALL_NODES = {"browser.click": "1", "browser.fill": "1"}


def _possible(pool: Story, name: str) -> bool:
    found = pool.desk.state.find(name)
    return found is not None and found[1].request.nodes.items() <= ALL_NODES.items()


def _requests(pool: Story) -> list[LeaseRequest]:
    state = pool.desk.state
    return [
        *(lease.request for lease in state.leases.values()),
        *(waiting.request for waiting in state.all_waiting()),
    ]


def _served(desk: Desk) -> list[str]:
    """Let each one who is served end, until nobody waits; give the order in which they were."""
    order = []
    while desk.state.leases:
        order += list(desk.state.leases)
        desk.give_back(*desk.state.leases)
    return order


@given(st.lists(st.integers(0, 20), min_size=10, max_size=60))
def test_the_more_urgent_comes_first(priorities: list[int]) -> None:
    desk = Desk()
    wishes = {f"w{number}": priority for number, priority in enumerate(priorities)}

    desk.ask(*(request_of(name, priority=priority) for name, priority in wishes.items()))
    desk.robots(entry_of("r1"))
    order = _served(desk)

    assert sorted(wishes, key=lambda name: -wishes[name]) == order


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), min_size=2, max_size=20))
def test_who_is_told_how_many_are_ahead_is_served_after_so_many(wishes: list[tuple[int, str]]) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("now", tenant="now"))
    desk.ask(
        *(request_of(f"w{number}", priority=rank, tenant=who) for number, (rank, who) in enumerate(wishes)),
    )

    ahead = {name: desk.why(name).ahead for name in desk.waiting()}
    desk.give_back("now")
    order = _served(desk)

    assert {name: place for place, name in enumerate(order)} == ahead


@settings(max_examples=20)
@given(st.integers(1, 200), st.integers(0, 5))
def test_an_urgent_request_is_among_the_next_three_however_many_wait_for_however_long(many: int, hours: int) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(*(request_of(f"w{number}") for number in range(many)))
    for _ in range(TURNS * 2):
        desk.wait(hours * 3600 / TURNS)
        desk.give_back(*desk.state.leases)

    desk.ask(request_of("urgent", priority=20))

    assert "urgent" in _served(desk)[:4]


@settings(max_examples=20)
@given(st.integers(2, 5), st.integers(1, 10))
def test_a_tenant_that_floods_the_pool_takes_no_more_than_its_turns(tenants: int, wishes: int) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(*(request_of(f"flood-{number}", tenant="flood") for number in range(100)))
    desk.ask(*(request_of(f"{who}-{number}", tenant=f"t{who}") for who in range(tenants) for number in range(wishes)))

    order = _served(desk)

    first = Counter(name.split("-")[0] for name in order[: (tenants + 1) * wishes])
    assert all(wishes - 1 <= count <= wishes + 1 for count in first.values())


@given(st.integers(1, 5))
def test_whoever_waits_longest_is_served_although_more_urgent_ones_keep_coming(others: int) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("first", priority=20))
    desk.ask(*(request_of(f"patient-{number}", priority=0) for number in range(others)))
    desk.wait(PATIENCE)

    order = []
    for number in range((TURNS + 1) * (others + 1)):
        desk.ask(request_of(f"urgent-{number}", priority=20))
        order += list(desk.state.leases)
        desk.give_back(*desk.state.leases)

    patient = [name for name in order if name.startswith("patient")]
    assert [f"patient-{number}" for number in range(others)] == patient


@given(st.lists(st.booleans(), min_size=4 * TURNS, max_size=6 * TURNS))
def test_who_wants_two_things_gets_both_although_they_are_never_free_together(turns: list[bool]) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("page-0", priority=20), request_of("share-0", kind="share", limits={"sap": 1}, priority=20))
    desk.ask(request_of("both", limits={"sap": 1}, priority=0))
    desk.wait(PATIENCE)

    for number, page in enumerate([*turns, True, False, True, False], 1):
        desk.ask(
            request_of(f"page-{number}", priority=20),
            request_of(f"share-{number}", kind="share", limits={"sap": 1}, priority=20),
        )
        desk.give_back(*(name for name in desk.held() if name.startswith("page" if page else "share")))

    assert "both" not in desk.waiting()


@settings(max_examples=20)
@given(st.integers(2, 20))
def test_robots_that_are_alike_take_turns(count: int) -> None:
    desk = Desk()
    desk.robots(*(entry_of(f"r{number}", slots=3) for number in range(4)))

    desk.ask(*(request_of(f"w{number}") for number in range(count)))

    used = [len(leases_of(desk.state, f"r{number}")) for number in range(4)]
    assert max(used) - min(used) <= 1


@given(stories, st.data())
def test_a_message_that_comes_twice_or_late_does_no_harm(story: list[Deed], data: st.DataObject) -> None:
    pool = Story()
    for number, deed in enumerate(story):
        pool.do(deed)
        late = data.draw(st.sampled_from(story[: number + 1]))
        if late[0] in {"back", "end", "ask"}:
            pool.do(late)

        for robot, entry in pool.desk.state.fleet.robots.items():
            if entry.presence == "here":
                assert len(leases_of(pool.desk.state, robot)) <= max(entry.card.slots, len(entry.card.sessions))
            else:
                assert not leases_of(pool.desk.state, robot)
