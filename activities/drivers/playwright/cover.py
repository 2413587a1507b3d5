"""What must not be seen on a picture of a page."""

from __future__ import annotations

import re

import playwright.async_api as pw

from activities.drivers.playwright import script
from activities.secrets import masked

_PASSWORDS = "input[type=password]"
_FIELDS = "input:not([type=password]), textarea"
_GAPS = re.compile(r"[\s./-]+")


async def covered(page: pw.Page) -> list[pw.Locator]:
    """Find password fields, and whatever else shows a secret."""
    return [locator for frame in page.frames for locator in await _in_frame(frame)]


async def shows_secret(page: pw.Page) -> bool:
    """Whether anything of a page shows a secret."""
    return any([bool(await _fields(frame) or await _texts(frame)) for frame in page.frames])


async def _in_frame(frame: pw.Frame) -> list[pw.Locator]:
    return [frame.locator(_PASSWORDS), *await _fields(frame), *await _texts(frame)]


async def _fields(frame: pw.Frame) -> list[pw.Locator]:
    fields = frame.locator(_FIELDS)
    values: list[str] = await fields.evaluate_all(script.VALUES)
    return [fields.nth(number) for number, value in enumerate(values) if _shows(value)]


async def _texts(frame: pw.Frame) -> list[pw.Locator]:
    """Find the smallest elements that show a secret; all of the page if none that is small does."""
    anything = frame.locator("*")
    if not _shows(await anything.evaluate_all(script.WHOLE_TEXT)):
        return []
    texts: list[tuple[str, int]] = await anything.evaluate_all(script.SMALL_TEXTS)
    showing = {number: around for number, (text, around) in enumerate(texts) if text and _shows(text)}
    smallest = showing.keys() - showing.values()
    return [anything.nth(number) for number in sorted(smallest)] or [frame.locator("html")]


def _shows(text: str) -> bool:
    """Whether a secret is in a text, also one that was written in groups."""
    return masked(text) != text or masked(bare := _GAPS.sub("", text)) != bare
