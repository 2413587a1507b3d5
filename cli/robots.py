"""`aether robot list` and `aether robot show`."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output, facts, table
from cli.views import ago, section
from workers.robots import Robot, find_robots, pick
from workers.settings import Settings

_STYLES = {"online": "green", "stopping": "yellow", "lost": "red"}
_NONE = "-"
_NOT_YET = "it has not reported yet, so its tags and its machine are not known"
_START = "no robots; start one with `aether robot start` (or `aether dev`)"


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

    async def find(settings: Settings, client: Client) -> tuple[Settings, Robot]:
        return settings, pick(await find_robots(client), name)

    settings, robot = with_client(caller, find)
    log = log_of(robot, settings)
    output = Output(caller)
    if output.text:
        _show(output, robot, log)
    else:
        output.write(full_record(robot, log))
    return 0


def record(robot: Robot) -> dict[str, JsonValue]:
    """One line of a list as JSON."""
    machine = robot.machine
    return {
        "robot": robot.id,
        "status": robot.status,
        "capabilities": list(robot.capabilities),
        "tags": list(robot.tags),
        "host": machine.host if machine else None,
        "pid": machine.pid if machine else None,
        "since": robot.since.isoformat() if robot.since else None,
        "seen": robot.seen.isoformat(),
        "sessions": {"used": robot.sessions, "most": robot.most_sessions},
        "steps": robot.steps,
    }


def full_record(robot: Robot, log: Path | None) -> dict[str, JsonValue]:
    """A robot as JSON."""
    machine = robot.machine
    return record(robot) | {
        "queues": [
            {"queue": each.name, "used": each.used, "free": each.free, "done": each.done, "failed": each.failed}
            for each in robot.queues
        ],
        "cpu": round(machine.cpu, 3) if machine else None,
        "memory": round(machine.memory, 3) if machine else None,
        "versions": {"aether": machine.aether, "sdk": machine.sdk} if machine else None,
        "log": str(log) if log else None,
    }


def log_of(robot: Robot, settings: Settings) -> Path | None:
    """Where a robot of a dev stack on this machine logs; None where it is another's."""
    if robot.machine is None or robot.machine.host != socket.gethostname():
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


def _table(robots: Sequence[Robot]) -> RenderableType:
    headers = ("ROBOT", "STATUS", "CAPABILITIES", "TAGS", "HOST", "STARTED", "SESSIONS", "STEPS")
    return table(headers, map(_cells, robots), right=(6, 7))


def _cells(robot: Robot) -> tuple[RenderableType, ...]:
    return (
        Text(robot.id),
        _status(robot),
        Text(", ".join(robot.capabilities) or _NONE),
        Text(", ".join(robot.tags) or _NONE),
        Text(robot.machine.host if robot.machine else _NONE),
        ago(robot.since) if robot.since else _NONE,
        f"{robot.sessions}/{robot.most_sessions}" if robot.most_sessions else _NONE,
        str(robot.steps),
    )


def _status(robot: Robot) -> Text:
    last = f", last seen {ago(robot.seen)}" if robot.status == "lost" else ""
    return Text(robot.status + last, style=_STYLES[robot.status])


def _show(output: Output, robot: Robot, log: Path | None) -> None:
    output.show(Text.assemble((robot.id, "bold"), "  ", _status(robot)))
    pairs = {
        "capabilities": Text(", ".join(robot.capabilities) or _NONE),
        "tags": Text(", ".join(robot.tags) or _NONE),
        "sessions": Text(f"{robot.sessions} of {robot.most_sessions}" if robot.most_sessions else _NONE),
        "steps": Text(str(robot.steps)),
        "last seen": Text(ago(robot.seen)),
    }
    if robot.since:
        pairs["started"] = Text(f"{robot.since.astimezone():%Y-%m-%d %H:%M:%S}, {ago(robot.since)}")
    if log:
        pairs["log"] = Text(str(log))
    output.show(section("Robot", facts(pairs)))
    if machine := robot.machine:
        about = {
            "host": f"{machine.host}, process {machine.pid}",
            "cpu": f"{machine.cpu:.0%}",
            "memory": f"{machine.memory:.0%}",
            "aether": machine.aether,
            "sdk": machine.sdk,
        }
        output.show(section("Machine", facts({name: Text(text) for name, text in about.items()})))
        output.show(section("Queues", _queues(robot)))
    else:
        output.note(_NOT_YET)


def _queues(robot: Robot) -> RenderableType:
    rows = [
        (Text(each.name), str(each.used), str(each.free), str(each.done), str(each.failed)) for each in robot.queues
    ]
    return table(("QUEUE", "USED", "FREE", "DONE", "FAILED"), rows, right=(1, 2, 3, 4))
