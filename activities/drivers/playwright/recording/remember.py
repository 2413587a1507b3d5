"""Taking the fingerprint of an element that something is done to."""

from __future__ import annotations

from contextlib import suppress

import playwright.async_api as pw

from activities.drivers.playwright.healing.record import record_of
from activities.drivers.playwright.healing.script import within
from activities.drivers.playwright.healing.search import Learned
from activities.drivers.playwright.recording.note import Seen
from activities.sessions.target import Target
from activities.variant import variant

_LEARN = within("return learned(elements[0]);")


async def seen(page: pw.Page, target: Target, element: pw.ElementHandle) -> tuple[Seen, ...]:
    """What a robot would remember of an element; nothing where its page is going away."""
    with suppress(pw.Error):
        told = await element.evaluate(f"element => ({_LEARN})([element])")
        fingerprint = Learned.model_validate(told).kept(record_of(page.url))
        return (Seen(target, variant(page.url), fingerprint),) if fingerprint is not None else ()
    return ()
