"""Whether a click arrived at the element it was meant for: pages move and replace what the mouse is pressed on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal

import playwright.async_api as pw

from activities.sessions.browser import MouseButton

Miss = Literal["moved away", "was replaced"]

_TIME = 0.5
"""Seconds a page may take to tell."""
_EVENTS: dict[MouseButton, str] = {"left": "click", "middle": "auxclick", "right": "contextmenu"}

_WATCH = """(elements, type) => {
  if (!elements.length || elements[0].closest('select, iframe, frame, object, embed')) return;
  const element = elements[0].closest('button, a, label, [role=button], [role=link]') || elements[0];
  const view = element.ownerDocument.defaultView, key = Symbol.for('aether.click');
  const told = {element, html: element.outerHTML, arrived: false};
  const meant = node => node === element || (node.localName === element.localName && node.outerHTML === told.html);
  told.hear = event => { if (event.isTrusted && event.composedPath().some(meant)) told.arrived = true };
  if (view[key]) view[key].stop();
  told.stop = () => view.removeEventListener(type, told.hear, true);
  view.addEventListener(type, told.hear, true);
  view[key] = told;
}"""
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


async def watch(element: pw.Locator, button: MouseButton) -> None:
    """Take note of clicks from now on."""
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(_TIME):
            await element.evaluate_all(_WATCH, _EVENTS[button])


async def missed(scope: pw.Page | pw.FrameLocator) -> Miss | None:
    """Why the click did not arrive; None if it did, or nobody can tell because the page has gone."""
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(_TIME):
            told: Miss | None = await scope.locator(":root").evaluate_all(_TELL)
            return told
    return None
