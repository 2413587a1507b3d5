"""`aether robot list`, `show`, `drain`, `pause`, `resume`, `tag` and `forget`."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output, facts, table
from cli.steps import duration
from cli.views import ago, section, size
from workers.answers import me
from workers.robots import Robot, change_tags, find_robot, find_robots, forget, node_types, set_mode
from workers.settings import Settings
from workflows.fleet import BusyStep, ModeRequest, RobotMode, RobotView, TagsRequest

_STYLES = {
    "idle": "green",
    "busy": "cyan",
    "draining": "yellow",
    "paused": "yellow",
    "failing": "red",
    "lost": "red",
    "offline": "dim",
}
_NONE = "-"
_START = "no robots; start one with `aether robot start` (or `aether dev`)"
_DONE: dict[RobotMode, str] = {
    "draining": "takes nothing new, finishes what it does, and ends",
    "paused": "takes nothing new until `aether robot resume`; its sessions stay",
    "serving": "takes work again",
}


def list_robots(caller: Caller) -> int:
    """Find the robots and list them."""

    async def find(_: Settings, client: Client) -> list[Robot]:
        return await find_robots(client)

    robots = with_client(caller, find)
    output = Output(caller)
    if not output.text:
        output.write_all(map(record, robots))
    elif robots:
        output.show(_table(robots))
    else:
        output.note(_START)
    return 0


def show_robot(caller: Caller, name: str) -> int:
    """Find a robot and show it."""

    async def find(settings: Settings, client: Client) -> tuple[Settings, Robot, dict[str, str] | None]:
        robot = await find_robot(client, name)
        return settings, robot, await node_types(client, robot.id)

    settings, robot, nodes = with_client(caller, find)
    log = log_of(robot, settings)
    output = Output(caller)
    if output.text:
        _show(output, robot, nodes, log)
    else:
        output.write(full_record(robot, nodes, log))
    return 0


def change_mode(caller: Caller, name: str, mode: RobotMode, *, why: str) -> int:
    """Have a robot serve, pause or drain."""

    async def act(_: Settings, client: Client) -> RobotView:
        return await set_mode(client, name, ModeRequest(mode=mode, by=me(), why=why))

    return _told(Output(caller), with_client(caller, act), _DONE[mode])


def tag_robot(caller: Caller, name: str, *, add: Sequence[str], remove: Sequence[str]) -> int:
    """Change a robot's tags."""

    async def act(_: Settings, client: Client) -> RobotView:
        return await change_tags(client, name, TagsRequest(add=tuple(add), remove=tuple(remove), by=me()))

    view = with_client(caller, act)
    return _told(Output(caller), view, f"has the tags {', '.join(view.entry.card.tags) or 'none'}")


def forget_robot(caller: Caller, name: str) -> int:
    """Forget a robot that will not come back."""

    async def act(_: Settings, client: Client) -> None:
        await forget(client, name, by=me())

    with_client(caller, act)
    output = Output(caller)
    if output.text:
        output.note(f"{name} is forgotten")
    else:
        output.write({"robot": name, "status": "forgotten"})
    return 0


def record(robot: Robot) -> dict[str, JsonValue]:
    """One line of a list as JSON."""
    card, busy = robot.entry.card, robot.busy
    return {
        "robot": robot.id,
        "status": robot.status,
        "since": robot.since.isoformat(),
        "seen": robot.seen.isoformat() if robot.seen else None,
        "environment": card.environment,
        "capabilities": list(card.capabilities),
        "tags": list(card.tags),
        "host": card.host,
        "pid": card.pid,
        "sessions": {"used": robot.sessions, "free": max(0, card.slots - robot.sessions), "most": card.slots},
        "steps": [step.model_dump(mode="json") for step in busy.steps] if busy else [],
        "cpu": busy.cpu if busy else None,
        "memory": busy.memory if busy else None,
        "version": card.aether,
    }


def full_record(robot: Robot, nodes: dict[str, str] | None, log: Path | None) -> dict[str, JsonValue]:
    """A robot as JSON."""
    card, view = robot.entry.card, robot.view
    return record(robot) | {
        "mode": robot.entry.mode,
        "by": view.by,
        "why": view.why,
        "failing": robot.entry.failing,
        "platform": card.platform,
        "python": card.python,
        "cpus": card.cpus,
        "memory_bytes": card.memory,
        "browsers": dict(card.browsers),
        "desktop": card.desktop,
        "session_ids": list(robot.busy.sessions) if robot.busy else [],
        "started": datetime.fromtimestamp(card.started).astimezone().isoformat(),
        "incarnation": card.incarnation,
        "nodes": dict(nodes) if nodes is not None else None,
        "log": str(log) if log else None,
    }


