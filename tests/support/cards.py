"""What robots say of themselves, made up."""

from __future__ import annotations

from typing import Any

from workflows.fleet import RobotCard


def card(robot: str = "anna", incarnation: str = "one", **facts: Any) -> RobotCard:
    """The card of a robot's process."""
    usual = {
        "host": "desk",
        "machine": "desk/1",
        "pid": 42,
        "started": 1000.0,
        "platform": "linux-x86_64",
        "python": "3.11.7",
        "aether": "1.2.3",
        "cpus": 4,
        "memory": 8 * 2**30,
        "capabilities": ("browser", "files"),
        "browsers": {"chromium": "150.0"},
        "slots": 5,
        "nodes": {"files.read": "abc"},
    }
    return RobotCard.model_validate({"robot": robot, "incarnation": incarnation, **usual, **facts})
