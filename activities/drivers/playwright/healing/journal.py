"""Writing down what steps found in place of their elements, with a picture that shows it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import playwright.async_api as pw
import structlog

from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.healing.search import Search
from activities.drivers.playwright.recording.suggest import suggest
from activities.evidence import EvidenceStore
from activities.fingerprints import FingerprintKey
from activities.heals import Finding, Heals, Occasion, Outcome, Suggested, heal_id
from workflows.call import StepCall
from workflows.healing import Verdict

_TIME = 2.0
"""Seconds it may take: what is written down must not cost the step its time."""
_MOST_TARGETS = 5
_MARKED = """{mark} {{
  outline: 4px solid #e0007a !important; outline-offset: 2px !important; box-shadow: 0 0 0 8px #e0007a55 !important
}}"""

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Journal:
    """Keeps what steps found, and knows what people said to it."""

    def __init__(self, heals: Heals, evidence: EvidenceStore | None = None) -> None:
        self._heals = heals
        self._evidence = evidence

    async def rejected(self, key: FingerprintKey, search: Search, address: str) -> bool:
        """Whether a person said that this is not the element, be it of this address alone, as older releases asked."""
        for each in (key, key.model_copy(update={"page": address})):
            ruling = await self._heals.ruling(heal_id(each, search.found.said, search.after))
            if ruling is not None:
                return ruling.verdict == "rejected"
        return False

    async def note(
        self, call: StepCall, key: FingerprintKey, search: Search, tab: pw.Page, *, time: float
    ) -> Finding | None:
        """Write down what a step is about to do about a candidate, in so many seconds.

        A step does not fail because that fails.
        """
        finding = Finding(
            id=heal_id(key, search.found.said, search.after),
            key=key,
            before=search.known,
            after=search.after,
            found=search.found.said,
        )
        try:
            new = not await self._heals.knows(finding.id)
            if new or search.decision.verdict is Verdict.PROPOSE:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(_TIME, time)):
                        finding = await self._pictured(finding, call, search, tab)
                        finding = await _suggested(finding, search) if new else finding
            await self._heals.note(finding, _occasion(call, search))
        except OSError as error:
            _log.warning("heal.not_recorded", error=type(error).__name__)
            return None
        return finding

    async def _pictured(self, finding: Finding, call: StepCall, search: Search, tab: pw.Page) -> Finding:
        """The same with a picture of the page, the candidate marked and everything covered that must not be seen."""
        if self._evidence is None or call.evidence == "off" or search.decision.verdict is Verdict.REFUSE:
            return finding
        try:
            await search.element.scroll_into_view_if_needed(timeout=_TIME * 1000)
            style = _MARKED.format(mark=search.mark)
            content = await tab.screenshot(style=style, mask=await covered(tab), timeout=_TIME * 1000)
        except pw.Error as error:
            _log.warning("heal.not_pictured", error=type(error).__name__)
            return finding
        return finding.model_copy(update={"picture": await self._evidence.keep("candidate", content)})


async def _suggested(finding: Finding, search: Search) -> Finding:
    """The same with targets that name what was found."""
    try:
        handle = await search.element.element_handle(timeout=_TIME * 1000)
        frame = await handle.owner_frame()
        best = (await suggest(frame, handle))[:_MOST_TARGETS] if frame is not None else []
    except pw.Error as error:
        _log.warning("heal.without_targets", error=type(error).__name__)
        return finding
    targets = [Suggested(target=each.written(), stability=each.stability, reason=each.reason) for each in best]
    return finding.model_copy(update={"targets": tuple(targets)})


_OUTCOMES: dict[Verdict, Outcome] = {
    Verdict.AUTO: "healed",
    Verdict.PROPOSE: "proposed",
    Verdict.REFUSE: "refused",
}


def _occasion(call: StepCall, search: Search) -> Occasion:
    evidence = search.found.evidence
    return Occasion(
        at=datetime.now(UTC),
        outcome=_OUTCOMES[search.decision.verdict],
        run=call.run,
        place=call.place,
        effect=call.effect.value,
        score=evidence.score if evidence else None,
        margin=evidence.margin if evidence else None,
        tier=search.decision.tier,
        reason=search.decision.reason,
    )
