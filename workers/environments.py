"""Environments: the fleets of an installation, each with a pool of its own."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import timedelta

from temporalio.client import Client, RPCError, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCStatusCode

from workers.pooling import environments, overview
from workflows.errors import ConfigurationError
from workflows.ids import DEFAULT_ENVIRONMENT, pool_workflow


class NoSuchEnvironmentError(ConfigurationError):
    """No robot has ever come to an environment of this name."""


class NoRobotOffersError(ConfigurationError):
    """A document has steps that no robot of its environment can do."""


_ANSWER = timedelta(seconds=2)


async def check_environment(client: Client, name: str) -> None:
    """See that robots have come to an environment; the default one needs none to be named.

    Raises:
        NoSuchEnvironmentError: none ever has; the message names those there are.
    """
    if name == DEFAULT_ENVIRONMENT or await _known(client, name):
        return
    known = sorted({DEFAULT_ENVIRONMENT, *await environments(client)})
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"there {'is' if len(known) == 1 else 'are'}"
    listed = "" if near else f" {', '.join(map(repr, known))};"
    raise NoSuchEnvironmentError(
        f"no robot has ever come to the environment {name!r}; {meant}{listed} `--anyway` starts the run all the same: "
        "it waits until a robot comes"
    )


async def check_capabilities(client: Client, environment: str, wanted: Mapping[str, Collection[str]]) -> None:
    """See that some robot of an environment offers what a document's nodes need, whether or not it is here now.

    `wanted` has node types by capability. Where no robot is known yet, or no pool answers, nothing is refused.

    Raises:
        NoRobotOffersError: nobody offers something; the message names the nodes and what to do.
    """
    try:
        robots = (await overview(client, environment, within=_ANSWER)).robots
    except (RPCError, WorkflowQueryFailedError):
        return
    offered = {capability for robot in robots for capability in robot.card.capabilities}
    lacking = sorted(wanted.keys() - offered) if robots else []
    if not lacking:
        return
    needed = "; ".join(f"{name!r} is needed by {', '.join(sorted(wanted[name]))}" for name in lacking)
    raise NoRobotOffersError(
        f"no robot of the environment {environment!r} offers what this document needs: {needed}; `aether doctor` on "
        "a robot's host says what it lacks and how to get it; `--anyway` starts the run all the same: it waits until "
        "such a robot comes"
    )


async def _known(client: Client, name: str) -> bool:
    """Whether it has a pool, as the server knows it this moment."""
    try:
        found = await client.get_workflow_handle(pool_workflow(name)).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return found.status is WorkflowExecutionStatus.RUNNING
