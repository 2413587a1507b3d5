"""Commands for what many parked runs have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of
from cli.commands.answers import By, How, Note

incidents = typer.Typer(
    help="Parked runs by what they wait for, and their fix in bulk.", invoke_without_command=True, no_args_is_help=False
)
Incident = Annotated[str, typer.Argument(help="The incident's id, or its beginning.", metavar="INCIDENT")]


@incidents.callback()
def incidents_(context: typer.Context) -> int | None:
    """List the incidents: `aether incidents` alone does what `aether incidents list` does."""
    return incidents_list(context) if context.invoked_subcommand is None else None


@incidents.command("list")
def incidents_list(context: typer.Context) -> int:
    """List the incidents: parked runs of one document, at one step, with one cause. The largest comes first.

    Two errors have one cause when they are of one type and say the same but for numbers, ids, dates and quoted values.

    As JSON: `incident`, `document`, `step`, `error`, `runs` (how many), `first` and `last` (when they parked), `sample`
    (`run`, `place`, `message`, `link`).
    """
    from cli.incidents import list_incidents

    return list_incidents(caller_of(context))


@incidents.command("show")
def incidents_show(context: typer.Context, incident: Incident) -> int:
    """Show an incident: its message, its runs, and how far its fix is.

    As JSON: what `aether incidents list` gives, `parked` (`run`, `since`, `place`, `message` of each run) and `fix`.
    """
    from cli.incidents import show_incident

    return show_incident(caller_of(context), incident)


@incidents.command("fix")
def incidents_fix(
    context: typer.Context,
    incident: Incident,
    action: Annotated[How, typer.Option(help="What the parked steps do.")] = How.RETRY,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The corrected document, with which the runs go on.")
    ] = None,
    value: Annotated[str | None, typer.Option(metavar="JSON", help="For `set-output`: what the step gives.")] = None,
    goto: Annotated[str | None, typer.Option(metavar="STEP", help="For `goto`: the earlier step to go on at.")] = None,
    note: Note = "",
    by: By = None,
    canary: Annotated[
        int, typer.Option(min=0, metavar="COUNT", help="Fix so many first and go on only when they are past the step.")
    ] = 3,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Fix all runs of an incident: a few first, and the others when those are past the step.

    It stops when one of the first parks there again, and leaves all others as they are. It is the platform that does
    it: it goes on when this command is interrupted, and the same command follows it again.

    Exit code 0: all were fixed; 1: it stopped; 5: some could not take the fix and are still parked.
    """
    from cli.bulk import Remedy, fix_incident

    remedy = Remedy(action.value, document, value, goto, note, by, canary, yes)
    return fix_incident(caller_of(context), incident, remedy)
