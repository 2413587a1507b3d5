"""From a document and what is known of node types to a plan, or to every reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatchmethod

from pydantic import JsonValue

from workflows.checks import Checks, kept_loops, secrets_of
from workflows.defect import Defect
from workflows.document import (
    AssertStep,
    BreakStep,
    ContinueStep,
    Document,
    ForEachStep,
    IfStep,
    NodeStep,
    ReturnStep,
    SetStep,
    Step,
    StepModel,
    Steps,
    SwitchStep,
    Thrown,
    ThrowStep,
    TryStep,
    Until,
    WaitStep,
    WhileStep,
)
from workflows.nesting import blocks_of
from workflows.plan import (
    AnyPlanStep,
    Arm,
    AssertPlan,
    Block,
    BlockNumber,
    CallStep,
    CasePlan,
    CatchPlan,
    ForEachPlan,
    IfPlan,
    JumpPlan,
    NodeCall,
    Plan,
    RetryPlan,
    ReturnPlan,
    SetPlan,
    SwitchPlan,
    ThrowPlan,
    TryPlan,
    WaitPlan,
    WhilePlan,
)
from workflows.source import Path, Problem, Source
from workflows.spec import NodeSpec
from workflows.visible import ERROR_KEYS, LOOP_KEYS, Visible, fixed_names, loop_names, result_keys

RETRY_DELAYS = (10.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds between attempts where neither step nor document say otherwise."""
RETRY_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of a document."""

    plan: Plan | None
    """None when some problem is an error."""
    problems: tuple[Problem, ...]
    """Errors and warnings, in the order of the document."""


def compile_plan(
    document: Document,
    specs: Mapping[str, NodeSpec],
    *,
    source: Source | None = None,
    lost: frozenset[str] = frozenset(),
) -> Compiled:
    """Check everything that can be known before a run, and freeze what a run needs.

    `lost` are names that broken parts of the document may define, of which nothing can be said.
    """
    visible = Visible(fixed_names(document))
    compiler = _Compiler(document, specs, Checks(document, specs, source or Source("<document>"), visible, lost))
    compiler.checks.inputs()
    compiler.block(document.steps, ("steps",), "main")
    compiler.checks.values(document.outputs, ("outputs",))
    problems = tuple(sorted(compiler.checks.problems, key=lambda problem: problem.order))
    if any(problem.severity == "error" for problem in problems):
        return Compiled(None, problems)
    plan = Plan(
        name=document.name,
        description=document.description,
        inputs=document.inputs,
        needs=document.needs,
        on_failure=document.on_failure,
        blocks=tuple(block for block in compiler.blocks if block is not None),
        outputs=document.outputs,
        secrets=secrets_of(document),
    )
    return Compiled(plan, problems)


class _Compiler:
    """Walks a document once, in the order written."""

    def __init__(self, document: Document, specs: Mapping[str, NodeSpec], checks: Checks) -> None:
        self.document = document
        self.specs = specs
        self.checks = checks
        self.visible = checks.visible
        self.kept = kept_loops(document)
        self.blocks: list[Block | None] = []
        self.loops = 0
        self._numbers = 0
        self._counts: dict[str, int] = {}

    def block(self, steps: Steps, path: Path, owner: str) -> BlockNumber:
        """Plan a list of steps; the number it gets is its place among all blocks."""
        number = len(self.blocks)
        self.blocks.append(None)
        planned: list[AnyPlanStep] = []
        ended = False
        for index, step in enumerate(steps):
            if ended:
                message, hint = "this step is never reached", "remove it, or move it up"
                self.checks.report((*path, index), Defect.UNREACHABLE_STEP, message, hint)
            planned.append(self._step(step, (*path, index), owner))
            ended = ended or _leaves(step)
        self.blocks[number] = tuple(planned)
        return number

    def _step(self, step: Step, path: Path, owner: str) -> AnyPlanStep:
        self.checks.name(step, path)
        head = self._head(step, owner)
        planned = self._plan(step, path, head)
        if step.id is not None:
            self.visible.add(step.id, self._keys(step))
        return planned

    def _head(self, step: StepModel, owner: str) -> dict[str, JsonValue]:
        number = self._numbers
        self._numbers += 1
        self._counts[owner] = self._counts.get(owner, 0) + 1
        return {"number": number, "id": step.id or f"{owner}.{self._counts[owner]}", "named": step.id is not None}

    def _keys(self, step: Step) -> frozenset[str] | None:
        if isinstance(step, ForEachStep | WhileStep):
            return LOOP_KEYS
        if isinstance(step, NodeStep) and step.do in self.specs:
            return result_keys(self.specs[step.do].result)
        if isinstance(step, SetStep):
            return frozenset(step.set)
        return None

    @singledispatchmethod
    def _plan(self, step: StepModel, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        raise AssertionError(step, path, head)  # pragma: no cover - one method for each kind of step

    @_plan.register
    def _(self, step: NodeStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        return self._call(step, step.do, path, head)

    @_plan.register
    def _(self, step: ForEachStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.items(step.for_each, (*path, "for_each"))
        self.checks.loop_names(step, path)
        body = () if isinstance(step.do, str) else step.do
        with self.visible.round(loop_names(step), body), self._loop():
            block = self._single(step, path, head) if isinstance(step.do, str) else self._body(step, body, path, head)
        return ForEachPlan(
            **head,
            items=step.for_each,
            variable=step.as_,
            index=step.index,
            block=block,
            single=isinstance(step.do, str),
            keep_results=step.id in self.kept,
        )

    @_plan.register
    def _(self, step: WhileStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.visible.learn(step.do)
        self.checks.condition(step.while_, (*path, "while"))
        with self.visible.round({}, step.do), self._loop():
            block = self._body(step, step.do, path, head)
        return WhilePlan(
            **head, condition=step.while_, block=block, limit=step.limit, keep_results=step.id in self.kept
        )

    @_plan.register
    def _(self, step: IfStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
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
    def _(self, step: SwitchStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
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
    def _(self, step: TryStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
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

    @_plan.register
    def _(self, step: SetStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.set_names(step, path)
        self.checks.values(step.set, (*path, "set"))
        self.visible.variables.update(dict.fromkeys(step.set))
        return SetPlan(**head, values=step.set)

    @_plan.register
    def _(self, step: AssertStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.condition(step.assert_, (*path, "assert"))
        self.checks.value(step.message, (*path, "message"))
        return AssertPlan(**head, condition=step.assert_, message=step.message)

    @_plan.register
    def _(self, step: ThrowStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        thrown = step.throw if isinstance(step.throw, Thrown) else Thrown(message=step.throw)
        where = (*path, "throw") if isinstance(step.throw, str) else (*path, "throw", "message")
        self.checks.value(thrown.message, where)
        self.checks.value(thrown.details, (*path, "throw", "details"))
        return ThrowPlan(
            **head, type=thrown.type, error_kind=thrown.kind, message=thrown.message, details=thrown.details
        )

    @_plan.register
    def _(self, step: BreakStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.jump("break", step.break_, path, inside=self.loops > 0)
        return JumpPlan(**head, to="break", condition=step.break_ is None or step.break_)

    @_plan.register
    def _(self, step: ContinueStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.jump("continue", step.continue_, path, inside=self.loops > 0)
        return JumpPlan(**head, to="continue", condition=step.continue_ is None or step.continue_)

    @_plan.register
    def _(self, step: ReturnStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        self.checks.value(step.return_, (*path, "return"))
        return ReturnPlan(**head, values=step.return_)

    @_plan.register
    def _(self, step: WaitStep, path: Path, head: dict[str, JsonValue]) -> AnyPlanStep:
        if isinstance(step.wait, Until):
            self.checks.moment(step.wait.until, (*path, "wait", "until"))
            return WaitPlan(**head, duration=None, until=step.wait.until)
        self.checks.duration(step.wait, (*path, "wait"))
        return WaitPlan(**head, duration=step.wait, until=None)

    def _optional(self, steps: Steps | None, path: Path, owner: str) -> BlockNumber | None:
        return None if steps is None else self.block(steps, path, owner)

    def _body(self, step: ForEachStep | WhileStep, body: Steps, path: Path, head: dict[str, JsonValue]) -> BlockNumber:
        return self.block(body, (*path, "do"), step.id or str(head["id"]))

    def _single(self, step: ForEachStep, path: Path, head: dict[str, JsonValue]) -> BlockNumber:
        number = len(self.blocks)
        self.blocks.append(None)
        inner: dict[str, JsonValue] = {"number": self._numbers, "id": f"{head['id']}.do", "named": True}
        self._numbers += 1
        self.blocks[number] = (self._call(step, str(step.do), path, inner),)
        return number

    def _call(self, step: NodeStep | ForEachStep, name: str, path: Path, head: dict[str, JsonValue]) -> CallStep:
        spec = self.checks.node(step, name, path)
        timeout = step.timeout or self.document.defaults.timeout or spec.timeout
        return CallStep(
            **head,
            node=NodeCall(
                type=name,
                capability=spec.capability,
                session=spec.session,
                checkpoint=spec.checkpoint,
                workspace=spec.workspace,
                effect=step.effect or spec.effect_of(step.with_),
                timeout=timeout.total_seconds(),
                retry=self._retry(step),
                params=step.with_,
                label=spec.label,
            ),
        )

    def _retry(self, step: NodeStep | ForEachStep) -> RetryPlan:
        retry = step.retry or self.document.defaults.retry
        if retry is None:
            return RetryPlan(delays=RETRY_DELAYS, jitter=RETRY_JITTER)
        return RetryPlan(delays=tuple(delay.total_seconds() for delay in retry.delays), jitter=retry.jitter)

    @contextmanager
    def _loop(self) -> Iterator[None]:
        self.loops += 1
        yield
        self.loops -= 1


def _leaves(step: Step) -> bool:
    """Whether no step after this one in its block can be reached."""
    match step:
        case ReturnStep() | ThrowStep() | BreakStep(break_=None | True) | ContinueStep(continue_=None | True):
            return True
        case IfStep(else_=tuple()) | SwitchStep(default=tuple()):
            return all(any(_leaves(inner) for inner in block) for _, block in blocks_of(step))
        case _:
            return False
