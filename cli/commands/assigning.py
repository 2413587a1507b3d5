"""The command that binds documents to robots."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.caller import caller_of


def assign(
    context: typer.Context,
    document: Annotated[str | None, typer.Argument(help="The document's name; all if not given.")] = None,
    robot: Annotated[
        str | None, typer.Option("--robot", metavar="ID", help="The only robot that may do its runs.")
    ] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="What its robots must have besides its needs. Repeatable.")
    ] = None,
    environment: Annotated[str | None, typer.Option("--env", metavar="NAME", help="Whose robots do its runs.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Let its runs go by the document alone again.")] = False,
    note: Annotated[str, typer.Option(help="Why, for the records.")] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also to an environment that no robot has come to yet.")
    ] = False,
) -> int:
    """Bind a document to a robot, to tags or to an environment, without editing it; without options, show what is.

    It holds for runs that are started from now on; those under way, and their retries, stay as they are. A
    start that names a robot or an environment leaves it aside, and steps with a `session` of their own still get what
    that needs as well.

    As JSON a list of: `document`, `robot`, `tags`, `environment`, `by`, `at`, `note`.
    """
    from cli.assigning import Binding, assign_document, list_assignments, release_document, show_assignment
    from cli.failure import CommandError

    caller = caller_of(context)
    if document is None:
        if robot or tags or environment or clear:
            raise CommandError("usage", "expected the name of a document to assign", hint="see `aether assign --help`")
        return list_assignments(caller)
    binding = Binding(document, robot, tuple(tags or ()), environment, note, anyway)
    if clear:
        if binding.says:
            raise CommandError("usage", "--clear takes everything away, so nothing can be said beside it")
        return release_document(caller, document)
    return assign_document(caller, binding) if binding.says else show_assignment(caller, document)
