"""A Temporal server for tests, and clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from workers.plugin import AetherPlugin
from workers.server import ServerConfig, dev_server, load

ROBOTS = "robots"
"""A namespace for whole robots, which would take other tests' steps."""

OURS = Path(__file__).parents[2] / "temporal-dev.yaml"


def server_config(**options: bool) -> ServerConfig:
    """What `aether dev` starts, on free ports, with virtual time for tests that need it, unless told otherwise.

    The name of an option stands for one of the server's frontend.
    """
    config = load(OURS).on_free_ports().with_namespace(ROBOTS)
    dynamic = {**config.dynamic_config, "frontend.WorkflowTimeSkippingEnabled": True}
    dynamic |= {f"frontend.{name}": value for name, value in options.items()}
    return config.model_copy(update={"dynamic_config": dynamic})


@asynccontextmanager
async def temporal_server(
    directory: Path, *, database: Path | None = None, **options: bool
) -> AsyncIterator[ServerConfig]:
    """Have a server whose log is in the given directory."""
    async with dev_server(server_config(**options), log=directory / "temporal.log", database=database) as config:
        yield config


async def connect(config: ServerConfig, payloads: Path, *, namespace: str = "default") -> Client:
    """Connect as the platform's own processes do."""
    return await Client.connect(config.address, namespace=namespace, plugins=[AetherPlugin(payloads=payloads)])
