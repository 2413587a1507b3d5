"""Documents that run, for Hypothesis: every construct inside every other, with steps that fail as they are told to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import strategies as st

from tests.support.machine import document_of, plan_of
from workflows.plan import Plan

Steps = list[dict[str, Any]]

VARIABLES = ("a", "b")
START: Steps = [{"set": {"a": 0, "b": 1}}]
OUTPUTS = {"a": "${{ a }}", "b": "${{ b }}"}
CALLED = {
    "add": document_of(
        [
            {"set": {"a": "${{ inputs.x + 1 }}"}},
            {"do": "test.read", "with": {"n": "${{ inputs.n }}", "fails": 0, "kind": "robot", "a": "${{ a }}"}},
        ],
        name="add",
        inputs={"x": {"type": "integer"}, "n": {"type": "integer"}},
        outputs={"sum": "${{ a }}"},
    )
}
"""A document that others call."""

_ALL = frozenset({"return", "break", "continue"})


@dataclass(frozen=True)
class Program:
    """A document's steps."""

    steps: Steps
    on_failure: str = "fail"

    def plan(self) -> Plan:
        """What a run needs of it."""
        return plan_of([*START, *self.steps], CALLED, outputs=OUTPUTS, on_failure=self.on_failure, cleanup="30d")


@dataclass(frozen=True)
class Dialect:
    """What a program may be made of."""

    side_by_side: bool = True
    undo: bool = False
    people: bool = True
    exits: frozenset[str] = frozenset({"return"})
    """The jumps that lead somewhere."""
    variables: tuple[str, ...] = VARIABLES
    """Those that may be set."""
    known: tuple[str, ...] = VARIABLES
    """Those that may be read."""

    @property
    def looping(self) -> Dialect:
        """Inside a loop."""
        return replace(self, exits=self.exits | {"break", "continue"})

    def aside(self, variable: str, *exits: str) -> Dialect:
        """Inside of what others may be beside: it has a variable of its own, and few jumps leave it."""
        return replace(self, exits=frozenset(exits), variables=(variable,), known=(*self.known, variable))


def programs(dialect: Dialect = Dialect(), on_failure: str = "fail") -> st.SearchStrategy[Program]:
    """Programs of a dialect."""
    steps = st.lists(_step(3, dialect), min_size=2, max_size=5).map(_reachable)
    return steps.map(lambda given: Program(_Numbering().block(given), on_failure))


def _values(dialect: Dialect) -> st.SearchStrategy[Any]:
    return st.one_of(st.integers(0, 5), st.sampled_from([f"${{{{ {name} + 1 }}}}" for name in dialect.known]))


def _conditions(dialect: Dialect, comparison: str = "> 2") -> st.SearchStrategy[Any]:
    return st.one_of(st.booleans(), st.sampled_from([f"${{{{ {name} {comparison} }}}}" for name in dialect.known]))


def _sets(dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda name, given: {"set": {name: given}}, st.sampled_from(dialect.variables), _values(dialect))


