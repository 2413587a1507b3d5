"""The accessibility bus: every call ends in time, whatever the program that is called does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from workflows.errors import SessionUnavailableError

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
NULL = "/org/a11y/atspi/null"

_ATSPI = "org.a11y.atspi."
_PROPERTIES = "org.freedesktop.DBus.Properties"
_DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
_CONNECT_TIME = 10.0
_CALL_TIME = 2.0
"""Seconds within which a program answers; one that is busy gets no longer than that at a time."""
_AVOIDED = 1.0
"""Seconds for which a program that did not answer is not asked again."""
_AT_ONCE = 48
"""Calls that wait for their answers at the same time. The library ends a connection whose socket takes no more."""
_LARGE = 1 << 15
"""Characters from which on a call has the socket to itself, for the same reason."""
_GONE = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
)
_SILENT = ("org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected")
"""It was asked, and ended before it answered."""
_GONE_WORDS = ("does not exist", "No such object", "defunct")


class Bus:
    """A desktop's session bus with the accessibility bus beside it."""

    def __init__(self, session: MessageBus, accessibility: MessageBus, address: str) -> None:
        self._session = session
        self._bus = accessibility
        self.address = address
        """Where the accessibility bus is: programs made with Qt that find out by themselves sometimes miss it."""
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._alone = asyncio.Lock()
        self._silent: dict[str, float] = {}
        """When programs were found not to answer."""

    @classmethod
    async def connect(cls, environment: Mapping[str, str]) -> Self:
        """Connect to the buses of a desktop and have its programs tell what they show."""
        session: MessageBus | None = None
        if not environment.get("DBUS_SESSION_BUS_ADDRESS"):
            raise SessionUnavailableError("there is no desktop: its environment names no DBUS_SESSION_BUS_ADDRESS")
        try:
            async with asyncio.timeout(_CONNECT_TIME):
                session = await MessageBus(bus_address=environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
                for fact in ("IsEnabled", "ScreenReaderEnabled"):
                    await session.call(_enabling(fact))
                address = await _address(session)
                return cls(session, await MessageBus(bus_address=address).connect(), address)
        except (OSError, EOFError, TimeoutError, AuthError, InvalidAddressError, DBusError) as error:
            if session is not None:
                session.disconnect()
            raise SessionUnavailableError(
                f"the accessibility bus of the desktop cannot be reached: {str(error) or 'no answer'}; "
                "Debian's packages dbus and at-spi2-core bring it"
            ) from error

    async def close(self) -> None:
        """End both connections."""
        for bus in (self._bus, self._session):
            if bus.connected:
                bus.disconnect()
                await asyncio.wait([asyncio.ensure_future(_ended(bus))], timeout=1)

    async def call(  # noqa: PLR0913, PLR0917 - what a call on D-Bus is made of
        self, ref: str, interface: str, member: str, signature: str = "", body: tuple[Any, ...] = (),
        within: float = _CALL_TIME,
    ) -> list[Any]:  # fmt: skip
        """Call a method of an accessible object; its results."""
        name, _, path = ref.partition(" ")
        return await self._call((name, path), _ATSPI + interface, member, signature, body, within)

    async def get(self, ref: str, interface: str, fact: str) -> Any:  # noqa: ANN401 - as the program says it
        """A property of an accessible object; never all of them at once, since that ends programs made with Qt 5."""
        name, _, path = ref.partition(" ")
        answer = await self._call((name, path), _PROPERTIES, "Get", "ss", (_ATSPI + interface, fact), _CALL_TIME)
        return answer[0].value

    async def put(self, ref: str, interface: str, fact: str, value: Variant) -> None:
        """Set a property of an accessible object."""
        name, _, path = ref.partition(" ")
        await self._call((name, path), _PROPERTIES, "Set", "ssv", (_ATSPI + interface, fact, value), _CALL_TIME)

    async def pid(self, name: str) -> int:
        """The process of a program on the bus."""
        answer = await self._call(_DBUS, "org.freedesktop.DBus", "GetConnectionUnixProcessID", "s", (name,), _CALL_TIME)
        return int(answer[0])

    def is_silent(self, name: str) -> bool:
        """Whether a program did not answer just now."""
        return time.monotonic() - self._silent.get(name, -_AVOIDED) < _AVOIDED

    async def _call(  # noqa: PLR0913, PLR0917 - what a call on D-Bus is made of
        self,
        to: tuple[str, str],
        interface: str,
        member: str,
        signature: str,
        body: tuple[Any, ...],
        within: float,
    ) -> list[Any]:
        message = Message(
            destination=to[0], path=to[1], interface=interface, member=member, signature=signature, body=[*body]
        )
        try:
            async with self._room(body):
                if self.is_silent(to[0]):
                    raise UnresponsiveError("the program did not answer just now")
                async with asyncio.timeout(within):
                    answer = await self._bus.call(message)
        except TimeoutError:
            if within >= _CALL_TIME:
                self._silent[to[0]] = time.monotonic()
            raise UnresponsiveError(f"the program does not answer within {within:g} s") from None
        except (OSError, EOFError) as error:
            raise StaleError("the accessibility bus is gone") from error
        self._silent.pop(to[0], None)
        if answer is None:
            raise StaleError("the accessibility bus is gone")
        if answer.message_type is MessageType.ERROR:
            raise _refusal(answer)
        return answer.body

    @asynccontextmanager
    async def _room(self, body: tuple[Any, ...]) -> AsyncIterator[None]:
        """Wait until the socket surely takes a call."""
        taken = 1
        if any(isinstance(part, str) and len(part) > _LARGE for part in body):
            taken = _AT_ONCE
        async with self._alone if taken > 1 else nullcontext():
            for number in range(taken):
                try:
                    await self._few.acquire()
                except BaseException:
                    self._free(number)
                    raise
            try:
                yield
            finally:
                self._free(taken)

    def _free(self, taken: int) -> None:
        for _ in range(taken):
            self._few.release()


async def _address(session: MessageBus) -> str:
    """Where the accessibility bus is; asking for it starts it."""
    answer = await session.call(
        Message(destination="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Bus", member="GetAddress")
    )
    if answer.message_type is MessageType.ERROR:
        raise OSError(f"{answer.error_name}: {answer.body}")
    return str(answer.body[0])


async def _ended(bus: MessageBus) -> None:
    with suppress(OSError, EOFError):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # the library leaves it out


def _refusal(answer: Message) -> StaleError | UnsupportedError | UnresponsiveError:
    words = " ".join(str(each) for each in answer.body)
    if answer.error_name in _SILENT:
        return UnresponsiveError(words)
    if answer.error_name in _GONE or any(each in words for each in _GONE_WORDS):
        return StaleError(words)
    return UnsupportedError(words or str(answer.error_name))


def _enabling(fact: str) -> Message:
    """Programs made with Qt or Chromium tell what they show only if somebody wants to know."""
    return Message(
        destination="org.a11y.Bus",
        path="/org/a11y/bus",
        interface=_PROPERTIES,
        member="Set",
        signature="ssv",
        body=["org.a11y.Status", fact, Variant("b", True)],  # noqa: FBT003 - what the bus takes
    )
