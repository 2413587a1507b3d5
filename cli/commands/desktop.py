"""Commands for those who write documents about programs with windows."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.caller import caller_of

desktop = typer.Typer(help="Programs with windows, and what documents can call their controls.")


@desktop.command()
def inspect(
    context: typer.Context,
    app: Annotated[
        str | None, typer.Option(help="Only programs with this in the name of their process.", metavar="NAME")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Only programs with a window whose title matches.", metavar="REGEX")
    ] = None,
    launch: Annotated[
        str | None,
        typer.Option(help="Start a program on a desktop of its own that nobody sees (Linux).", metavar="COMMAND"),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also show what only holds other controls together.")
    ] = False,
) -> int:
    """Show the controls of programs, each with the target that lasts longest, and why.

    Without any option it lists the windows of your own desktop.

    As JSON: for each program `program`, `pid` and `controls`; for each control `depth`, what is known of it, and
    `targets`, each with `target`, `stability` and `reason`, the one that lasts longest first.
    """
    from cli.inspecting import inspect_desktop

    return inspect_desktop(caller_of(context), app=app, title=title, launch=launch, everything=everything)


@desktop.command()
def check(
    context: typer.Context,
    program: Annotated[
        str | None,
        typer.Option(help="The editor to try them on; by default that of the system.", metavar="COMMAND"),
    ] = None,
) -> int:
    """Try what steps do on desktops, one verb after the other, with an editor of this machine.

    It ends with 3 if one does not work. As JSON: `ok`, and `verbs`, each with `verb`, `ok`, `found` and `seconds`.
    """
    from cli.desktop_trial import check_desktop

    return check_desktop(caller_of(context), program=program)
