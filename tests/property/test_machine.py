"""The machine does what a plain reading of the document would do."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.machine import World, plan_of, raised
from workflows.machine import advance
from workflows.plan import Plan
from workflows.protocol import CallNode, Finish, NodeDone, Started

VARIABLES = ("a", "b")


def _call() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda fails, kind: {"do": "test.read", "with": {"fails": fails, "kind": kind}, "retry": {"delays": []}},
        st.booleans(),
        st.sampled_from(["robot", "business"]),
    )


def _leaf(*, looped: bool) -> st.SearchStrategy[dict[str, Any]]:
    condition = st.one_of(st.booleans(), st.sampled_from([f"${{{{ {name} > 2 }}}}" for name in VARIABLES]))
    value = st.one_of(st.integers(0, 5), st.sampled_from([f"${{{{ {name} + 1 }}}}" for name in VARIABLES]))
    leaves = [
        _call(),
        _call(),
        _call(),
        st.builds(lambda name, given: {"set": {name: given}}, st.sampled_from(VARIABLES), value),
        st.builds(lambda holds: {"assert": holds}, condition),
        st.just({"throw": {"type": "OddError", "message": "odd"}}),
        st.builds(lambda given: {"return": {"early": given}}, value),
    ]
    if looped:
        leaves += [
            st.builds(lambda when: {"break": when}, condition),
            st.builds(lambda when: {"continue": when}, condition),
        ]
    return st.one_of(leaves)


def _blocks(depth: int, *, looped: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(_step(depth, looped=looped), min_size=1, max_size=4).map(_reachable)


def _reachable(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps up to the first that leaves the block; those behind it would be refused."""
    end = next((index for index, step in enumerate(steps) if _leaves(step)), len(steps))
    return steps[: end + 1]


def _leaves(step: dict[str, Any]) -> bool:
    match step:
        case {"throw": _} | {"return": _} | {"break": True} | {"continue": True}:
            return True
        case {"if": _, "then": then, "else": other}:
            return _leaves(then[-1]) and _leaves(other[-1])
        case _:
            return False


def _step(depth: int, *, looped: bool) -> st.SearchStrategy[dict[str, Any]]:
    if depth == 0:
        return _leaf(looped=looped)
    inner = _blocks(depth - 1, looped=looped)
    round_ = _blocks(depth - 1, looped=True)
    condition = st.one_of(st.booleans(), st.sampled_from([f"${{{{ {name} < 3 }}}}" for name in VARIABLES]))
    errors = st.sampled_from(["any", "robot", "business", "OddError", "configuration"])
    catch = st.builds(lambda on, do: {"on": on, "do": do}, errors, inner)
    return st.one_of(
        _leaf(looped=looped),
        st.builds(lambda when, then, other: {"if": when, "then": then, "else": other}, condition, inner, inner),
        st.builds(
            lambda items, do: {"for_each": items, "as": f"item{depth}", "do": do},
            st.lists(st.integers(0, 3), max_size=3),
            round_,
        ),
        st.builds(lambda when, do: {"while": when, "limit": 3, "do": do}, condition, round_),
        st.builds(
            lambda body, clauses, final: {"try": body, "catch": clauses, "finally": final},
            inner,
            st.lists(catch, max_size=2),
            inner,
        ),
    )


PROGRAMS = st.lists(_step(3, looped=False), min_size=2, max_size=5).map(_reachable)
START = [{"set": {"a": 0, "b": 1}}]
OUTPUTS = {"a": "${{ a }}", "b": "${{ b }}"}


class _Break(Exception): ...  # noqa: N818


class _Continue(Exception): ...  # noqa: N818


@dataclass
class _Return(Exception):  # noqa: N818
    outputs: dict[str, Any]


@dataclass
class _Raise(Exception):  # noqa: N818
    kind: str
    name: str


