"""Whether a click arrived at the element it was meant for: pages move and replace what the mouse is pressed on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal

import playwright.async_api as pw

from activities.drivers.playwright import script
from activities.drivers.playwright.reach import Reach
from activities.sessions.browser import MouseButton

Miss = Literal["moved away", "was replaced"]

_TIME = 2.0
"""Seconds a page may take to tell: one that is busy with what it was clicked for tells when it is done."""
_EVENTS: dict[MouseButton, str] = {"left": "click", "middle": "auxclick", "right": "contextmenu"}

_WATCH = """(target, type) => {
  if (target.closest('select, iframe, frame, object, embed')) return;
  const element = target.closest('button, a, label, [role=button], [role=link]') || target;
  const view = element.ownerDocument.defaultView, key = Symbol.for('aether.click');
  const told = {element, html: element.outerHTML, arrived: false};
  const meant = node => node === element || (node.localName === element.localName && node.outerHTML === told.html);
  told.hear = event => { if (event.isTrusted && event.composedPath().some(meant)) told.arrived = true };
  if (view[key]) view[key].stop();
  told.stop = () => view.removeEventListener(type, told.hear, true);
  view.addEventListener(type, told.hear, true);
  view[key] = told;
}"""
_WATCH_IF_READY = f"""(element, type) => {{
  const ready = ({script.READY})(element);
  if (ready) ({_WATCH})(element, type);
  return ready;
}}"""
_TELL = """() => {
  const key = Symbol.for('aether.click'), told = window[key];
  if (!told) return null;
  delete window[key];
  told.stop();
  const {element} = told;
  const seen = it => it.checkVisibility({visibilityProperty: true}) && it.getClientRects().length > 0;
  if (told.arrived) return null;
  if (element.isConnected) return seen(element) ? 'moved away' : null;
  const same = it => it.outerHTML === told.html && seen(it);
  return [...document.querySelectorAll(element.localName)].some(same) ? 'was replaced' : null;
}"""
"""What is gone or hidden since the mouse was pressed has reacted to that; what is there still, or again, has not."""


async def is_ready(reach: Reach, element: pw.Locator, button: MouseButton) -> bool:
    """Whether a click would most likely arrive at once; if so, take note of clicks from now on."""
    return await reach.ask(element, _WATCH_IF_READY, _EVENTS[button]) == [True]


async def watch(reach: Reach, element: pw.Locator, button: MouseButton) -> None:
    """Take note of clicks from now on."""
    await reach.ask(element, _WATCH, _EVENTS[button])


async def missed(scope: pw.Page | pw.FrameLocator, *, time: float) -> Miss | None:
    """Why the click did not arrive; None if it did, or nobody can tell because the page has gone."""
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(min(_TIME, time)):
            told: Miss | None = await scope.locator(":root").evaluate_all(_TELL)
            return told
    return None
