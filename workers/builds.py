"""Builds of the orchestrator side by side: which one a run stays on, and which one new runs get."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus as Status
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, RPCError
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from workers.build import BUILD_ID
from workers.settings import OrchestratorSettings
from workflows.errors import ConfigurationError

_PAUSE = 0.2
_PATIENCE = timedelta(seconds=30)
_BEHAVIORS = {"pinned": VersioningBehavior.PINNED, "moving": VersioningBehavior.AUTO_UPGRADE}

BuildStatus = Literal["current", "inactive", "draining", "drained"]
_STATUSES: dict[int, BuildStatus] = {
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: "current",
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: "draining",
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: "drained",
}


class NoSuchBuildError(ConfigurationError):
    """No orchestrator has ever served with the given build."""


@dataclass(frozen=True, slots=True)
class Build:
    """One build that orchestrators serve, or served, with."""

    name: str
    status: BuildStatus
    """`current`: new runs get it; `draining`: it only ends runs that stay on it; `drained`: no run needs it."""


def build_of(settings: OrchestratorSettings) -> str:
    """What an orchestrator's build is called."""
    return settings.build or BUILD_ID


def deployment_of(settings: OrchestratorSettings) -> WorkerDeploymentConfig:
    """How an orchestrator tells Temporal of its build."""
    behavior = _BEHAVIORS.get(settings.versioning)
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment, build_of(settings)),
        use_worker_versioning=behavior is not None,
        default_versioning_behavior=behavior or VersioningBehavior.UNSPECIFIED,
    )


async def builds(client: Client, deployment: str) -> tuple[Build, ...]:
    """List the builds of a deployment, the latest first."""
    info = (await _describe(client, deployment)).worker_deployment_info
    versions = sorted(info.version_summaries, key=lambda summary: summary.create_time.ToNanoseconds(), reverse=True)
    return tuple(
        Build(summary.deployment_version.build_id, _STATUSES.get(summary.status, "inactive")) for summary in versions
    )


async def promote(client: Client, deployment: str, build: str) -> None:
    """Have new runs, and those that move, interpreted by a build.

    Raises:
        NoSuchBuildError: no orchestrator serves with it.
    """
    try:
        await client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=client.namespace, deployment_name=deployment, build_id=build, identity=client.identity
            )
        )
    except RPCError as error:
        if error.status not in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
            raise
        raise NoSuchBuildError(
            f"no orchestrator of deployment {deployment!r} serves with build {build!r} ({error.message}); "
            "start one first, see `aether orchestrator builds`"
        ) from error


async def promote_first(client: Client, deployment: str, build: str, *, patience: timedelta = _PATIENCE) -> bool:
    """Make a build the current one if its deployment has none yet; say whether it is now.

    Temporal knows of a build some moments after its first orchestrator asks for work.

    Raises:
        NoSuchBuildError: it does not come to know of it.
    """
    known = await _known(client, deployment, build, patience)
    current = next((each.name for each in known if each.status == "current"), None)
    if current is None:
        await promote(client, deployment, build)
    return current in {None, build}


async def _known(client: Client, deployment: str, build: str, patience: timedelta) -> tuple[Build, ...]:
    clock = asyncio.get_running_loop().time
    deadline = clock() + patience.total_seconds()
    while True:
        known = await builds(client, deployment)
        if build in [each.name for each in known]:
            return known
        if clock() > deadline:
            raise NoSuchBuildError(
                f"Temporal has not taken note of build {build!r} of deployment {deployment!r} within "
                f"{patience.total_seconds():.0f} s; set 'orchestrator.versioning' to 'off' if it cannot tell "
                "builds apart"
            )
        await asyncio.sleep(_PAUSE)


async def _describe(client: Client, deployment: str) -> DescribeWorkerDeploymentResponse:
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    try:
        return await client.workflow_service.describe_worker_deployment(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return DescribeWorkerDeploymentResponse()
