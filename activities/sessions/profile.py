"""How a run's browser presents itself to pages, and what it keeps for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Protocol

from pydantic import ConfigDict, Field, StringConstraints

from workflows.documented import Documented

ColorScheme = Literal["light", "dark"]
StorageKind = Literal["local", "session"]
Permission = Literal[
    "accelerometer", "ambient-light-sensor", "background-sync", "camera", "clipboard-read", "clipboard-write",
    "geolocation", "gyroscope", "local-fonts", "magnetometer", "microphone", "midi", "notifications",
    "payment-handler", "storage-access",
]  # fmt: skip
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+/?$")]
"""A site: scheme, host and port."""


class Part(Documented):
    """A mapping inside of a step's parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Viewport(Part):
    """The size of the page's visible area."""

    width: int = Field(ge=200, le=7680)
    """Pixels."""
    height: int = Field(ge=200, le=4320)
    """Pixels."""


class Proxy(Part):
    """A server that all requests of the pages go through."""

    server: str
    """Its address, e.g. `http://proxy.example:3128` or `socks5://proxy.example:1080`."""
    bypass: str | None = None
    """Hosts that are reached without it, separated by commas, e.g. `.example.com, localhost`."""
    username: str | None = None
    """Who asks, if the proxy wants to know."""
    password: str | None = None
    """The password that goes with it; a secret."""


class Auth(Part):
    """What is answered to a site that asks by HTTP for user and password."""

    username: str
    """The user."""
    password: str
    """The password; a secret."""
    origin: Origin | None = None
    """The only site that gets them, e.g. `https://portal.example`; by default whichever asks."""


class Certificate(Part):
    """A client certificate, by which a site knows who comes."""

    origin: Origin
    """The site it is for."""
    pfx: bytes | None = None
    """Certificate and key together (PKCS #12); or the two that follow."""
    certificate: bytes | None = None
    """The certificate (PEM)."""
    key: bytes | None = None
    """Its private key (PEM)."""
    passphrase: str | None = None
    """What the key or the PFX file is locked with."""


class Geolocation(Part):
    """A place on earth."""

    latitude: float = Field(ge=-90, le=90)
    """Degrees north."""
    longitude: float = Field(ge=-180, le=180)
    """Degrees east."""
    accuracy: float = Field(default=0, ge=0)
    """Metres it may be off."""


class Appearance(Documented):
    """What pages are told about the browser; fixed for as long as its tabs live."""

    device: str | None = None
    """A device to look like, by Playwright's name, e.g. `iPhone 15` or `Pixel 7`: its screen, touch and user agent."""
    viewport: Viewport | None = None
    """How large pages are shown; by default 1280 by 800, or as the device has it."""
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    """The language and the number and date formats of pages, e.g. `de-DE`."""
    timezone: str | None = None
    """An IANA time zone, e.g. `Europe/Berlin`."""
    user_agent: str | None = None
    """What the browser calls itself."""
    color_scheme: ColorScheme | None = None
    """Whether pages shall be light or dark."""
    javascript: bool = True
    """Whether pages may run scripts."""
    verify_tls: bool = True
    """Whether sites must have valid certificates."""
    headers: dict[str, str] = Field(default={})
    """HTTP headers that go with every request."""
    proxy: Proxy | None = None
    """The proxy to go through."""
    auth: Auth | None = None
    """User and password for sites that ask by HTTP."""


class Configuration(Part, Appearance):
    """All that a browser context is made of."""

    certificates: tuple[Certificate, ...] = ()


class Grant(Part):
    """What sites may do without asking."""

    permissions: tuple[Permission, ...]
    origin: Origin | None = None
    """The only site; None is all."""


class Surroundings(Part):
    """What can be changed under open pages; what is None stays as it is."""

    viewport: Viewport | None = None
    geolocation: Geolocation | None = None
    grant: Grant | None = None
    offline: bool | None = None
    color_scheme: ColorScheme | None = None


class DialogOrder(Part):
    """What to do about dialogs that will come."""

    accept: bool
    text: str | None = None
    """What to enter where text is asked for."""
    message: str | None = None
    """Only for dialogs whose message is this, with `*` for anything; None is all."""


class Cookie(Part):
    """One cookie."""

    name: str
    """Its name."""
    value: str
    """What it holds."""
    domain: str | None = None
    """The host it is for; with a dot before it, also those below."""
    path: str = "/"
    """The part of the site it is for."""
    url: str | None = None
    """An address instead of `domain` and `path`; by default the page's own."""
    expires: float | None = None
    """When it ends, in seconds since 1970; null when the browser closes."""
    secure: bool = False
    """Whether it goes over HTTPS only."""
    http_only: bool = False
    """Whether scripts cannot see it."""
    same_site: Literal["Strict", "Lax", "None"] | None = None
    """With which requests of other sites it goes."""


class Profile(Protocol):
    """The browser of a run apart from what its tabs show; lost with its robot, it is had again as it was."""

    async def configure(self, configuration: Configuration) -> None:
        """Begin anew with an empty tab, as another browser to pages; cookies and local storage are kept."""

    async def surround(self, surroundings: Surroundings) -> None:
        """Change what pages find around them while they are open."""

    async def answer(self, order: DialogOrder) -> None:
        """Have dialogs answered when they come; the latest order that fits counts."""

    async def cookies(self, url: str | None) -> Sequence[Cookie]:
        """Read the cookies, or those that go to an address."""

    async def set_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Add cookies; those of the same name and place are replaced."""

    async def clear_cookies(self, name: str | None, domain: str | None) -> int:
        """Remove cookies; how many."""

    async def storage(self, kind: StorageKind) -> Mapping[str, str]:
        """Read what the page's site has stored."""

    async def store(self, kind: StorageKind, entries: Mapping[str, str | None]) -> None:
        """Change what the page's site has stored; None removes."""
