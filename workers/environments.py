"""Environments: the fleets of an installation, each with a pool of its own."""

from __future__ import annotations

import difflib

from temporalio.client import Client, RPCError, WorkflowExecutionStatus
from temporalio.service import RPCStatusCode

from workers.pooling import environments
from workflows.errors import ConfigurationError
from workflows.ids import DEFAULT_ENVIRONMENT, pool_workflow


class NoSuchEnvironmentError(ConfigurationError):
    """No robot has ever come to an environment of this name."""


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


async def _known(client: Client, name: str) -> bool:
    """Whether it has a pool, as the server knows it this moment."""
    try:
        found = await client.get_workflow_handle(pool_workflow(name)).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return found.status is WorkflowExecutionStatus.RUNNING
