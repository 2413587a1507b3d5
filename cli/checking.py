"""Reading and checking documents; `aether validate`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from rich.text import Text

from activities.catalog import Catalog
from cli.caller import Caller
from cli.failure import CommandError, ExitCode
from cli.folder import Folder
from cli.output import Output
from workflows.compile import compile_plan
from workflows.compose import MAX_BYTES
from workflows.parse import read
from workflows.plan import Plan
from workflows.source import DocumentError, Problem
from workflows.spec import NodeSpec

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Checked:
    """One document and what was found."""

    file: str
    text: str
    plan: Plan | None
    """None when it cannot run."""
    problems: tuple[Problem, ...]


@cache
def known_nodes() -> Mapping[str, NodeSpec]:
    """What is known of the node types here; looked up only for documents that can be read."""
    return Catalog.discover().specs()


def check(file: str) -> Checked:
    """Read a document and find everything that is wrong with it."""
    return check_text(_content(file), "<stdin>" if file == STANDARD_INPUT else file)


def check_text(content: bytes, name: str) -> Checked:
    """Find everything that is wrong with a document whose text is, or will be, in the file of a name."""
    reading = read(content, file=name)
    text = content.decode(errors="replace")
    if reading.document is None:
        return Checked(name, text, None, reading.problems)
    folder = Folder(name)
    compiled = compile_plan(reading.document, known_nodes(), source=reading.source, lost=reading.lost, library=folder)
    problems = sorted({*reading.problems, *compiled.problems}, key=lambda problem: problem.order)
    return Checked(name, text, None if reading.problems else compiled.plan, tuple(problems))


def checked_plan(file: Path, output: Output) -> tuple[Plan, str]:
    """Give the plan of a document that is to run, and its text; warnings are shown.

    Raises:
        DocumentError: it cannot run.
    """
    checked = check(str(file))
    if checked.plan is None:
        raise DocumentError(checked.problems)
    for problem in checked.problems:
        output.note(problem_text(problem))
    return checked.plan, checked.text


def validate_documents(caller: Caller, files: Sequence[str]) -> int:
    """Check documents and report."""
    output = Output(caller)
    results = [check(file) for file in files]
    problems = list(dict.fromkeys(problem for result in results for problem in result.problems))
    valid = all(result.plan is not None for result in results)
    if output.text:
        for problem in problems:
            output.show(problem_text(problem))
        _summarise(output, results)
    else:
        output.write(
            {
                "valid": valid,
                "files": [{"file": result.file, "valid": result.plan is not None} for result in results],
                "problems": [problem_record(problem) for problem in problems],
            }
        )
    return ExitCode.OK if valid else ExitCode.USAGE


def problem_text(problem: Problem) -> Text:
    """A problem in one line, its place first."""
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    rest = str(problem).removeprefix(f"{place}: ")
    return Text.assemble((f"{place}: ", "bold"), (rest, "yellow" if problem.severity == "warning" else ""))


def problem_record(problem: Problem) -> dict[str, object]:
    """A problem as data."""
    return asdict(problem)


def _content(file: str) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError("no-file", f"cannot read the document {file!r}: {error.strerror or error}") from error


def _summarise(output: Output, results: Iterable[Checked]) -> None:
    for result in results:
        counts = Counter(problem.severity for problem in result.problems)
        found = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in sorted(counts.items()))
        mark, style, verdict = ("✓", "green", "valid") if result.plan is not None else ("✗", "red", "cannot run")
        output.note(Text.assemble((mark, style), f" {result.file}: {verdict}", (f" ({found})" if found else "", "dim")))
