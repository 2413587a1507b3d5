"""Commands that start runs, look at them, and end them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of

Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="NAME=VALUE", help="An input; for a file its path. Repeatable."),
]
InputsFile = Annotated[
    Path | None, typer.Option("--inputs", help="A JSON file with inputs by name; `-` is standard input.")
]
Key = Annotated[
    str | None, typer.Option(help="Start at most one run of the document with this key; later starts join it.")
]
Environment = Annotated[
    str | None, typer.Option("--env", metavar="NAME", help="Whose robots do the run; by default those of the settings.")
]
Priority = Annotated[
    int | None, typer.Option(min=0, max=20, help="How urgent it is among all that wait for robots; 20 is most urgent.")
]
Tenant = Annotated[str | None, typer.Option(help="On whose behalf; tenants of the same priority take turns.")]
OnlyRobot = Annotated[str | None, typer.Option("--robot", metavar="ID", help="The only robot that may do it.")]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Also where no robot has come yet that can do it: the run waits.")
]
DocumentFile = Annotated[
    Path, typer.Argument(help="The document, or the name of a published one, e.g. `pay` or `pay@3`.", metavar="FILE")
]
Run = Annotated[str, typer.Argument(help="The run's id.", metavar="RUN")]
Reason = Annotated[str | None, typer.Option(help="Why, for the records.")]


def run(
    context: typer.Context,
    file: DocumentFile,
    inputs: Inputs = None,
    inputs_file: InputsFile = None,
    key: Key = None,
    timeout: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Wait no longer than this, e.g. `10m`; the run goes on.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="DIRECTORY", help="Copy the run's files into this directory.")
    ] = None,
    headed: Annotated[bool, typer.Option("--headed", help="In a browser of your own that shows its window.")] = False,
    slow: Annotated[str | None, typer.Option(metavar="DURATION", help="Pause before each call, e.g. `500ms`.")] = None,
    breaks: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="STEP", help="Stop before this step; `aether fix` goes on. Repeatable."),
    ] = None,
    environment: Environment = None,
    priority: Priority = None,
    tenant: Tenant = None,
    robot: OnlyRobot = None,
    anyway: Anyway = False,
) -> int:
    """Start a run and follow it to its end.

    Ctrl-C asks whether to leave the run alone or to cancel it.
    """
    from cli.running import Look, Order, Wanted, run_document

    look = Look(headed, slow, tuple(breaks or ()))
    wanted = Wanted(environment, tenant, priority, robot, anyway)
    order = Order(file, tuple(inputs or ()), inputs_file, key, look, wanted)
    return run_document(caller_of(context), order, timeout=timeout, save=save)


def start(
    context: typer.Context,
    file: DocumentFile,
    inputs: Inputs = None,
    inputs_file: InputsFile = None,
    key: Key = None,
    environment: Environment = None,
    priority: Priority = None,
    tenant: Tenant = None,
    robot: OnlyRobot = None,
    anyway: Anyway = False,
) -> int:
    """Start a run and leave it alone."""
    from cli.running import Order, Wanted, start_document

    wanted = Wanted(environment, tenant, priority, robot, anyway)
    order = Order(file, tuple(inputs or ()), inputs_file, key, wanted=wanted)
    return start_document(caller_of(context), order)


def list_(
    context: typer.Context,
    status: Annotated[
        list[str] | None,
        typer.Option(help="running, waiting, parked, paused, completed, failed, cancelled or terminated. Repeatable."),
    ] = None,
    workflow: Annotated[
        list[str] | None, typer.Option(metavar="DOCUMENT", help="The document's name. Repeatable.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Started in this time (`2h`) or after this moment.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="Started before this moment.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="A condition in Temporal's list language.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="COUNT", help="Show at most so many.")] = 50,
) -> int:
    """List runs, the latest first; those that wait with what they wait for, as far as they answer in time."""
    from cli.listing import Wanted, list_runs

    wanted = Wanted(tuple(status or ()), tuple(workflow or ()), since, until, query)
    return list_runs(caller_of(context), wanted, limit=limit)


def show(
    context: typer.Context,
    run_id: Run,
    save: Annotated[
        Path | None, typer.Option(metavar="DIRECTORY", help="Copy the run's files into this directory.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="STEP", help="Show one step, e.g. `pay` (its last time) or `pay_all[7].pay`.")
    ] = None,
    timeline: Annotated[bool, typer.Option("--timeline", help="Show every time that a step was done.")] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="Write what the failed step's page looked like into this directory."),
    ] = None,
    trace: Annotated[
        str | None,
        typer.Option(metavar="STEP", help="Write the latest trace of this step, and open it in Playwright's viewer."),
    ] = None,
) -> int:
    """Show a run: its steps, outputs, error and files. It needs no orchestrator: Temporal's history is enough.

    With `--at`: what the step saw and what came of it, as JSON: `place`, `step`, `kind`, `status`, `started`,
    `ended`, `seconds`, `inputs`, `variables`, `scope`, `attempts` (`number`, `at`, `robot`, `params`, `error`),
    `output`, `error`. With `--timeline`: a list of the first of these. Rounds are counted from 0.

    With `--evidence` or `--trace`: the files that were written, as JSON: `run`, `evidence` (`step`, `place`,
    `attempt`, `kind`, `path`).
    """
    if at is not None or timeline:
        from cli.moments import show_moment, show_timeline

        caller = caller_of(context)
        return show_moment(caller, run_id, at=at) if at is not None else show_timeline(caller, run_id)
    if evidence is not None or trace is not None:
        from cli.evidence import save_evidence, save_trace

        caller, directory = caller_of(context), evidence or Path()
        return save_trace(caller, run_id, trace, directory) if trace else save_evidence(caller, run_id, directory)
    from cli.showing import show_run

    return show_run(caller_of(context), run_id, save=save)


def cancel(context: typer.Context, run_id: Run) -> int:
    """Ask a run to stop: it finishes its `finally` blocks and gives its browser back."""
    from cli.ending import cancel_run

    return cancel_run(caller_of(context), run_id)


def terminate(context: typer.Context, run_id: Run, reason: Reason = None) -> int:
    """End a run at once, without its `finally` blocks. For runs that do not answer to `cancel`."""
    from cli.ending import terminate_run

    return terminate_run(caller_of(context), run_id, reason=reason)


From = Annotated[
    str, typer.Option("--from", metavar="STEP", help="A step, as `show --at` names it; or `start` or `failed`.")
]
Corrected = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Go on with this document; what has run must be as it was.")
]
Latest = Annotated[bool, typer.Option("--latest", help="Go on with the document as it is published now.")]


def retry(
    context: typer.Context, run_id: Run, from_: From = "failed", document: Corrected = None, latest: Latest = False
) -> int:
    """Begin a new run where one has ended: at the step that failed, unless another is named.

    What it had done stays done, and its keys stay the same, so that systems that know them do nothing twice. A step
    that may have taken effect waits for `aether fix`. Without `--document` or `--latest` the run goes on with the
    document it had.

    As JSON: `run`, `document`, `origin`, `from`, `version`, `doubts` (places that wait for a person), `repeats`
    (steps with a lasting effect that are done again), `until` (how long the old run is kept), `link`.
    """
    from cli.renewing import Wish, retry_run

    return retry_run(caller_of(context), Wish(run_id, from_, document, latest=latest))


def fork(
    context: typer.Context,
    run_id: Run,
    from_: Annotated[str, typer.Option("--from", metavar="STEP", help="A step, as `show --at` names it, or `start`.")],
    inputs: Inputs = None,
    document: Corrected = None,
) -> int:
    """Begin another run at a step of a run, with what that one knew then; the other one is left alone.

    Its keys are new: what it does counts as something else than what the other one did. As JSON like `retry`.
    """
    from cli.renewing import Wish, fork_run

    return fork_run(caller_of(context), Wish(run_id, from_, document, tuple(inputs or ())))
