"""Where an installation keeps its files, told by its server to clients that were started elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.api.namespace.v1 import UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

from workers.client import connect
from workers.settings import Settings

_DIRECTORIES = ("artifacts", "payloads")
_WEB_UI = "web_ui"
_KEY = "aether.{}"


async def announce(client: Client, settings: Settings) -> None:
    """Note on the namespace where its files are and where people look."""
    places = {name: str(getattr(settings, name)) for name in (*_DIRECTORIES, _WEB_UI)}
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            update_info=UpdateNamespaceInfo(data={_KEY.format(name): place for name, place in places.items()}),
        )
    )


async def attach(settings: Settings) -> tuple[Settings, Client]:
    """Connect, and take over what the server says of places that were not set here and are on this machine.

    So a client need not be started in the directory of its dev stack.

    Raises:
        ConnectionFailedError: no server answers.
    """
    client = await connect(settings)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    told = described.namespace_info.data
    places = {name: told[_KEY.format(name)] for name in _left_open(settings) if _KEY.format(name) in told}
    found = await asyncio.to_thread(_found, places)
    adopted = settings.taking(found, source="the server")
    return adopted, client if adopted.payloads == settings.payloads else await connect(adopted)


def _left_open(settings: Settings) -> list[str]:
    """Name the places that nobody set here, neither themselves nor by the state directory."""
    directories = _DIRECTORIES if settings.source("state") == "default" else ()
    return [name for name in (*directories, _WEB_UI) if settings.source(name) == "default"]


def _found(places: dict[str, str]) -> dict[str, object]:
    directories = {name: Path(place) for name, place in places.items() if name in _DIRECTORIES}
    found: dict[str, object] = {name: path for name, path in directories.items() if path.is_dir()}
    return found | {name: place for name, place in places.items() if name == _WEB_UI}
