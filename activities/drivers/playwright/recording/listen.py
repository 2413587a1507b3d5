"""Hearing from pages what a person does in them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import playwright.async_api as pw

_LISTENER = files(__package__).joinpath("listener.js").read_text(encoding="utf-8")
_HEARD = "__aether_heard"

Mode = Literal["pick", "record"]


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a page has told."""

    page: pw.Page
    frame: pw.Frame
    facts: Mapping[str, Any]

    async def element(self, fact: str = "element") -> pw.ElementHandle | None:
        """The element it is about, or another one that it names; None when its page is gone."""
        with suppress(pw.Error):
            held = await self.frame.evaluate_handle(
                "key => window.__aether_state?.elements.get(key)", self.facts.get(fact)
            )
            return held.as_element()
        return None


async def listen(context: pw.BrowserContext, mode: Mode) -> asyncio.Queue[Heard]:
    """Have all pages from now on tell what is done in them."""
    heard: asyncio.Queue[Heard] = asyncio.Queue()

    def hear(source: Mapping[str, Any], told: str) -> None:
        heard.put_nowait(Heard(source["page"], source["frame"], json.loads(told)))

    await context.expose_binding(_HEARD, hear)
    await context.add_init_script(f"({_LISTENER})({json.dumps(mode)})")
    return heard
