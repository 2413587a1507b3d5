"""Writing down what steps found in place of their elements, with a picture that shows it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import playwright.async_api as pw
import structlog

from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.healing.search import Search
from activities.drivers.playwright.recording.suggest import suggest
from activities.evidence import EvidenceStore
from activities.fingerprints import Fingerprint, FingerprintKey
from activities.heals import Finding, Heals, Occasion, Outcome, Suggested, heal_id
from workflows.call import FileEntry, StepCall
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

    async def rejected(self, key: FingerprintKey, search: Search) -> bool:
        """Whether a person said that this is not the element."""
        ruling = await self._heals.ruling(heal_id(key, search.found.said, search.after))
        return ruling is not None and ruling.verdict == "rejected"

    async def note(
        self, call: StepCall, key: FingerprintKey, known: Fingerprint, search: Search, tab: pw.Page
    ) -> Finding | None:
        """Write down what a step is about to do about a candidate; a step does not fail because that fails."""
        finding = Finding(
            id=heal_id(key, search.found.said, search.after),
            key=key,
            before=known,
            after=search.after,
            found=search.found.said,
        )
        try:
            new = not await self._heals.knows(finding.id)
            if new or search.decision.verdict is Verdict.PROPOSE:
                finding = await self._shown(finding, call, search, tab, new=new)
            await self._heals.note(finding, _occasion(call, search))
        except OSError as error:
            _log.warning("heal.not_recorded", error=type(error).__name__)
            return None
        return finding

    async def _shown(self, finding: Finding, call: StepCall, search: Search, tab: pw.Page, *, new: bool) -> Finding:
        """The same with a picture, and with targets that name what was found."""
        if search.found.evidence is None or search.decision.verdict is Verdict.REFUSE:
            return finding
        try:
            async with asyncio.timeout(_TIME):
                picture = await self._picture(call, search, tab)
                finding = finding.model_copy(update={"picture": picture})
                return finding.model_copy(update={"targets": await _targets(search.element)}) if new else finding
        except (pw.Error, TimeoutError) as error:
            _log.warning("heal.not_shown", error=type(error).__name__)
            return finding

    async def _picture(self, call: StepCall, search: Search, tab: pw.Page) -> FileEntry | None:
        """The page with the candidate marked in it, and without anything that must not be seen."""
        if self._evidence is None or call.evidence == "off":
            return None
        await search.element.scroll_into_view_if_needed(timeout=_TIME * 1000)
        style = _MARKED.format(mark=search.mark)
        content = await tab.screenshot(style=style, mask=await covered(tab), timeout=_TIME * 1000)
        return await self._evidence.keep("candidate", content)


async def _targets(element: pw.Locator) -> tuple[Suggested, ...]:
    handle = await element.element_handle(timeout=_TIME * 1000)
    frame = await handle.owner_frame()
    if frame is None:
        return ()
    best = (await suggest(frame, handle))[:_MOST_TARGETS]
    return tuple(Suggested(target=each.written(), stability=each.stability, reason=each.reason) for each in best)


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
