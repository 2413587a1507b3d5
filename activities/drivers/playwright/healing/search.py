"""Looking for an element on a page: the best candidate, and what to do about it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import playwright.async_api as pw
from pydantic import BaseModel, JsonValue, TypeAdapter

from activities.drivers.playwright.healing.script import within
from activities.drivers.playwright.patience import is_gone, is_passing
from activities.fingerprints import Fingerprint
from activities.secrets import masked
from workflows.healing import Decision, Evidence, decide
from workflows.spec import Effect

_BUDGET = 400
"""Milliseconds a page may be searched."""
_ANSWER_TIME = 2.0
"""Seconds a busy page has to answer."""

_SEEK = within("return seek(elements, argument);")
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class Learned(BaseModel):
    """A new fingerprint."""

    fingerprint: JsonValue
    said: str
    """The text of the page it was taken on."""

    def kept(self, record: str = "") -> Fingerprint | None:
        """What may be remembered; nothing of a page that shows a secret: parts of one are not recognised."""
        if masked(self.said) != self.said:
            return None
        return Fingerprint.model_validate(masked(self.fingerprint)).model_copy(update={"record": record})


class Found(BaseModel):
    """The best candidate of a page."""

    evidence: Evidence | None = None
    itself: bool = False
    """Whether it is the element that the target names."""
    learned: Learned | None = None
    description: str = ""

    @property
    def said(self) -> str:
        """What it is, in words, without any secret."""
        return masked(self.description)


@dataclass(frozen=True, slots=True)
class Search:
    """A candidate and what to do about it."""

    known: Fingerprint
    """What was looked for."""
    found: Found
    decision: Decision
    element: pw.Locator
    """The candidate, for as long as the page stays."""
    mark: str
    """The attribute it bears, as a CSS selector."""
    record: str = ""
    """The one that the page shows, if it shows one of many."""

    @property
    def agreeing(self) -> bool:
        """Whether anything that it says of itself is the same."""
        return self.found.evidence is not None and bool(self.found.evidence.agreeing)

    @property
    def after(self) -> Fingerprint | None:
        """What may be remembered of the candidate."""
        return self.found.learned.kept(self.record) if self.found.learned is not None else None


async def search(
    scope: pw.Page | pw.FrameLocator, known: Fingerprint, effect: Effect, *, named: pw.Locator | None = None
) -> Search | None:
    """Look for what is known in a page or frame, where a target names another element or nothing.

    Nothing comes of it while the page is being replaced.
    """
    token = uuid4().hex
    given = {
        "then": known.model_dump(mode="json", exclude={"picture"}),
        "budget": _BUDGET,
        "token": token,
        "named": named is not None,
    }
    answer = await asked(named or scope.locator(":root"), _SEEK, given)
    if answer is None:
        return None
    found = Found.model_validate(answer)
    mark = f'[data-aether-found="{token}"]'
    return Search(known, found, decide(found.evidence, effect, accepted=known.accepted), scope.locator(mark), mark)


async def asked(element: pw.Locator, function: str, argument: object) -> JsonValue:
    """What a page answers; nothing while it is being replaced, or too busy to say."""
    try:
        async with asyncio.timeout(_ANSWER_TIME):
            return _JSON.validate_python(await element.evaluate_all(function, argument))
    except TimeoutError:
        return None
    except pw.Error as error:
        if not is_passing(error) and not is_gone(error):
            raise
        return None
