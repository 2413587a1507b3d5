"""All that a session is made of besides cookies and pages: as a value, so that it can be had again elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import playwright.async_api as pw
from pydantic import BaseModel, ConfigDict

from activities.sessions.profile import (
    Certificate,
    Configuration,
    DialogOrder,
    Geolocation,
    Grant,
    Surroundings,
    Viewport,
)
from activities.sessions.traffic import Rule
from workflows.errors import InvalidParamsError

_USUAL_SIZE = Viewport(width=1280, height=800)

Devices = Mapping[str, Mapping[str, Any]]
"""What Playwright knows of devices, by name."""


class Setup(BaseModel):
    """How a session was set up by the steps so far."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    configuration: Configuration = Configuration()
    geolocation: Geolocation | None = None
    grants: tuple[Grant, ...] = ()
    offline: bool = False
    dialogs: tuple[DialogOrder, ...] = ()
    rules: tuple[Rule, ...] = ()

    def configured(self, configuration: Configuration) -> Setup:
        """The same with another configuration."""
        return self.model_copy(update={"configuration": configuration})

    def surrounded(self, by: Surroundings) -> Setup:
        """The same in other surroundings."""
        changes: dict[str, object] = {}
        if by.geolocation is not None:
            changes["geolocation"] = by.geolocation
        if by.grant is not None:
            kept = (grant for grant in self.grants if grant.origin != by.grant.origin)
            changes["grants"] = (*kept, by.grant)
        if by.offline is not None:
            changes["offline"] = by.offline
        shown = {name: value for name in ("viewport", "color_scheme") if (value := getattr(by, name)) is not None}
        if shown:
            changes["configuration"] = self.configuration.model_copy(update=shown)
        return self.model_copy(update=changes)

    def ordered(self, order: DialogOrder) -> Setup:
        """The same with one more order; it takes the place of one for the same dialogs."""
        kept = (known for known in self.dialogs if known.message != order.message)
        return self.model_copy(update={"dialogs": (*kept, order)})

    def ruled(self, rule: Rule) -> Setup:
        """The same with one more rule; it takes the place of one for the same requests."""
        same = rule.model_copy(update={"answer": None})
        kept = (known for known in self.rules if known.model_copy(update={"answer": None}) != same)
        return self.model_copy(update={"rules": (*kept, rule)})


def context_options(configuration: Configuration, devices: Devices) -> dict[str, Any]:
    """Say as Playwright does how a context shall be.

    Raises:
        InvalidParamsError: the device is unknown, or a certificate is not complete.
    """
    device = _device(configuration.device, devices)
    size = configuration.viewport
    if size is not None or "viewport" not in device:
        device["viewport"] = (size or _USUAL_SIZE).model_dump()
    said: dict[str, Any] = {
        "locale": configuration.locale,
        "timezone_id": configuration.timezone,
        "user_agent": configuration.user_agent,
        "color_scheme": configuration.color_scheme,
        "proxy": _given(configuration.proxy),
        "http_credentials": _given(configuration.auth),
        "client_certificates": [_certificate(each) for each in configuration.certificates] or None,
        "extra_http_headers": configuration.headers or None,
    }
    return {
        **device,
        **{name: value for name, value in said.items() if value is not None},
        "java_script_enabled": configuration.javascript,
        "ignore_https_errors": not configuration.verify_tls,
        "reduced_motion": "reduce",
    }


async def surround(context: pw.BrowserContext, setup: Setup) -> None:
    """Give a new context the surroundings of a session."""
    for grant in setup.grants:
        await context.grant_permissions([*grant.permissions], origin=grant.origin)
    if setup.geolocation is not None:
        await context.set_geolocation(geolocation(setup.geolocation))
    if setup.offline:
        await context.set_offline(offline=True)


def geolocation(place: Geolocation) -> pw.Geolocation:
    """A place as Playwright takes it."""
    return {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy}


def _device(name: str | None, devices: Devices) -> dict[str, Any]:
    if name is None:
        return {}
    if name not in devices:
        close = get_close_matches(name, devices, n=3, cutoff=0.4)
        meant = f"; the closest are: {', '.join(map(repr, close))}" if close else ""
        raise InvalidParamsError(f"there is no device {name!r}{meant}")
    return {key: value for key, value in devices[name].items() if key != "default_browser_type"}


def _given(part: BaseModel | None) -> dict[str, Any] | None:
    return part.model_dump(exclude_none=True) if part else None


def _certificate(certificate: Certificate) -> dict[str, Any]:
    given = certificate.model_dump(exclude_none=True)
    if "certificate" in given:
        given["cert"] = given.pop("certificate")
    return {**given, "origin": certificate.origin.rstrip("/")}
