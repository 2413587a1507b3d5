"""Commands that start what runs need, and look after it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of

secret = typer.Typer(help="Secrets that documents refer to by name.")
history = typer.Typer(help="Histories of runs.")

SecretName = Annotated[str, typer.Argument(help="The name documents use.", metavar="NAME")]


def dev(
    context: typer.Context,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
) -> int:
    """Start a Temporal server, an orchestrator and a robot on this machine; Ctrl-C stops them.

    Their state is kept in `.aether/`, so that runs go on when they start again.
    """
    from cli.stack import run_dev

    return run_dev(caller_of(context), headed=headed)


def config(context: typer.Context) -> int:
    """Show each setting with its value and where it was set."""
    from cli.configuration import show_configuration

    return show_configuration(caller_of(context))


@secret.command("set")
def secret_set(
    context: typer.Context,
    name: SecretName,
    value_file: Annotated[
        Path | None, typer.Option(help="Read the value from this file; without it from a prompt or standard input.")
    ] = None,
) -> int:
    """Keep a secret, encrypted. Its value is never an argument: arguments are visible to other processes."""
    from cli.keeping import set_secret

    return set_secret(caller_of(context), name, value_file=value_file)


@secret.command("list")
def secret_list(context: typer.Context) -> int:
    """List the names of all secrets."""
    from cli.keeping import list_secrets

    return list_secrets(caller_of(context))


@secret.command("delete")
def secret_delete(context: typer.Context, name: SecretName) -> int:
    """Forget a secret."""
    from cli.keeping import delete_secret

    return delete_secret(caller_of(context), name)


@history.command("save")
def history_save(
    context: typer.Context,
    run_id: Annotated[str, typer.Argument(help="The run's id.", metavar="RUN")],
    to: Annotated[Path | None, typer.Option(help="The file to write; standard output if not given.")] = None,
) -> int:
    """Save a run's history as JSON, e.g. to prove that new code can still replay it."""
    from cli.recording import save_history

    return save_history(caller_of(context), run_id, to=to)
