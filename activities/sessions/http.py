"""What nodes need of the web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from activities.node import Capability
from activities.sessions.files import Workspace


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password, for HTTP Basic authentication."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What to send, and how."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    """Added to the query that the address has."""
    content: bytes | None = None
    form: Mapping[str, str] | None = None
    """Sent as a web form instead of content."""
    credentials: Credentials | None = None
    timeout: timedelta | None = None
    """How long to wait for the whole answer; the step's timeout by default."""
    follow_redirects: bool = True
    verify_tls: bool = True


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    reason: str
    url: str
    """Where redirects led."""
    headers: Mapping[str, str]
    """By lower-case name; several of one name joined by commas."""
    content: bytes
    """Empty where it was saved to a file."""
    charset: str | None
    seconds: float


class Http(Protocol):
    """The web, for one step.

    An address that cannot be reached, or a connection that breaks, is a ServerUnreachableError that tells whether
    anything had been sent; an address that must not be reached is an AddressBlockedError.
    """

    @property
    def key(self) -> str:
        """The step's idempotency key: the same for all its attempts, and for no other step."""

    @property
    def harmless(self) -> bool:
        """Whether the step only looks, so that a request that failed has done nothing."""

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    async def send(self, request: HttpRequest, *, save: Path | None = None) -> HttpAnswer:
        """Send a request and read the whole answer; the content of one that says 2xx goes to a file where wanted."""


HTTP: Capability[Http] = Capability("http")
"""Requests to web services."""
