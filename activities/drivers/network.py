"""Which addresses steps may reach, decided at the moment of connecting."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import httpcore
from typing_extensions import override

from workflows.errors import AddressBlockedError

if TYPE_CHECKING:
    from httpcore import SOCKET_OPTION  # for type checkers only, says httpcore

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "fd00:ec2::254",
            "fd20:ce::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "169.254.170.2",
            "169.254.170.23",
            "fd00:ec2::23",
        ),
    )
)
"""Where clouds give a machine's own credentials to whoever asks from it: no step has any business there."""


_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")))
"""Where networks and systems put IPv4 addresses into IPv6 ones, beside those that Python knows."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to an address only after looking at it.

    It looks names up itself and connects to the very address it has looked at, so that neither a redirect nor a
    name that changes its address between two look-ups leads around it.
    """

    def __init__(self, *, private_addresses: bool) -> None:
        self._private = private_addresses
        self._backend = httpcore.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await _addresses_of(host, port, timeout)
        for address in addresses:
            problem = self._problem(address)
            if problem:
                raise AddressBlockedError(f"{host!r} is {address}, {problem}")
        share = timeout / len(addresses) if timeout else None
        failure: Exception = httpcore.ConnectError(f"no address is known for {host!r}")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    @override
    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise AddressBlockedError(f"steps may not connect to the local socket {path!r}")

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _problem(self, address: Address) -> str | None:
        address = _meant(address)
        if address in _METADATA:
            return "where a cloud gives out the credentials of this machine; steps may never connect there"
        if not self._private and (not address.is_global or address.is_multicast):
            return (
                "an address of a private network; robots of this installation may not connect there "
                "(setting 'http.private_addresses')"
            )
        return None


async def _addresses_of(host: str, port: int, within: float | None) -> list[Address]:
    try:
        async with asyncio.timeout(within):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"looking up {host!r} takes too long") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"no address is known for {host!r}") from error
    return list(dict.fromkeys(ipaddress.ip_address(str(place[0])) for *_, place in found))


def _meant(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if int(address) > 1 and any(address in network for network in _TRANSLATED):
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
    return address
