"""Names of things, as types, so that one cannot be passed for another."""

from __future__ import annotations

from typing import NewType

RunId = NewType("RunId", str)
"""A run as people name it: the Temporal workflow id."""

RobotId = NewType("RobotId", str)
"""A robot's stable name."""

StepId = NewType("StepId", str)
"""A step as its document names it."""

SessionId = NewType("SessionId", str)
"""A browser or desktop held for one run."""

SESSION_ACTIVITY = "aether.session"
"""Holds a browser or desktop for a run for as long as it runs."""

ORCHESTRATOR_QUEUE = "aether.orchestrator"
"""Where runs are interpreted."""

DEFAULT_ENVIRONMENT = "default"
"""Where robots serve and runs begin that name no environment."""

PLATFORM_QUEUE = "aether.platform"
"""Where the platform's own workflows and activities are done: those that serve all runs and belong to none."""


def robot_queue(robot: RobotId) -> str:
    """Where one robot takes the steps of the sessions it holds."""
    return f"aether.robot.{robot}"


def capability_queue(*tags: str, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Where any robot of an environment that offers all these tags takes work."""
    place = "aether.cap" if environment == DEFAULT_ENVIRONMENT else f"aether.{environment}.cap"
    return f"{place}." + "+".join(sorted(set(tags)))


def robot_workflow(robot: RobotId) -> str:
    """The workflow id of a robot."""
    return f"robot/{robot}"


def pool_workflow(environment: str) -> str:
    """The workflow id of an environment's pool."""
    return f"pool/{environment}"