def _call(dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    """A call that fails so many times before it succeeds, and is tried so often."""
    call = st.builds(
        lambda do, fails, kind, tries: {
            "do": do,
            "with": {"fails": fails, "kind": kind, **{name: f"${{{{ {name} }}}}" for name in dialect.known}},
            "retry": {"delays": ["10s"] * tries},
        },
        st.sampled_from(["test.read", "test.write", "test.pay", "page.read"]),
        st.sampled_from([0, 0, 0, 1, 2]),
        st.sampled_from(["robot", "business", "vanish"]),
        st.integers(0, 2),
    ).map(_sensible)
    if not dialect.undo:
        return call
    inside = replace(dialect, undo=False).aside("u")
    undo = st.lists(st.one_of(_call(inside), _sets(inside)), min_size=1, max_size=2)
    return st.one_of(call, st.builds(lambda step, block: {**step, "undo": [MARK, _own("u"), *block]}, call, undo))


def _own(variable: str) -> dict[str, Any]:
    """What gives a block that others may be beside a variable of its own."""
    return {"set": {variable: 1}}


def _sensible(call: dict[str, Any]) -> dict[str, Any]:
    """What vanishes is only looked at, and no more often than it is looked at again."""
    return {**call, "do": "test.read"} if call["with"]["kind"] == "vanish" else call


MARK = {"do": "test.read", "with": {"fails": 0, "kind": "robot", "mark": True}}
"""The first step of blocks that must be done exactly once."""


def _leaf(dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    leaves = [
        *[_call(dialect)] * 3,
        *[_sets(dialect)] * 2,
        st.builds(lambda step: {"id": "?", **step}, _sets(dialect)),
        st.builds(lambda holds: {"assert": holds}, _conditions(dialect)),
        st.just({"throw": {"type": "OddError", "message": "odd"}}),
        st.just({"wait": "5s"}),
        st.builds(
            lambda inline, x: {"id": "?", "call": "add", "inline": inline, "with": {"x": x}},
            st.booleans(),
            _values(dialect),
        ),
    ]
    if dialect.people:
        leaves += [st.just({"approve": "Go on?"}), st.just({"receive": "paid", "expires": "40d"})]
    if "return" in dialect.exits:
        leaves.append(st.builds(lambda given: {"return": {"early": given}}, _values(dialect)))
    leaves += [
        st.builds(lambda when, jump=jump: {jump: when}, _conditions(dialect))
        for jump in sorted(dialect.exits & _ALL - {"return"})
    ]
    return st.one_of(leaves)


def _blocks(depth: int, dialect: Dialect) -> st.SearchStrategy[Steps]:
    return st.lists(_step(depth, dialect), min_size=1, max_size=4).map(_reachable)


def _reachable(steps: Steps) -> Steps:
    """The steps up to the first that leaves the block; those behind it would be refused."""
    end = next((index for index, step in enumerate(steps) if _leaves(step)), len(steps))
    return steps[: end + 1]


def _leaves(step: dict[str, Any]) -> bool:
    match step:
        case {"throw": _} | {"return": _} | {"break": True} | {"continue": True}:
            return True
        case {"if": _, "then": then, "else": other}:
            return _leaves(then[-1]) and _leaves(other[-1])
        case {"session": _, "do": inner}:
            return _leaves(inner[-1])
        case _:
            return False


def _step(depth: int, dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    if depth == 0:
        return _leaf(dialect)
    inner = _blocks(depth - 1, dialect)
    steps = [
        _leaf(dialect),
        _if(inner, dialect),
        _loop(depth, dialect),
        _try(inner),
        _timed(_if(inner, dialect)),
        _session(inner),
    ]
    if dialect.side_by_side:
        steps += [_parallel(depth, dialect), _side_by_side(depth, dialect)]
    return st.one_of(steps)


def _if(inner: st.SearchStrategy[Steps], dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda when, then, other: {"id": "?", "if": when, "then": then, "else": other},
        _conditions(dialect),
        inner,
        inner,
    )


def _session(inner: st.SearchStrategy[Steps]) -> st.SearchStrategy[dict[str, Any]]:
    scarce = st.sampled_from([{}, {"limits": {"licence": 2}}])
    return st.builds(lambda needs, do: {"session": needs, "do": do}, scarce, inner)


def _timed(step: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return step.map(lambda given: {**given, "timeout": "30d"})


def _loop(depth: int, dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    rounds = _blocks(depth - 1, dialect.looping)
    items = st.lists(st.integers(0, 3), max_size=3)
    return st.one_of(
        st.builds(lambda given, do: {"id": "?", "for_each": given, "as": f"item{depth}", "do": do}, items, rounds),
        st.builds(
            lambda when, do: {"id": "?", "while": when, "limit": 3, "do": do}, _conditions(dialect, "< 3"), rounds
        ),
    )


def _try(inner: st.SearchStrategy[Steps]) -> st.SearchStrategy[dict[str, Any]]:
    errors = st.sampled_from(["any", "robot", "business", "OddError", "configuration"])
    catch = st.builds(lambda on, do: {"on": on, "do": do}, errors, inner)
    return st.builds(
        lambda body, clauses, final: {"try": body, "catch": clauses, "finally": [MARK, *final]},
        inner,
        st.lists(catch, max_size=2),
        inner,
    )


_ON_ERROR = st.sampled_from(["cancel", "wait", "wait"])


def _parallel(depth: int, dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    own = f"c{depth}"
    block = _blocks(depth - 1, dialect.aside(own)).map(lambda steps: [_own(own), *steps])
    branches = st.dictionaries(st.sampled_from(["left", "middle", "right"]), block, min_size=1, max_size=3)
    return st.builds(lambda named, on: {"id": "?", "parallel": named, "on_error": on}, branches, _ON_ERROR)


def _side_by_side(depth: int, dialect: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    own = f"c{depth}"
    return st.builds(
        lambda given, width, on, do: {
            "id": "?",
            "for_each": given,
            "as": f"item{depth}",
            "parallel": width,
            "on_error": on,
            "do": [_own(own), *do],
        },
        st.lists(st.integers(0, 3), max_size=4),
        st.integers(1, 3),
        _ON_ERROR,
        _blocks(depth - 1, dialect.aside(own, "continue")),
    )


class _Numbering:
    """Gives calls numbers and steps names, and has the outputs of named blocks seen by a call after them."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def block(self, steps: Steps) -> Steps:
        """The steps with their numbers."""
        return [numbered for step in steps for numbered in self._step(step)]

    def _step(self, step: dict[str, Any]) -> Steps:
        numbered = {key: self._part(key, value) for key, value in step.items()}
        number = next(self._numbers)
        if isinstance(step.get("with"), dict):
            numbered["with"] = {"n": number, **step["with"]}
        if "receive" in step:
            numbered["key"] = f"k{number}"
        if step.get("id") != "?":
            return [numbered]
        name = numbered["id"] = f"s{number}"
        if "set" in step or _leaves(step):
            return [numbered]
        see = {"n": next(self._numbers), "fails": 0, "kind": "robot", "out": f"${{{{ {name} }}}}"}
        return [numbered, {"do": "test.read", "with": see}]

    def _part(self, key: str, value: Any) -> Any:
        match key, value:
            case "catch", list():
                return [{**clause, "do": self.block(clause["do"])} for clause in value]
            case "parallel", dict():
                return {name: self.block(inner) for name, inner in value.items()}
            case "then" | "else" | "do" | "try" | "finally" | "undo", list():
                return self.block(value)
            case _:
                return value
