"""Commands that start what runs need, and look after it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of

orchestrator = typer.Typer(help="Orchestrators: the processes that say which step comes next.")
secret = typer.Typer(help="Secrets that documents refer to by name.")
history = typer.Typer(help="Histories of runs.")

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings from this file (YAML, TOML or JSON), over those of the nearest aether.toml."
    ),
]
Headed = Annotated[bool, typer.Option("--headed", help="Show the browser's window.")]
SecretName = Annotated[str, typer.Argument(help="The name documents use.", metavar="NAME")]


def dev(
    context: typer.Context,
    headed: Headed = False,
    state: Annotated[
        Path | None, typer.Option(metavar="DIRECTORY", help="Keep the state here instead of in `.aether/`.")
    ] = None,
) -> int:
    """Start a Temporal server, an orchestrator and a robot on this machine; Ctrl-C stops them.

    Their state is kept in `.aether/`, so that runs go on when they start again.
    """
    from cli.stack import run_dev

    return run_dev(caller_of(context), headed=headed, state=state)


def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything up until Ctrl-C, to look around.")] = False,
    headed: Headed = False,
    parked: Annotated[
        int | None,
        typer.Option(metavar="RUNS", min=1, max=30, help="Have so many runs park at a form that has changed instead."),
    ] = None,
    kill: Annotated[
        bool,
        typer.Option("--kill", help="Kill the robot at work in the middle of a form: another one goes on with it."),
    ] = False,
) -> int:
    """Watch an automation enter invoices into a supplier portal, on free ports and a throw-away state."""
    if kill:
        from cli.killing_demo import run_killing_demo

        return run_killing_demo(caller_of(context), headed=headed)
    if parked is not None:
        from cli.parked_demo import run_parked_demo

        return run_parked_demo(caller_of(context), runs=parked, headed=headed)
    from cli.demo import run_demo

    return run_demo(caller_of(context), keep=keep, headed=headed)


def doctor(
    context: typer.Context,
    install: Annotated[
        bool,
        typer.Option(
            "--install",
            help="Install what a robot needs and this machine lacks: a browser with fonts, and what desktops need "
            "where the extra `desktop` is installed.",
        ),
    ] = False,
) -> int:
    """Report everything that could stop a run, and how to mend it."""
    from cli.examination import examine_installation, install_missing

    return (install_missing if install else examine_installation)(caller_of(context))


def config(context: typer.Context, config: ConfigFile = None) -> int:
    """Show each setting with its value and where it was set."""
    from cli.configuration import show_configuration

    return show_configuration(caller_of(context), config=config)


@orchestrator.command("start")
def orchestrator_start(context: typer.Context, config: ConfigFile = None) -> int:
    """Start an orchestrator; several share the work. Ctrl-C stops it, and its runs go on elsewhere or later."""
    from cli.serving import run_orchestrator

    return run_orchestrator(caller_of(context), config=config)


@orchestrator.command("builds")
def orchestrator_builds(context: typer.Context) -> int:
    """List the builds that orchestrators serve with, where Temporal tells them apart, and which one new runs get.

    As JSON: `build` and `status`, which is `current`, `inactive`, `draining` or `drained`.
    """
    from cli.upgrading import list_builds

    return list_builds(caller_of(context))


@orchestrator.command("promote")
def orchestrator_promote(
    context: typer.Context,
    build: Annotated[str | None, typer.Argument(help="The build; this command's own if not given.")] = None,
) -> int:
    """Give new runs to a build, and with `versioning: moving` also those under way."""
    from cli.upgrading import promote_build

    return promote_build(caller_of(context), build)


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


@history.command("replay")
def history_replay(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Histories, as `history save` writes them.", metavar="[FILE...]")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="All runs of the namespace that have not ended.")] = False,
) -> int:
    """Replay histories with this build, and say which runs it would break.

    Run it with a new version before orchestrators get it: exit code 1 means that some run could not go on.
    Files are replayed without a server; values that are kept outside of histories must be in the payload directory.
    """
    from cli.recording import replay_histories

    return replay_histories(caller_of(context), files or [], open_runs=open_)