def log_of(robot: Robot, settings: Settings) -> Path | None:
    """Where a robot of a dev stack on this machine logs; None where it is another's."""
    if robot.entry.card.host != socket.gethostname():
        return None
    for state in (settings.state, settings.artifacts.parent):
        log = state / "logs" / "robot.log"
        if log.is_file() and _kept_id(state, settings) == robot.id:
            return log.resolve()
    return None


def _kept_id(state: Path, settings: Settings) -> str | None:
    file = state / "robot-id"
    if settings.robot.id:
        return settings.robot.id
    return file.read_text(encoding="utf-8").strip() if file.is_file() else None


def _told(output: Output, view: RobotView, words: str) -> int:
    card = view.entry.card
    if output.text:
        absent = "" if view.entry.presence == "here" else f", once it is there again (it is {view.entry.presence})"
        output.note(f"{card.robot} {words}{absent}")
    else:
        output.write({"robot": card.robot, "mode": view.entry.mode, "tags": list(card.tags)})
    return 0


def _table(robots: Sequence[Robot]) -> RenderableType:
    headers = ("ROBOT", "STATUS", "SESSIONS", "DOES", "ENVIRONMENT", "TAGS", "HOST", "CPU", "MEMORY", "VERSION")
    return table(headers, map(_cells, robots), right=(2, 7, 8))


def _cells(robot: Robot) -> tuple[RenderableType, ...]:
    card, busy = robot.entry.card, robot.busy
    return (
        Text(robot.id),
        _status(robot),
        f"{robot.sessions}/{card.slots}" if card.slots else _NONE,
        Text(_does(busy.steps) if busy else _NONE),
        Text(card.environment),
        Text(", ".join(card.tags) or _NONE),
        Text(card.host),
        f"{busy.cpu:.0%}" if busy else _NONE,
        f"{busy.memory:.0%}" if busy else _NONE,
        Text(card.aether),
    )


def _does(steps: Sequence[BusyStep]) -> str:
    """Its oldest step, and how many others there are."""
    if not steps:
        return _NONE
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return f"{steps[0].run} {steps[0].place}{more}"


def _status(robot: Robot) -> Text:
    gone = f" {ago(robot.since)}" if robot.entry.presence != "here" else ""
    return Text(robot.status + gone, style=_STYLES[robot.status])


def _show(output: Output, robot: Robot, nodes: dict[str, str] | None, log: Path | None) -> None:
    entry, view = robot.entry, robot.view
    card = entry.card
    output.show(Text.assemble((robot.id, "bold"), "  ", _status(robot)))
    decided = f"{view.by}{f': {view.why}' if view.why else ''}" if view.by else view.why
    pairs = {
        "since": f"{robot.since.astimezone():%Y-%m-%d %H:%M:%S}, {ago(robot.since)}",
        "decided by": decided,
        "failing": entry.failing,
        "environment": card.environment,
        "capabilities": ", ".join(card.capabilities),
        "tags": ", ".join(card.tags) or _NONE,
        "sessions": f"{robot.sessions} of {card.slots}" if card.slots else _NONE,
        "browsers": ", ".join(f"{name} ({version})" for name, version in card.browsers.items()) or _NONE,
        "desktop": card.desktop or _NONE,
        "node types": str(len(nodes)) if nodes is not None else "not known: no orchestrator answers",
        "last seen": ago(robot.seen) if robot.seen else "",
        "log": str(log or ""),
    }
    output.show(section("Robot", facts({name: Text(text) for name, text in pairs.items() if text})))
    output.show(section("Machine", facts({name: Text(text) for name, text in _machine(robot).items()})))
    if robot.busy and robot.busy.steps:
        output.show(section("Steps", _steps(robot.busy.steps)))


def _machine(robot: Robot) -> dict[str, str]:
    card, busy = robot.entry.card, robot.busy
    in_use = (f", {busy.cpu:.0%} in use", f", {busy.memory:.0%} in use") if busy else ("", "")
    started = datetime.fromtimestamp(card.started).astimezone()
    return {
        "host": f"{card.host}, process {card.pid}, started {started:%Y-%m-%d %H:%M:%S}",
        "platform": card.platform,
        "cpu": f"{card.cpus} processors{in_use[0]}",
        "memory": f"{size(card.memory)}{in_use[1]}",
        "versions": f"Aether {card.aether}, Python {card.python}",
    }


def _steps(steps: Sequence[BusyStep]) -> RenderableType:
    now = datetime.now().astimezone().timestamp()
    rows = [(Text(step.run), Text(step.place), Text(step.node), duration(max(0.0, now - step.since))) for step in steps]
    return table(("RUN", "STEP", "NODE", "SINCE"), rows, right=(3,))
