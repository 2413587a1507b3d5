"""TCP ports of this machine: free ones, and who has the others."""

from __future__ import annotations

import asyncio
import random
import socket
from datetime import timedelta
from itertools import islice

import psutil

from workflows.errors import ConfigurationError

_PATIENCE = timedelta(seconds=3)
_PAUSE = 0.05
_CHANCE = random.SystemRandom()
"""Another for each process, even if they seed the usual one alike."""
_OURS = range(20_000, 32_000)
"""Below those that Linux, macOS and Windows lend to connections: those may be lent before anybody listens there."""


class PortBusyError(ConfigurationError):
    """Somebody else listens where we want to."""


def free_ports(count: int) -> list[int]:
    """Find ports that nobody uses now, and that systems do not give to whoever connects to something."""
    return list(islice((port for port in _CHANCE.sample(_OURS, len(_OURS)) if _is_free("127.0.0.1", port)), count))


async def claim(ip: str, port: int, *, purpose: str, remedy: str, patience: timedelta = _PATIENCE) -> None:
    """See that a port is free, allowing a moment for a process that is just ending.

    Raises:
        PortBusyError: it is not; the message says who has it.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()):
            while not _is_free(ip, port):  # noqa: ASYNC110 - nobody tells when a port becomes free
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        raise PortBusyError(f"port {port} for {purpose} is taken by {_holder(port)}; {remedy}") from error


def _is_free(ip: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return False
        return True


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections(kind="tcp")
        pid = next(
            each.pid
            for each in connections
            if each.pid and each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN
        )
        return f"{psutil.Process(pid).name()!r} (process {pid})"
    except (StopIteration, psutil.Error):
        return "another process"
