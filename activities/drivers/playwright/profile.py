"""The browser of a run apart from what its tabs show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.patience import first_line
from activities.drivers.playwright.reach import Reach
from activities.drivers.playwright.setup import geolocation
from activities.sessions.profile import (
    Configuration,
    Cookie,
    DialogOrder,
    StorageKind,
    Surroundings,
)
from workflows.errors import InvalidParamsError, PageError

_STORED = "kind => Object.fromEntries(Object.entries(kind === 'local' ? localStorage : sessionStorage))"
_STORE = """([kind, entries]) => {
  const storage = kind === 'local' ? localStorage : sessionStorage;
  for (const [key, value] of Object.entries(entries)) {
    if (value === null) storage.removeItem(key); else storage.setItem(key, value);
  }
}"""
_BY_PLAYWRIGHT = {"http_only": "httpOnly", "same_site": "sameSite"}


class DrivenProfile:
    """The profile of a session, as the node of one step sees it."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def configure(self, configuration: Configuration) -> None:
        """Begin anew with an empty tab, as another browser to pages."""
        session = self._reach.session
        async with self._reach.acting():
            try:
                await self._reach.alive(session.begin_anew(session.setup.configured(configuration)))
            except pw.Error as error:
                raise InvalidParamsError(f"the browser cannot be like that: {first_line(error)}") from None

    async def surround(self, surroundings: Surroundings) -> None:
        """Change what pages find around them while they are open."""
        session, context = self._reach.session, self._reach.session.context
        setup = session.setup.surrounded(surroundings)
        async with self._reach.watched():
            if surroundings.grant is not None:
                await self._reach.alive(context.clear_permissions())
                for grant in setup.grants:
                    granted = context.grant_permissions([*grant.permissions], origin=grant.origin)
                    await self._reach.alive(granted)
            if surroundings.geolocation is not None:
                await self._reach.alive(context.set_geolocation(geolocation(surroundings.geolocation)))
            if surroundings.offline is not None:
                await self._reach.alive(context.set_offline(surroundings.offline))
            for tab in context.pages:
                if surroundings.viewport is not None:
                    width, height = surroundings.viewport.width, surroundings.viewport.height
                    await self._reach.alive(tab.set_viewport_size({"width": width, "height": height}))
                if surroundings.color_scheme is not None:
                    await self._reach.alive(tab.emulate_media(color_scheme=surroundings.color_scheme))
            session.setup = setup

    async def answer(self, order: DialogOrder) -> None:
        """Have dialogs answered when they come."""
        session = self._reach.session
        session.setup = session.setup.ordered(order)

    async def cookies(self, url: str | None) -> Sequence[Cookie]:
        """Read the cookies, or those that go to an address."""
        async with self._reach.watched():
            context = self._reach.session.context
            found = await self._reach.alive(context.cookies(url) if url else context.cookies())
            return [_cookie(each) for each in found]

    async def set_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Add cookies; those of the same name and place are replaced."""
        async with self._reach.watched():
            said = [self._said(cookie) for cookie in cookies]
            try:
                await self._reach.alive(self._reach.session.context.add_cookies(said))
            except pw.Error as error:
                raise InvalidParamsError(f"the browser does not take these cookies: {first_line(error)}") from None

    async def clear_cookies(self, name: str | None, domain: str | None) -> int:
        """Remove cookies; how many."""
        async with self._reach.watched():
            context = self._reach.session.context
            before = len(await self._reach.alive(context.cookies()))
            which = {key: value for key, value in (("name", name), ("domain", domain)) if value is not None}
            await self._reach.alive(context.clear_cookies(**which))
            return before - len(await self._reach.alive(context.cookies()))

    async def storage(self, kind: StorageKind) -> Mapping[str, str]:
        """Read what the page's site has stored."""
        async with self._reach.watched():
            stored: dict[str, str] = await self._in_site(_STORED, kind)
            return stored

    async def store(self, kind: StorageKind, entries: Mapping[str, str | None]) -> None:
        """Change what the page's site has stored; None removes."""
        async with self._reach.watched():
            await self._in_site(_STORE, [kind, dict(entries)])

    async def _in_site(self, function: str, argument: object) -> Any:  # noqa: ANN401 - whatever the script gives
        tab = self._reach.tab
        try:
            return await self._reach.alive(tab.evaluate(function, argument))
        except pw.Error as error:
            if "denied" not in error.message and "not available" not in error.message:
                raise
            raise PageError(f"{explain.place(tab)} has no storage of its own; open a page of the site first") from None

    def _said(self, cookie: Cookie) -> Any:  # noqa: ANN401 - Playwright's own mapping
        """A cookie as Playwright takes it: for the page's own site unless it says for which."""
        said = {_BY_PLAYWRIGHT.get(key, key): value for key, value in cookie.model_dump(exclude_none=True).items()}
        if cookie.domain is None:
            said["url"] = cookie.url or self._reach.tab.url
            del said["path"]
        return said


def _cookie(found: pw.Cookie) -> Cookie:
    expires = found.get("expires", -1)
    return Cookie(
        name=found.get("name", ""),
        value=found.get("value", ""),
        domain=found.get("domain"),
        path=found.get("path", "/"),
        expires=expires if expires >= 0 else None,
        secure=found.get("secure", False),
        http_only=found.get("httpOnly", False),
        same_site=found.get("sameSite"),
    )
