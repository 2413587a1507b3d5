"""Commands that tell runs what people decide."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of

Run = Annotated[str, typer.Argument(help="The run's id.", metavar="RUN")]
Step = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE", help="Which step, where several wait: its id, or its place such as `pay_all[7].pay`."
    ),
]
Note = Annotated[str, typer.Option(help="Why, for the records.")]
By = Annotated[str | None, typer.Option(metavar="PERSON", help="Who decides; by default you, at this machine.")]
Fields = Annotated[
    list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="A field of the form. Repeatable.")
]


class How(StrEnum):
    """What a parked step does."""

    RETRY = "retry"
    SKIP = "skip"
    SET_OUTPUT = "set-output"
    GOTO = "goto"
    ABORT = "abort"


def fix(
    context: typer.Context,
    run_id: Run,
    action: Annotated[How, typer.Option(help="What the parked step does.")] = How.RETRY,
    step: Step = None,
    goto: Annotated[str | None, typer.Option(metavar="STEP", help="The earlier step to go on at.")] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", metavar="NAME=VALUE", help="An input of the run that changes. Repeatable."),
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="JSON", help="What the step would have given, for `set-output`.")
    ] = None,
    document: Annotated[Path | None, typer.Option(metavar="FILE", help="The corrected document to go on with.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the run would accept this.")] = False,
    note: Note = "",
    by: By = None,
) -> int:
    """Have a parked run go on: where it stopped, in the same session.

    `retry` does the step again, `skip` leaves it out, `set-output` says what it gave, `goto` goes back to an earlier
    step, `abort` gives the run up and undoes what it did. With `--document` the run goes on with a corrected
    document; what has run must be written there as before.
    """
    from cli.answering import Fix
    from cli.answering import fix as fix_run

    wanted = Fix(run_id, action.value, step, goto, tuple(inputs or ()), output, document, note, by, check)
    return fix_run(caller_of(context), wanted)


def approve(
    context: typer.Context, run_id: Run, step: Step = None, fields: Fields = None, note: Note = "", by: By = None
) -> int:
    """Say yes to what a run asks."""
    from cli.answering import answer

    return answer(caller_of(context), run_id, approved=True, step=step, fields=fields or (), note=note, by=by)


def reject(
    context: typer.Context, run_id: Run, step: Step = None, fields: Fields = None, note: Note = "", by: By = None
) -> int:
    """Say no to what a run asks."""
    from cli.answering import answer

    return answer(caller_of(context), run_id, approved=False, step=step, fields=fields or (), note=note, by=by)


def pause(context: typer.Context, run_id: Run, note: Note = "") -> int:
    """Have a run begin no further step; what is under way comes to its end."""
    from cli.answering import pause_run

    return pause_run(caller_of(context), run_id, note=note)


def resume(context: typer.Context, run_id: Run) -> int:
    """Have a paused run go on."""
    from cli.answering import resume_run

    return resume_run(caller_of(context), run_id)


def send(
    context: typer.Context,
    run_id: Run,
    event: Annotated[str, typer.Argument(help="The event's name.", metavar="EVENT")],
    key: Annotated[str | None, typer.Option(help="Which of these events, e.g. an order's number.")] = None,
    data: Annotated[str | None, typer.Option(metavar="JSON", help="What the event brings.")] = None,
    delivery: Annotated[
        str,
        typer.Option("--id", metavar="ID", help="The same for deliveries of the same event; the second is dropped."),
    ] = "",
) -> int:
    """Tell a run that something happened, for its `receive` steps."""
    from cli.answering import send as send_event

    return send_event(caller_of(context), run_id, event, key=key, data=data, delivery=delivery)
