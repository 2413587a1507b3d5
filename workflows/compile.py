"""From a document and what is known of node types to a plan, or to every reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.checks import Checks
from workflows.defect import Defect
from workflows.document import Document
from workflows.kind import CallDocumentStep, ReturnStep
from workflows.library import Library, Unfound
from workflows.mention import secrets_of
from workflows.parse import Reading
from workflows.plan import BlockNumber, Plan
from workflows.planning import Called, Planner
from workflows.program import Program
from workflows.source import Path, Problem, Source
from workflows.spec import NodeSpec
from workflows.visible import Keys, Visible, all_steps, fixed_names, keys_of

MAX_HEIGHT = 20
"""How many documents may call one another, the first one included."""
MAX_DOCUMENTS = 500
"""How many documents a plan may hold, each counted as often as it is there."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of a document."""

    plan: Plan | None
    """None when some problem is an error."""
    problems: tuple[Problem, ...]
    """Errors and warnings, file by file, in the order of the documents."""


def compile_plan(
    document: Document,
    specs: Mapping[str, NodeSpec],
    *,
    source: Source | None = None,
    lost: frozenset[str] = frozenset(),
    library: Library | None = None,
) -> Compiled:
    """Check everything that can be known before a run, and freeze what a run needs.

    `lost` are names that broken parts of the document may define, of which nothing can be said; `library` has the
    documents that it calls.
    """
    reading = Reading(document, source or Source("<document>"), (), lost)
    compiler = _Compiler(specs, library)
    plan, _ = compiler.whole(reading, document, ())
    problems = tuple(sorted(compiler.problems, key=lambda problem: problem.order))
    return Compiled(None if any(problem.severity == "error" for problem in problems) else plan, problems)


@dataclass(slots=True)
class _Compiler:
    """Plans a document together with those it calls."""

    specs: Mapping[str, NodeSpec]
    library: Library | None
    problems: dict[Problem, None] = field(default_factory=dict)
    _children: dict[str, tuple[Plan, Program]] = field(default_factory=dict)
    """Documents planned already, by their file."""

    def whole(self, reading: Reading, document: Document, chain: tuple[str, ...]) -> tuple[Plan, Program]:
        """A document as a plan of its own; worth nothing if there are errors."""
        program = Program(list(document.needs))
        program.limit(document.limits)
        self._walk(reading, document, program, chain)
        limit = document.timeout
        plan = Plan(
            name=document.name,
            description=document.description,
            inputs=document.inputs,
            needs=tuple(program.needs),
            prefer=document.prefer,
            affinity=document.affinity,
            priority=document.priority,
            limits=program.limits,
            nodes=self._nodes(program),
            on_failure=document.on_failure,
            blocks=tuple(program.blocks),
            outputs=document.outputs,
            secrets=tuple(sorted(program.secrets)),
            children=tuple(program.children.values()),
            hold=document.park.hold.total_seconds(),
            limit_seconds=None if limit is None else limit.total_seconds(),
            cleanup=document.cleanup.total_seconds(),
            sla=None if document.sla is None else document.sla.total_seconds(),
            evidence=document.evidence,
            video=document.video,
            restore=program.restore,
        )
        return plan, program

    def find(self, step: CallDocumentStep, path: Path, planner: Planner) -> Called | None:
        """The called document; None where there is none, which is reported."""
        where = (*path, "call")
        checks = planner.checks
        if not checks.literal(
            step.call, where, "the called document", "decide with 'if' or 'switch' which one to call"
        ):
            return None
        if self.library is None:
            checks.report(
                where, Defect.UNKNOWN_DOCUMENT, "a document cannot call others here", "start it from its file"
            )
            return None
        found = self.library.find(step.call, caller=checks.file)
        if isinstance(found, Unfound):
            checks.report(where, Defect.UNKNOWN_DOCUMENT, found.message, found.hint)
            return None
        self.problems.update(dict.fromkeys(found.problems))
        file = found.source.file
        if file in planner.chain:
            circle = " → ".join((*planner.chain[planner.chain.index(file) :], file))
            checks.report(where, Defect.CALL_CIRCLE, f"documents call each other in a circle: {circle}", "break it")
        elif self._room(planner, where, height=1, documents=1) and found.document is not None:
            return Called(found, found.document, _keys(found.document))
        return None

    def inline(self, called: Called, planner: Planner) -> BlockNumber:
        """The block of its steps, within the plan of its caller."""
        program = planner.program
        program.documents += 1
        program.need(called.document.needs)
        program.limit(called.document.limits)
        return self._walk(called.reading, called.document, program, planner.chain, inline=True)

    def child(self, called: Called, path: Path, planner: Planner) -> int:
        """Its place among the children of the plan; planned once however often it is called."""
        program, file = planner.program, called.reading.source.file
        if file not in program.children:
            if file not in self._children:
                self._children[file] = self.whole(called.reading, called.document, planner.chain)
            program.children[file], inner = self._children[file]
            if self._room(planner, (*path, "call"), height=inner.height, documents=inner.documents):
                program.documents += inner.documents
                program.height = max(program.height, inner.height + 1)
        return list(program.children).index(file)

    def _walk(
        self, reading: Reading, document: Document, program: Program, chain: tuple[str, ...], *, inline: bool = False
    ) -> BlockNumber:
        """Check a document and plan its steps."""
        checks = Checks(document, self.specs, reading.source, Visible(fixed_names(document)), reading.lost)
        planner = Planner(document, checks, program, self, (*chain, reading.source.file))
        checks.inputs(document.inputs, ("inputs",))
        block = planner.block(document.steps, ("steps",), "main")
        if document.restore is not None and not inline:
            program.restore = planner.restore(document.restore)
        checks.values(document.outputs, ("outputs",))
        program.secrets.update(secrets_of(document))
        self.problems.update(dict.fromkeys(checks.problems))
        return block

    def _nodes(self, program: Program) -> dict[str, dict[str, str]]:
        """By capability, the node types of a document, each with the digest of its schema."""
        found: dict[str, dict[str, str]] = {}
        for node in sorted(program.nodes() & self.specs.keys()):
            found.setdefault(self.specs[node].capability, {})[node] = self.specs[node].digest
        return found

    def _room(self, planner: Planner, where: Path, *, height: int, documents: int) -> bool:
        """Whether a plan can hold so many more; says so if not."""
        fits = len(planner.chain) + height <= MAX_HEIGHT and planner.program.documents + documents <= MAX_DOCUMENTS
        if not fits:
            message = (
                f"this comes to too many documents: {MAX_HEIGHT} may call one another, a plan holds {MAX_DOCUMENTS}"
            )
            planner.checks.report(where, Defect.TOO_LARGE, message, "call fewer of them")
        return fits


def _keys(document: Document) -> Keys:
    """The outputs a document may have."""
    returned = (step.return_ for step in all_steps(document) if isinstance(step, ReturnStep))
    return keys_of(*document.outputs, *(name for values in returned for name in values or ()))
