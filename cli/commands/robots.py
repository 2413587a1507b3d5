"""Commands about robots."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.caller import caller_of
from cli.commands.installation import ConfigFile, Headed

robot = typer.Typer(help="Robots: the processes that do the steps of runs.")

RobotName = Annotated[str, typer.Argument(help="The robot's id.", metavar="ROBOT")]
Why = Annotated[str, typer.Option(help="The reason, for whoever looks at the robot.")]


@robot.command("start")
def robot_start(
    context: typer.Context,
    id_: Annotated[str | None, typer.Option("--id", help="The robot's stable name.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="What its sessions have, for `needs`. Repeatable.")] = None,
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where it serves: it does nothing for runs of another.")
    ] = None,
    headed: Headed = False,
    config: ConfigFile = None,
) -> int:
    """Start a robot; Ctrl-C or SIGTERM lets its steps finish and stops it, a second one stops it at once.

    Another robot of the same name that is alive is an error (exit code 3); one that was killed is replaced.
    """
    from cli.serving import run_robot

    flags = {"robot.id": id_, "robot.tags": tuple(tag or ()) or None, "robot.headed": headed or None}
    return run_robot(caller_of(context), flags | {"environment": environment}, config=config)


@robot.command("list")
def robot_list(context: typer.Context) -> int:
    """List the robots: how each is, what it does, what it has.

    A robot is `idle`, `busy`, `draining` (it ends soon), `paused`, `failing` (it takes no work, as all it does fails or
    its disk is full), `lost` (its process vanished) or `offline` (it stopped in good order). One that will not come
    back is listed until `aether robot forget`.

    As JSON: `robot`, `status`, `since`, `seen` (its last sign of life), `environment`, `capabilities`, `tags`, `host`,
    `pid`, `sessions` (`used`, `free`, `most`), `steps` (`run`, `place`, `node`, `since`), `cpu` and `memory` (of the
    whole machine, from 0 to 1), `version`.
    """
    from cli.robots import list_robots

    return list_robots(caller_of(context))


@robot.command("show")
def robot_show(context: typer.Context, id_: RobotName) -> int:
    """Show a robot: its machine, its browsers, what it does, who paused it and why, and its log if that is here.

    As JSON: what `aether robot list` gives, `mode`, `by` and `why` (who decided on it), `failing`, `platform`,
    `python`, `cpus`, `memory_bytes`, `browsers`, `desktop`, `session_ids`, `started`, `incarnation`, `nodes` (node
    types with the digests of their schemas), `log`.
    """
    from cli.robots import show_robot

    return show_robot(caller_of(context), id_)


@robot.command("drain")
def robot_drain(context: typer.Context, id_: RobotName, why: Why = "") -> int:
    """Have a robot take nothing new, finish what it does within its grace period, and end."""
    from cli.robots import change_mode

    return change_mode(caller_of(context), id_, "draining", why=why)


@robot.command("pause")
def robot_pause(context: typer.Context, id_: RobotName, why: Why = "") -> int:
    """Have a robot take nothing new; it stays, with its sessions, and stays paused when it is started again."""
    from cli.robots import change_mode

    return change_mode(caller_of(context), id_, "paused", why=why)


@robot.command("resume")
def robot_resume(context: typer.Context, id_: RobotName) -> int:
    """Have a paused robot take work again."""
    from cli.robots import change_mode

    return change_mode(caller_of(context), id_, "serving", why="")


@robot.command("tag")
def robot_tag(
    context: typer.Context,
    id_: RobotName,
    add: Annotated[list[str] | None, typer.Option(help="A tag to give it. Repeatable.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take from it. Repeatable.")] = None,
) -> int:
    """Change a robot's tags while it runs; the change stays until it is started with other tags of its own."""
    from cli.robots import tag_robot

    return tag_robot(caller_of(context), id_, add=add or [], remove=remove or [])


@robot.command("forget")
def robot_forget(context: typer.Context, id_: RobotName) -> int:
    """Forget a robot that is not there and will not come back."""
    from cli.robots import forget_robot

    return forget_robot(caller_of(context), id_)
