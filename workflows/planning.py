"""The steps of a document, one after the other, to the blocks of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import singledispatchmethod
from typing import Protocol

from workflows.checks import Checks
from workflows.defect import Defect
from workflows.document import Document
from workflows.exits import BRANCH, RESTORE, ROUND, UNDO, Exits
from workflows.kind import (
    ApproveStep,
    BreakStep,
    CallDocumentStep,
    ContinueStep,
    ForEachStep,
    IfStep,
    LongStep,
    NodeStep,
    ParallelStep,
    ReceiveStep,
    ReturnStep,
    SessionStep,
    SetStep,
    Step,
    StepModel,
    Steps,
    SwitchStep,
    ThrowStep,
    TryStep,
    WhileStep,
)
from workflows.leaf import Head, plan_leaf
from workflows.mention import kept_loops
from workflows.nesting import parts_of
from workflows.nodeplan import node_call
from workflows.parse import Reading
from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    Arm,
    BlockNumber,
    BranchPlan,
    CallStep,
    CasePlan,
    CatchPlan,
    ChildPlan,
    ForEachPlan,
    IfPlan,
    InlinePlan,
    ParallelPlan,
    ReceivePlan,
    SessionPlan,
    SwitchPlan,
    TryPlan,
    WhilePlan,
)
from workflows.program import Program
from workflows.source import Path
from workflows.visible import (
    ERROR_KEYS,
    LOOP_KEYS,
    RECEIVED_KEYS,
    Keys,
    approved_keys,
    keys_of,
    loop_names,
)


@dataclass(frozen=True, slots=True)
class Called:
    """A document that a step calls."""

    reading: Reading
    document: Document
    keys: Keys
    """What its outputs are known to have."""


class Calls(Protocol):
    """What becomes of the documents that are called."""

    def find(self, step: CallDocumentStep, path: Path, planner: Planner) -> Called | None:
        """The called document; None where there is none, which is reported."""
        ...

    def inline(self, called: Called, planner: Planner) -> BlockNumber:
        """The block of its steps."""
        ...

    def child(self, called: Called, path: Path, planner: Planner) -> int:
        """Its place among the children of the plan."""
        ...


class Planner:
    """Walks a document once, in the order written."""

    def __init__(
        self, document: Document, checks: Checks, program: Program, calls: Calls, chain: tuple[str, ...]
    ) -> None:
        self.document = document
        self.checks = checks
        self.program = program
        self.visible = checks.visible
        self.kept = kept_loops(document)
        self.calls = calls
        self.chain = chain
        self.exits = Exits()
        self._outputs: dict[int, Keys] = {}
        self._counts: dict[str, int] = {}

    def block(self, steps: Steps, path: Path, owner: str) -> BlockNumber:
        """Plan a list of steps; the number it gets is its place among all blocks."""
        number = self.program.reserve()
        planned: list[AnyPlanStep] = []
        ended = False
        for index, step in enumerate(steps):
            if ended:
                message, hint = "this step is never reached", "remove it, or move it up"
                self.checks.report((*path, index), Defect.UNREACHABLE_STEP, message, hint)
            planned.append(self._step(step, (*path, index), owner))
            ended = ended or _leaves(step)
        self.program.blocks[number] = tuple(planned)
        return number

    def restore(self, steps: Steps) -> BlockNumber:
        """Plan how a page is had again; any step may need it, so only variables are known."""
        with self.visible.apart(self.document.steps), self._exits(RESTORE):
            return self.block(steps, ("restore",), "restore")

    def _step(self, step: Step, path: Path, owner: str) -> AnyPlanStep:
        self.checks.name(step, path)
        head = self._head(step, owner)
        planned = self._plan(step, path, head)
        if step.id is not None:
            self.visible.add(step.id, self._keys(step, planned.number))
        if isinstance(step, NodeStep | CallDocumentStep) and step.undo is not None:
            return planned.model_copy(update={"undo": self._undo(step.undo, path, planned.id)})
        return planned

    def _head(self, step: StepModel, owner: str) -> Head:
        self._counts[owner] = self._counts.get(owner, 0) + 1
        return {
            "number": self.program.number(),
            "id": step.id or f"{owner}.{self._counts[owner]}",
            "named": step.id is not None,
            "limit_seconds": _limit(step),
        }

    def _keys(self, step: Step, number: int) -> Keys:
        match step:
            case ForEachStep() | WhileStep():
                return LOOP_KEYS
            case SetStep():
                return keys_of(*step.set)
            case ReceiveStep():
                return RECEIVED_KEYS
            case ApproveStep():
                return approved_keys(step)
            case SessionStep():
                return {each.id: self.visible.find(each.id)[1] for each in step.do if each.id is not None}
            case _:
                return self._outputs.get(number)

    @singledispatchmethod
    def _plan(self, step: StepModel, path: Path, head: Head) -> AnyPlanStep:
        return plan_leaf(step, path, head, self.checks, self.exits)

    @_plan.register
    def _(self, step: NodeStep, path: Path, head: Head) -> AnyPlanStep:
        return self._call(step, step.do, path, head)

    @_plan.register
    def _(self, step: ForEachStep, path: Path, head: Head) -> AnyPlanStep:
        self.checks.items(step.for_each, (*path, "for_each"))
        self.checks.loop_names(step, path)
        body = () if isinstance(step.do, str) else step.do
        with self._round(step, body):
            block = self._single(step, path, head) if isinstance(step.do, str) else self._body(step, body, path, head)
        return ForEachPlan(
            **head,
            items=step.for_each,
            variable=step.as_,
            index=step.index,
            block=block,
            single=isinstance(step.do, str),
            keep_results=step.id in self.kept,
            parallel=step.parallel,
            on_error=step.on_error,
        )

    @_plan.register
    def _(self, step: WhileStep, path: Path, head: Head) -> AnyPlanStep:
        self.visible.learn(step.do)
        self.checks.condition(step.while_, (*path, "while"))
        with self.visible.round({}, step.do), self._exits(self.exits.looping):
            block = self._body(step, step.do, path, head)
        return WhilePlan(
            **head, condition=step.while_, block=block, limit=step.limit, keep_results=step.id in self.kept
        )

    @_plan.register
    def _(self, step: ParallelStep, path: Path, head: Head) -> AnyPlanStep:
        branches = []
        keys: dict[str, Keys] = {}
        for name, steps in step.parallel.items():
            with self.visible.aside({}) as known, self._exits(BRANCH):
                block = self.block(steps, (*path, "parallel", name), f"{head['id']}.{name}")
            branches.append(BranchPlan(name=name, block=block))
            keys[name] = {each.id: known[each.id] for each in steps if each.id is not None}
        planned = ParallelPlan(**head, branches=tuple(branches), on_error=step.on_error)
        self._outputs[planned.number] = keys
        return planned

    @_plan.register
    def _(self, step: SessionStep, path: Path, head: Head) -> AnyPlanStep:
        outer = self.program.needs
        self.program.needs = []
        self.program.need((*self.document.needs, *step.session.needs))
        block = self.block(step.do, (*path, "do"), str(head["id"]))
        needs, self.program.needs = tuple(self.program.needs), outer
        return SessionPlan(**head, needs=needs, limits=step.session.limits, block=block)

    @_plan.register
    def _(self, step: ApproveStep, path: Path, head: Head) -> AnyPlanStep:
        self.checks.value(step.approve, (*path, "approve"))
        self.checks.form(step.form, (*path, "form"))
        for index, person in enumerate(step.by):
            self.checks.literal(person, (*path, "by", index), "who may answer", "name people, not expressions")
        expired = self._expiry(step, path, head)
        return ApprovePlan(
            **head, question=step.approve, form=step.form, by=step.by, expires=step.expires, expired=expired
        )

    @_plan.register
    def _(self, step: ReceiveStep, path: Path, head: Head) -> AnyPlanStep:
        self.checks.literal(step.receive, (*path, "receive"), "an event's name", "tell events apart by their 'key'")
        self.checks.value(step.key, (*path, "key"))
        expired = self._expiry(step, path, head)
        return ReceivePlan(**head, event=step.receive, key=step.key, expires=step.expires, expired=expired)

    @_plan.register
    def _(self, step: CallDocumentStep, path: Path, head: Head) -> AnyPlanStep:
        self.checks.values(step.with_, (*path, "with"))
        called = self.calls.find(step, path, self)
        if called is None:
            return ChildPlan(**head, child=0, given=step.with_, detach=step.detach)
        self.checks.given(called.document.inputs, step.with_, (*path, "with"))
        planned = self._inline(step, called, head) if step.inline else self._child(step, called, path, head)
        self._outputs[planned.number] = keys_of("run") if step.detach else called.keys
        return planned

    @_plan.register
    def _(self, step: IfStep, path: Path, head: Head) -> AnyPlanStep:
        owner = str(head["id"])
        self.checks.condition(step.if_, (*path, "if"))
        arms = [Arm(condition=step.if_, block=self.block(step.then, (*path, "then"), owner))]
        for index, arm in enumerate(step.elif_):
            where = (*path, "elif", index)
            self.checks.condition(arm.if_, (*where, "if"))
            arms.append(Arm(condition=arm.if_, block=self.block(arm.then, (*where, "then"), owner)))
        otherwise = self._optional(step.else_, (*path, "else"), owner)
        return IfPlan(**head, arms=tuple(arms), otherwise=otherwise)

    @_plan.register
    def _(self, step: SwitchStep, path: Path, head: Head) -> AnyPlanStep:
        owner = str(head["id"])
        self.checks.value(step.switch, (*path, "switch"))
        cases = []
        for index, case in enumerate(step.cases):
            where = (*path, "cases", index)
            self.checks.value(case.when, (*where, "when"))
            values = tuple(case.when) if isinstance(case.when, list) else (case.when,)
            cases.append(CasePlan(values=values, block=self.block(case.do, (*where, "do"), owner)))
        otherwise = self._optional(step.default, (*path, "default"), owner)
        return SwitchPlan(**head, value=step.switch, cases=tuple(cases), otherwise=otherwise)

    @_plan.register
    def _(self, step: TryStep, path: Path, head: Head) -> AnyPlanStep:
        owner = str(head["id"])
        body = self.block(step.try_, (*path, "try"), owner)
        catches = []
        for index, clause in enumerate(step.catch):
            where = (*path, "catch", index)
            self.checks.catch(clause, where)
            self.visible.add(clause.as_, ERROR_KEYS)
            on = (clause.on,) if isinstance(clause.on, str) else clause.on
            catches.append(CatchPlan(on=on, variable=clause.as_, block=self.block(clause.do, (*where, "do"), owner)))
        final = self._optional(step.finally_, (*path, "finally"), owner)
        return TryPlan(**head, body=body, catches=tuple(catches), final=final)

    def _inline(self, step: CallDocumentStep, called: Called, head: Head) -> AnyPlanStep:
        document = called.document
        limits = [limit.total_seconds() for limit in (step.timeout, document.timeout) if limit is not None]
        return InlinePlan(
            **{**head, "limit_seconds": min(limits, default=None)},
            document=document.name,
            inputs=document.inputs,
            given=step.with_,
            block=self.calls.inline(called, self),
            outputs=document.outputs,
        )

    def _child(self, step: CallDocumentStep, called: Called, path: Path, head: Head) -> AnyPlanStep:
        child = self.calls.child(called, path, self)
        return ChildPlan(**head, child=child, given=step.with_, detach=step.detach)

    def _expiry(self, step: ApproveStep | ReceiveStep, path: Path, head: Head) -> BlockNumber | None:
        if step.expires is not None:
            self.checks.duration(step.expires, (*path, "expires"))
        return self._optional(step.on_expiry, (*path, "on_expiry"), str(head["id"]))

    def _optional(self, steps: Steps | None, path: Path, owner: str) -> BlockNumber | None:
        return None if steps is None else self.block(steps, path, owner)

    def _undo(self, steps: Steps, path: Path, owner: str) -> BlockNumber:
        with self.visible.aside({}), self._exits(UNDO):
            return self.block(steps, (*path, "undo"), f"{owner}.undo")

    def _body(self, step: ForEachStep | WhileStep, body: Steps, path: Path, head: Head) -> BlockNumber:
        return self.block(body, (*path, "do"), step.id or str(head["id"]))

    def _single(self, step: ForEachStep, path: Path, head: Head) -> BlockNumber:
        number = self.program.reserve()
        known = step.id if step.undo is not None else None  # what undoes a round refers to that round's output
        inner: Head = {"number": self.program.number(), "id": known or f"{head['id']}.do", "named": True}
        call = self._call(step, str(step.do), path, inner)
        if step.undo is not None:
            with self.visible.also(call.id, self._outputs.get(call.number)):
                call = call.model_copy(update={"undo": self._undo(step.undo, path, call.id)})
        self.program.blocks[number] = (call,)
        return number

    def _call(self, step: NodeStep | ForEachStep, name: str, path: Path, head: Head) -> CallStep:
        node = node_call(self.checks, step, name, path)
        planned = CallStep(**head, node=node)
        keys = self.checks.result_keys(name)
        if keys is not None and step.verify is not None:  # what was found stands for a result that nobody saw
            keys = {**keys, "verified": self.checks.result_keys(step.verify.do)}
        self._outputs[planned.number] = keys
        return planned

    @contextmanager
    def _round(self, step: ForEachStep, body: Steps) -> Iterator[None]:
        names = loop_names(step)
        if step.parallel is None:
            with self.visible.round(names, body), self._exits(self.exits.looping):
                yield
        else:
            with self.visible.aside(names), self._exits(ROUND):
                yield

    @contextmanager
    def _exits(self, exits: Exits) -> Iterator[None]:
        outer, self.exits = self.exits, exits
        yield
        self.exits = outer


def _limit(step: StepModel) -> float | None:
    """How long all of a step may take."""
    match step:
        case ForEachStep(do=tuple(), timeout=timedelta() as limit) | LongStep(timeout=timedelta() as limit):
            return limit.total_seconds()
        case _:
            return None


def _leaves(step: Step) -> bool:
    """Whether no step after this one in its block can be reached."""
    match step:
        case ReturnStep() | ThrowStep() | BreakStep(break_=None | True) | ContinueStep(continue_=None | True):
            return True
        case IfStep(else_=tuple()) | SwitchStep(default=tuple()) | SessionStep():
            return all(any(_leaves(inner) for inner in block) for _, block in parts_of(step))
        case _:
            return False
