"""What a step knows of the elements it used before: whether they are the same, and which are them now."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import playwright.async_api as pw
import structlog
from pydantic import BaseModel, JsonValue, TypeAdapter

from activities.drivers.playwright import explain
from activities.drivers.playwright.healing.script import GLANCE, within
from activities.drivers.playwright.locate import Scope, locate
from activities.drivers.playwright.patience import is_gone, is_passing
from activities.fingerprints import Fingerprint, FingerprintKey, FingerprintStore
from activities.secrets import masked
from activities.sessions.target import Target
from workflows.call import Heal, StepCall
from workflows.errors import AetherError, ElementChangedError
from workflows.healing import Decision, Evidence, Identity, Verdict, decide, is_renamed, is_same

_BUDGET = 400
"""Milliseconds a page may be searched."""
_ANSWER_TIME = 2.0
"""Seconds a busy page has to answer."""
_SAME_PAGE = 0.9
"""The share of a page's elements that has to be there for a fingerprint to be up to date."""
_LATER = (0.4, 0.8)
_SOON = 0.02
_COUNTED = re.compile(r":nth|:first|:last|nth=|\[\d+\]|:only")

_MEET = within("return meet(elements, argument);")
_SEEK = within("return seek(elements, argument);")

Habit: TypeAlias = tuple[str, str, str]
"""A step of a document on a page."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger()
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class _Glance(BaseModel):
    """The least that tells whether an element is as it was."""

    look: str
    usable: int


class _Learned(BaseModel):
    """A new fingerprint."""

    fingerprint: JsonValue
    said: str
    """The text of the page it was taken on."""


class _Met(BaseModel):
    """What a page says of the element that a target names."""

    identity: Identity | None
    learned: _Learned


class _Found(BaseModel):
    """The best candidate of a page."""

    evidence: Evidence | None
    itself: bool = False
    """Whether it is the element that the target names."""
    learned: _Learned | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Search:
    """A candidate and what to do about it."""

    found: _Found
    decision: Decision
    element: pw.Locator


class Recall:
    """What one step knows of its elements; what it learns is kept once it has succeeded."""

    def __init__(self, store: FingerprintStore, call: StepCall, habits: set[Habit], *, alone: bool = True) -> None:
        self._store = store
        self._call = call
        self._habits = habits
        """Steps of this process that had to look for their elements: they need not wait long again."""
        self._alone = alone
        """Whether it may act by itself on what is beyond doubt."""
        self._sure: set[FingerprintKey] = set()
        self._learned: dict[FingerprintKey, Fingerprint] = {}
        self._considered: _Search | None = None
        self.healed: list[Heal] = []
        """Elements that were used although their targets do not name them."""

    def patience(self, tab: pw.Page) -> tuple[float, ...]:
        """After which shares of the step's time to look for what a target meant, should it name nothing."""
        return (_SOON, *_LATER) if self._habit(tab) in self._habits else _LATER

    async def confirmed(self, tab: pw.Page, target: Target, element: pw.Locator) -> pw.Locator | None:
        """The element that a target means: the one it names, unless that is another one now; None to look again.

        Raises:
            ElementChangedError: it names another one, and which it means is for a person to say.
        """
        key = self._key(tab, target)
        if key in self._sure:
            return element
        known = await self._store.get(key)
        if known is not None and await self._is_as_it_was(element, known):
            self._sure.add(key)
            return element
        answer = await _asked(element, _MEET, known.model_dump(mode="json") if known else None)
        if answer is None:
            return None
        met = _Met.model_validate(answer)
        if known is not None and met.identity is not None and not self._is_same(known, met.identity, target):
            return await self._doubted(tab, target, element, known)
        self._learn(key, met.learned)
        return element

    async def instead(self, tab: pw.Page, target: Target) -> pw.Locator | None:
        """The element a target meant that names nothing any more, if that is beyond doubt."""
        self._considered = None
        known = await self._store.get(self._key(tab, target))
        if known is None:
            return None
        search = self._considered = await self._searched(tab, target, known)
        if search is None or search.decision.verdict is not Verdict.AUTO:
            return None
        return self._healed(tab, target, search)

    def explained(self, tab: pw.Page, target: Target, error: AetherError) -> AetherError:
        """Why a target that names nothing cannot be healed either."""
        search = self._considered
        if search is None or search.found.evidence is None:
            return error
        if search.decision.verdict is Verdict.PROPOSE:
            return self._changed(f"no element is {target} on {explain.place(tab)} any more", tab, target, search)
        error.message += f"; not healed: {search.decision.reason} ({masked(search.found.description)})"
        error.args = (error.message,)
        return error

    async def keep(self) -> None:
        """Remember what was learned, now that the step has succeeded."""
        for key, learned in self._learned.items():
            await self._store.put(key, learned)

    def _learn(self, key: FingerprintKey, learned: _Learned | None) -> None:
        """Note what an element is, unless its page shows a secret: parts of it would not be recognised as one."""
        self._sure.add(key)
        if learned is not None and masked(learned.said) == learned.said:
            self._learned[key] = Fingerprint.model_validate(_scrubbed(learned.fingerprint))

    @staticmethod
    async def _is_as_it_was(element: pw.Locator, known: Fingerprint) -> bool:
        answer = await _asked(element, GLANCE, None)
        if answer is None:
            return False
        seen = _Glance.model_validate(answer)
        fewer, more = sorted((seen.usable, known.usable))
        return seen.look == known.look and fewer >= _SAME_PAGE * more

    def _is_same(self, known: Fingerprint, identity: Identity, target: Target) -> bool:
        return is_same(identity, self._call.effect, shows=known.kind == "other", counted=_is_counted(target))

    async def _doubted(
        self, tab: pw.Page, target: Target, element: pw.Locator, known: Fingerprint
    ) -> pw.Locator | None:
        """What to use where a target names something that does not look like what it meant."""
        search = await self._searched(tab, target, known, element)
        if search is None:
            return None
        evidence = search.found.evidence
        if search.found.itself and evidence is not None and is_renamed(evidence, self._call.effect):
            self._learn(self._key(tab, target), search.found.learned)
            return element
        if not search.found.itself and search.decision.verdict is Verdict.AUTO:
            return self._healed(tab, target, search)
        said = f"{target} on {explain.place(tab)} is not {masked(known.called)!r} any more, as earlier runs knew it"
        raise self._changed(said, tab, target, search)

    async def _searched(
        self, tab: pw.Page, target: Target, known: Fingerprint, named: pw.Locator | None = None
    ) -> _Search | None:
        """Look for what a target meant, in the frame it means; `named` is what it names."""
        token = uuid4().hex
        scope = _scope(tab, target)
        given = {"then": known.model_dump(mode="json"), "budget": _BUDGET, "token": token, "named": named is not None}
        answer = await _asked(named or scope.locator(":root"), _SEEK, given)
        if answer is None:
            return None
        found = _Found.model_validate(answer)
        decision = decide(found.evidence, self._call.effect)
        if decision.verdict is Verdict.AUTO and not self._alone:
            decision = Decision(Verdict.PROPOSE, "this robot asks before it acts on another element")
        return _Search(found, decision, scope.locator(f'[data-aether-found="{token}"]'))

    def _healed(self, tab: pw.Page, target: Target, search: _Search) -> pw.Locator:
        evidence = search.found.evidence
        heal = Heal(
            target=str(target),
            found=masked(search.found.description),
            page=_page_of(tab.url),
            score=evidence.score if evidence else 0,
            margin=evidence.margin if evidence else 0,
            reason=search.decision.reason,
        )
        _log.warning("step.healed", **heal.model_dump())
        self.healed.append(heal)
        self._habits.add(self._habit(tab))
        return search.element

    def _changed(self, said: str, tab: pw.Page, target: Target, search: _Search) -> ElementChangedError:
        found, decision = search.found, search.decision
        description = masked(found.description)
        likely = "" if found.itself else f"; most likely it is {description} now, but {decision.reason}"
        evidence = found.evidence
        return ElementChangedError(
            f"{said}{likely}; look at the page and correct the target",
            target=str(target),
            page=explain.place(tab),
            candidate=None if found.itself else description,
            score=evidence.score if evidence else None,
            margin=evidence.margin if evidence else None,
            reason=decision.reason,
        )

    def _habit(self, tab: pw.Page) -> Habit:
        return self._call.document, self._call.step, _page_of(tab.url)

    def _key(self, tab: pw.Page, target: Target) -> FingerprintKey:
        return FingerprintKey(self._call.document, self._call.step, str(target), _page_of(tab.url))


def _scope(tab: pw.Page, target: Target) -> Scope:
    return locate(tab, target.frame).content_frame if target.frame is not None else tab


def _is_counted(target: Target) -> bool:
    """Whether a target says which of several elements it is instead of what it is."""
    written = (target.css, target.xpath, target.selector)
    return target.nth is not None or any(words is not None and _COUNTED.search(words) for words in written)


def _page_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def _asked(element: pw.Locator, function: str, argument: object) -> JsonValue:
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


def _scrubbed(value: JsonValue) -> JsonValue:
    """The same without any secret in it."""
    match value:
        case str():
            return masked(value)
        case list():
            return [_scrubbed(item) for item in value]
        case dict():
            return {masked(key): _scrubbed(item) for key, item in value.items()}
        case _:
            return value