@dataclass
class Oracle:
    """The language, written the short way: recursion and Python's own exceptions."""

    variables: dict[str, int] = field(default_factory=dict)
    calls: list[Any] = field(default_factory=list)

    def value(self, given: Any) -> Any:
        if isinstance(given, str):
            return eval(given[4:-3], {}, self.variables)  # noqa: S307 - generated above
        return given

    def block(self, steps: list[dict[str, Any]]) -> None:
        for step in steps:
            self.step(step)

    def step(self, step: dict[str, Any]) -> None:  # noqa: C901, PLR0912 - one case for each kind of step
        match step:
            case {"for_each": items, "do": body}:
                self.rounds(iter(items), body)
            case {"while": condition, "do": body}:
                self.rounds(self.while_(condition), body)
            case {"do": _, "with": params}:
                self.calls.append(params)
                if params["fails"]:
                    raise _Raise(params["kind"], "BrokenError")
            case {"if": condition, "then": then, "else": other}:
                self.block(then if self.value(condition) else other)
            case {"try": body, "catch": clauses, "finally": final}:
                try:
                    self.attempt(body, clauses)
                finally:
                    self.block(final)
            case {"set": values}:
                self.variables |= {name: self.value(given) for name, given in values.items()}
            case {"assert": condition}:
                if not self.value(condition):
                    raise _Raise("business", "AssertionFailedError")
            case {"throw": _}:
                raise _Raise("business", "OddError")
            case {"return": values}:
                raise _Return({name: self.value(given) for name, given in values.items()})
            case {"break": condition}:
                if self.value(condition):
                    raise _Break
            case {"continue": condition}:
                if self.value(condition):
                    raise _Continue

    def while_(self, condition: Any) -> Iterator[None]:
        for _ in range(3):
            if not self.value(condition):
                return
            yield
        if self.value(condition):
            raise _Raise("configuration", "StepBudgetError")

    def rounds(self, items: Iterator[Any], body: list[dict[str, Any]]) -> None:
        for _ in items:
            try:
                self.block(body)
            except _Continue:
                continue
            except _Break:
                break

    def attempt(self, body: list[dict[str, Any]], clauses: list[dict[str, Any]]) -> None:
        try:
            self.block(body)
        except _Raise as error:
            for clause in clauses:
                if clause["on"] in {"any", error.kind, error.name}:
                    self.block(clause["do"])
                    return
            raise

    def run(self, steps: list[dict[str, Any]]) -> tuple[str, Any]:
        try:
            self.block(steps)
        except _Return as ended:
            return "completed", ended.outputs
        except _Raise as error:
            return "failed", error.name
        return "completed", {"a": self.variables["a"], "b": self.variables["b"]}


def answer(call: CallNode) -> Any:
    return raised(str(call.params["kind"])) if call.params["fails"] else {}


def result_of(end: Finish | None) -> tuple[str, Any]:
    assert end is not None
    return end.status, end.error.type if end.error else end.outputs


def _compile(steps: list[dict[str, Any]]) -> Plan:
    return plan_of([*START, *steps], outputs=OUTPUTS)


@settings(max_examples=300, deadline=None)
@given(PROGRAMS)
def test_a_run_calls_and_gives_back_what_a_plain_reading_says(steps: list[dict[str, Any]]) -> None:
    plan = _compile(steps)
    oracle = Oracle()
    world = World(plan, answer)

    expected = oracle.run([*START, *steps])
    end = world.run()

    assert (expected, oracle.calls) == (result_of(end), world.params)


@settings(max_examples=100, deadline=None)
@given(PROGRAMS)
def test_a_plan_survives_json(steps: list[dict[str, Any]]) -> None:
    plan = _compile(steps)

    assert plan == Plan.model_validate_json(plan.model_dump_json())


@settings(max_examples=100, deadline=None)
@given(PROGRAMS)
def test_advancing_depends_on_its_arguments_alone_and_leaves_them_alone(steps: list[dict[str, Any]]) -> None:
    plan = _compile(steps)
    state = World(plan).state
    before = deepcopy(state)

    first = advance(plan, state, Started(), now=state.now)
    second = advance(plan, state, Started(), now=state.now)

    assert first == second
    assert before == state


@settings(max_examples=150, deadline=None)
@given(PROGRAMS, st.integers(0, 6))
def test_a_cancelled_run_ends_and_asks_for_nothing_more(steps: list[dict[str, Any]], patience: int) -> None:
    plan = _compile(steps)
    asked = 0

    def slow(call: CallNode) -> Any:
        nonlocal asked
        asked += 1
        return None if asked == patience else answer(call)

    world = World(plan, slow)
    if world.run() is None and world.cancel() is None:
        (finishing,) = [command for command in world.commands if isinstance(command, CallNode)][-1:]
        world.run(NodeDone(finishing.number, {}))

    assert world.end is not None
    assert not any(isinstance(command, CallNode) for command in world.commands[world.commands.index(world.end) :])
