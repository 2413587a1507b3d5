"""`aether import`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text

from cli.caller import Caller
from cli.checking import problem_record, problem_text
from cli.failure import CommandError, ExitCode
from cli.output import Output
from workflows.importing.workflow import import_workflow
from workflows.printing import print_document
from workflows.source import Problem


def import_document(caller: Caller, file: Path, *, to: Path | None) -> int:
    """Write the document that does what the workflow did, and tell what is missing or different."""
    output = Output(caller)
    imported = import_workflow(_content(file), file=str(file))
    text = print_document(imported.document)
    missing = [problem for problem in imported.problems if problem.severity == "error"]
    if to is not None:
        with to.open("x", encoding="utf-8") as target:
            target.write(text)
    if not output.text:
        problems = [problem_record(problem) for problem in imported.problems]
        output.write({"name": imported.document.name, "document": text, "problems": problems})
    elif to is None:
        output.raw(text)
    if output.text:
        _tell(output, imported.problems, to)
    return ExitCode.USAGE if missing else ExitCode.OK


def _content(file: Path) -> JsonValue:
    try:
        content: JsonValue = json.loads(file.read_bytes())
    except OSError as error:
        raise CommandError("no-file", f"cannot read {str(file)!r}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise CommandError("document", f"expected JSON in {str(file)!r}: {error}") from error
    return content


def _tell(output: Output, problems: tuple[Problem, ...], to: Path | None) -> None:
    for problem in problems:
        output.note(problem_text(problem))
    missing = sum(problem.severity == "error" for problem in problems)
    if to is not None:
        output.note(f"wrote {to}")
    if missing:
        output.note(
            Text(f"{missing} things could not be carried over; the document fails where they were", style="red")
        )
