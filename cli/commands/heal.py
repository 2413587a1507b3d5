"""Commands for what steps found in place of their elements."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of
from cli.commands.answers import By, Note

heal = typer.Typer(help="Elements that steps found again on changed pages, and what people say to that.")
HealId = Annotated[str, typer.Argument(help="The heal's id, or its beginning.", metavar="HEAL")]
OfDocument = Annotated[str | None, typer.Option("--document", metavar="NAME", help="Only those of this document.")]


class State(StrEnum):
    """What was done about a heal, or said to it."""

    HEALED = "healed"
    PROPOSED = "proposed"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@heal.command("list")
def list_(
    context: typer.Context,
    document: OfDocument = None,
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Only those that this run met.")] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
) -> int:
    """List what robots of this installation found in place of elements, the latest first.

    `proposed` waits for a person; `healed` was acted upon because it was beyond doubt; `refused` was not alike enough.

    As JSON: `heal`, `state`, `document`, `step`, `page`, `target`, `found`, `tier`, `score`, `margin`, `reason`,
    `targets` (what would name it: `target`, `stability`, `reason`), `runs`, `count`, `last`, `ruling`.
    """
    from cli.healing import list_heals

    return list_heals(caller_of(context), document=document, run=run, state=state.value if state else None)


@heal.command()
def show(
    context: typer.Context,
    heal_id: HealId,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the picture of the page there (PNG), what was found marked in it."),
    ] = None,
) -> int:
    """Show a heal: what the element was, what it is now, how sure that is, and what would name it.

    As JSON: what `aether heal list` gives, `before`, `after` and `occasions` (`at`, `run`, `place`, `outcome`).
    """
    from cli.healing import show_heal

    return show_heal(caller_of(context), heal_id, save=save)


@heal.command()
def accept(
    context: typer.Context,
    heal_id: HealId,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the new target into this document, after showing how.")
    ] = None,
    target: Annotated[
        int, typer.Option(min=1, metavar="NUMBER", help="Which of the targets that `aether heal show` lists.")
    ] = 1,
    runs: Annotated[bool, typer.Option("--runs/--no-runs", help="Have parked runs that ask for it go on.")] = True,
    note: Note = "",
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Say that what was found is the element: for all runs from now on, and those that are parked for it.

    With `--document`, the change of the document is shown as a diff and, if you agree, written: only the target
    changes, comments and layout stay. Parked runs go on with the corrected document.

    As JSON: `heal`, `state`, `document`, `diff`, `fixed`, `refused`, `stopped`. Exit code 1: the first runs that went
    on parked again, and the others were left; 5: some could not go on and are still parked.
    """
    from cli.accepting import Acceptance, accept_heal

    return accept_heal(caller_of(context), Acceptance(heal_id, document, target, runs, note, by, yes))


@heal.command()
def reject(context: typer.Context, heal_id: HealId, note: Note = "", by: By = None) -> int:
    """Say that what was found is another element: no step takes it for this one again."""
    from cli.accepting import reject_heal

    return reject_heal(caller_of(context), heal_id, note=note, by=by)


@heal.command()
def report(context: typer.Context, document: OfDocument = None) -> int:
    """Count heals per document, step and tier: what heals again and again wants a better target.

    As JSON: `document`, `step`, `tier`, `total`, `healed`, `proposed`, `refused`, `accepted`, `rejected`, `last`.
    """
    from cli.healing import report_heals

    return report_heals(caller_of(context), document=document)


@heal.command("export")
def export_(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="The document's name.", metavar="DOCUMENT")],
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them there.")] = None,
) -> int:
    """Give what is remembered of a document's elements as a file to keep beside it: `flow.fingerprints.json`."""
    from cli.healing import export_memory

    return export_memory(caller_of(context), document, to=to)


@heal.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `aether heal export` wrote.", metavar="FILE")],
    replace: Annotated[bool, typer.Option("--replace", help="Also in place of what is remembered here.")] = False,
) -> int:
    """Remember the elements of a document from a file; what is remembered here already stays."""
    from cli.healing import import_memory

    return import_memory(caller_of(context), file, replace=replace)
