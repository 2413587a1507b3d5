"""`aether lint`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text

from activities.sessions.control import Control
from activities.sessions.control import written as written_control
from activities.sessions.fragility import Fragility, fragility
from activities.sessions.target import Target, written
from cli.caller import Caller
from cli.checking import check, known_nodes
from cli.connecting import settings_of
from cli.failure import ExitCode
from cli.output import Output, table
from workers.better import experience
from workers.settings import Settings
from workers.targets import written_targets
from workflows.parse import parse
from workflows.printing import print_value
from workflows.source import DocumentError, Position, field_name, step_of

_SHAKY = 50
"""The stability below which a target is shown in red."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One target of a document, and how long it will last."""

    file: str
    position: Position
    step: str
    field: str
    target: Target | Control
    risk: Fragility
    better: Target | None
    """What would last longer, if the robot here remembers the element."""


def lint_documents(caller: Caller, files: Sequence[str], *, at_least: int | None) -> int:
    """Tell of each target how long it will last."""
    settings = settings_of(caller)
    findings = sorted(
        (each for file in files for each in _findings(file, settings)), key=lambda each: each.risk.stability
    )
    shaky = [each for each in findings if at_least is not None and each.risk.stability < at_least]
    output = Output(caller)
    if not output.text:
        output.write_all(map(_record, findings))
    elif findings:
        output.show(_table(findings))
    said = f"{len(findings)} target{'s' if len(findings) != 1 else ''}"
    output.note(f"{said}, {len(shaky)} of them below {at_least}" if at_least is not None else said)
    return ExitCode.RUN_FAILED if shaky else ExitCode.OK


def _findings(file: str, settings: Settings) -> Iterator[Finding]:
    checked = check(file)
    if checked.plan is None:
        raise DocumentError(checked.problems)
    parsed = parse(checked.text, file=checked.file)
    source = parsed.source
    known = asyncio.run(experience(settings, parsed.document.name))
    for each in written_targets(source, known_nodes()):
        yield Finding(
            checked.file,
            source.position(each.path),
            each.step,
            field_name(each.path[step_of(each.path) :]) or "",
            each.target,
            fragility(each.target),
            known.better(each.step, each.target) if isinstance(each.target, Target) else None,
        )


def _record(finding: Finding) -> dict[str, object]:
    line, column = finding.position
    return {
        "file": finding.file,
        "line": line,
        "column": column,
        "step": finding.step,
        "field": finding.field,
        "target": _written(finding.target),
        "stability": finding.risk.stability,
        "leans": {str(lean): count for lean, count in finding.risk.leans},
        "reason": finding.risk.reason,
        "better": written(finding.better) if finding.better is not None else None,
    }


def _table(findings: Sequence[Finding]) -> RenderableType:
    headers = ("PLACE", "STEP", "TARGET", "STABILITY", "WHY", "BETTER")
    rows = [_cells(finding) for finding in findings]
    columns = len(headers) if any(finding.better for finding in findings) else len(headers) - 1
    return table(headers[:columns], [row[:columns] for row in rows], right=(3,))


def _cells(finding: Finding) -> tuple[RenderableType, ...]:
    line, column = finding.position
    stability = finding.risk.stability
    return (
        Text(f"{finding.file}:{line}:{column}", style="bold"),
        Text(finding.step),
        Text(print_value(_written(finding.target))),
        Text(str(stability), style="red" if stability < _SHAKY else ""),
        Text(finding.risk.reason),
        Text(print_value(written(finding.better)) if finding.better is not None else ""),
    )


def _written(target: Target | Control) -> JsonValue:
    return written(target) if isinstance(target, Target) else written_control(target)
