"""Looking whether a page shows what it should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import playwright.async_api as pw

from activities.drivers.playwright import script
from activities.drivers.playwright.explain import plain_address, shortened
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.place import same_place
from activities.sessions.browser import Condition, State

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is instead of what is wanted."""

    said: str
    missing: bool = False
    """Whether nothing matches the target."""


class Observer:
    """Compares a page with a condition, one look at a time."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    @property
    def expected(self) -> str:
        """The condition in words."""
        wanted = self._condition
        subject = str(wanted.target) if wanted.target else "the page"
        facts = [
            f"{wanted.state}" if wanted.state else "",
            f"showing {wanted.text!r}" if wanted.text is not None else "",
            f"not showing {wanted.not_text!r}" if wanted.not_text is not None else "",
            f"holding {wanted.value!r}" if wanted.value is not None else "",
            *(_attribute(name, value) for name, value in wanted.attributes.items()),
        ]
        parts = [
            f"{wanted.count} of {subject}" if wanted.count is not None else "",
            f"{subject} {_joined(facts)}" if any(facts) else "",
            f"the address {wanted.url!r}" if wanted.url is not None else "",
            f"the title {wanted.title!r}" if wanted.title is not None else "",
        ]
        return _joined(parts)

    async def look(self, page: pw.Page) -> Finding | None:
        """What there is instead of what is wanted; None if it is as wanted."""
        wanted = self._condition
        if wanted.url is not None and not same_place(page.url, wanted.url):
            return Finding(f"the address {plain_address(page.url)!r}")
        if wanted.title is not None:
            title = await page.title()
            if title != wanted.title:
                return Finding(f"the title {title!r}")
        if wanted.target is None:
            return await _look_for_text(page, wanted)
        return await self._look_at_element(locate(page, wanted.target))

    async def _look_at_element(self, element: pw.Locator) -> Finding | None:
        wanted = self._condition
        seen = await element.evaluate_all(script.LOOK, list(wanted.attributes))
        count, looks = seen["count"], seen["looks"]
        if wanted.count is not None:
            return None if count == wanted.count else Finding(_counted(count), missing=count == 0)
        if wanted.state is State.HIDDEN and all("hidden" in look["states"] for look in looks):
            return None
        if wanted.state is State.DETACHED and count == 0:
            return None
        if count != 1:
            return Finding(_counted(count), missing=count == 0)
        return _compare(wanted, looks[0])


def _compare(wanted: Condition, look: dict[str, Any]) -> Finding | None:
    states, text, value, attributes = look["states"], look["text"], look["value"], look["attributes"]
    if wanted.state is not None and wanted.state not in states:
        return Finding("one that is " + " and ".join(states))
    if wanted.state is None and wanted.text is not None and not look["shown"]:
        return Finding("one that is hidden")
    if not _fits(wanted, text):
        return Finding(f"the text {shortened(text, _LONGEST)!r}")
    if wanted.value is not None and wanted.value != value:
        return Finding(f"the value {shortened(value, _LONGEST)!r}")
    others = [
        _attribute(name, attributes[name]) for name, said in wanted.attributes.items() if said != attributes[name]
    ]
    return Finding(f"one {_joined(others)}") if others else None


def _fits(wanted: Condition, text: str) -> bool:
    return (wanted.text is None or wanted.text in text) and (wanted.not_text is None or wanted.not_text not in text)


async def _look_for_text(page: pw.Page, wanted: Condition) -> Finding | None:
    if wanted.text is None and wanted.not_text is None:
        return None
    shown = await page.locator("body").inner_text(timeout=1000)
    if _fits(wanted, shown):
        return None
    return Finding("a page that shows it" if wanted.text is None or wanted.text in shown else "a page without it")


def _attribute(name: str, value: str | None) -> str:
    if value is None:
        return f"without the attribute {name!r}"
    return f"with the attribute {name!r} {shortened(value, _LONGEST)!r}"


def _counted(count: int) -> str:
    return f"{count} elements that match" if count else "nothing that matches"


def _joined(parts: list[str]) -> str:
    return " and ".join(part for part in parts if part)
