"""What a step knows of the elements it used before: whether they are the same, and which are them now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import urlsplit

import playwright.async_api as pw
import structlog
from pydantic import BaseModel

from activities.drivers.playwright import explain
from activities.drivers.playwright.healing.journal import Journal
from activities.drivers.playwright.healing.looks import looked_for, pictured
from activities.drivers.playwright.healing.record import is_its_counterpart, record_of
from activities.drivers.playwright.healing.script import GLANCE, within
from activities.drivers.playwright.healing.search import Learned, Search, asked, search
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import Deadline
from activities.fingerprints import Fingerprint, FingerprintKey, FingerprintStore
from activities.heals import Finding
from activities.secrets import masked
from activities.sessions.target import Target
from activities.variant import variant
from workflows.call import FileEntry, Heal, StepCall
from workflows.errors import AetherError, ElementChangedError
from workflows.healing import Decision, Identity, Verdict, is_renamed, is_same

_SAME_PAGE = 0.9
"""The share of a page's elements that has to be there for a fingerprint to be up to date."""
_LATER = (0.4, 0.8)
_SOON = 0.02
_COUNTED = re.compile(r":nth|:first|:last|nth=|\[\d+\]|:only")

_MEET = within("return meet(elements, argument);")

Habit: TypeAlias = tuple[str, str, str]
"""A step of a document on a page."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class _Glance(BaseModel):
    """The least that tells whether an element is as it was."""

    look: str
    usable: int


class _Met(BaseModel):
    """What a page says of the element that a target names."""

    identity: Identity | None
    learned: Learned | None


@dataclass(frozen=True, slots=True)
class Sought:
    """One element that a step looks for."""

    tab: pw.Page
    """The one in front."""
    target: Target
    deadline: Deadline

    @property
    def place(self) -> str:
        """Where it is looked for, as messages say it."""
        return explain.place(self.tab)

    @property
    def scope(self) -> pw.Page | pw.FrameLocator:
        """The page, or the frame that the target means."""
        frame = self.target.frame
        return locate(self.tab, frame).content_frame if frame is not None else self.tab

    @property
    def address(self) -> str:
        """Origin and path."""
        parts = urlsplit(self.tab.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def page(self) -> str:
        """What the page has in common with those of other records."""
        return variant(self.tab.url)


class Recall:
    """What one step knows of its elements; what it learns is kept once it has succeeded."""

    def __init__(
        self,
        store: FingerprintStore,
        call: StepCall,
        habits: set[Habit],
        journal: Journal | None = None,
        *,
        alone: bool = True,
    ) -> None:
        self._store = store
        self._call = call
        self._habits = habits
        """Steps of this process that had to look for their elements: they need not wait long again."""
        self._journal = journal
        self._alone = alone
        """Whether it may act by itself on what is beyond doubt."""
        self._sure: set[FingerprintKey] = set()
        self._learned: dict[FingerprintKey, Fingerprint] = {}
        self._doubted: dict[FingerprintKey, str] = {}
        """How elements looked that are not what their targets meant, so that they are looked at once only."""
        self._considered: Search | None = None
        self.healed: list[Heal] = []
        """Elements that were used although their targets do not name them."""
        self.pictures: dict[str, FileEntry] = {}
        """What shows a candidate that a person is asked about."""

    def patience(self, sought: Sought) -> tuple[float, ...]:
        """After which shares of the step's time to look for what a target meant, should it name nothing."""
        return (_SOON, *_LATER) if self._habit(sought) in self._habits else _LATER

    @property
    def asks(self) -> bool:
        """Whether there is a candidate that a person can tell of: then there is no use in waiting to the end."""
        return self._considered is not None and self._considered.decision.verdict is Verdict.PROPOSE

    async def confirmed(self, sought: Sought, element: pw.Locator, *, due: bool) -> pw.Locator | None:
        """The element that a target means: the one it names, unless that is another one now; None to look again.

        Pages show things before they are ready: only when it is `due` a person is asked.

        Raises:
            ElementChangedError: it names another one, and which it means is for a person to say.
        """
        key = self._key(sought)
        if key in self._sure:
            return element
        known = await self._store.get(key)
        if known is not None:
            seen = await _glanced(element)
            if seen is not None and _is_as_it_was(seen, known):
                self._sure.add(key)
                return element
            if seen is not None and not due and self._doubted.get(key) == seen.look:
                return None
        answer = await asked(element, _MEET, known.model_dump(mode="json", exclude={"picture"}) if known else None)
        if answer is None:
            return None
        met = _Met.model_validate(answer)
        if known is not None and not self._is_same(known, met, sought):
            return await self._instead_of(sought, element, known, due=due)
        self._learn(sought, met.learned)
        if key in self._learned:
            time = sought.deadline.left
            self._learned[key] = await pictured(sought.tab, sought.scope, element, self._learned[key], time=time)
        return element

    async def instead(self, sought: Sought) -> pw.Locator | None:
        """The element a target meant that names nothing any more, if that is beyond doubt."""
        self._considered = None
        known = await self._store.get(self._key(sought))
        if known is None:
            return None
        found = self._considered = await self._searched(sought, known)
        if found is None or found.decision.verdict is not Verdict.AUTO:
            return None
        return await self._healed(sought, found)

    async def explained(self, sought: Sought, error: AetherError) -> AetherError:
        """Why a target that names nothing cannot be healed either."""
        found = self._considered
        if found is None or found.found.evidence is None:
            return error
        if found.decision.verdict is Verdict.PROPOSE:
            return await self._changed(f"no element is {sought.target} on {sought.place} any more", sought, found)
        await self._noted(sought, found)
        error.message += f"; not healed: {found.decision.reason} ({found.found.said})"
        error.args = (error.message,)
        return error

    async def keep(self) -> None:
        """Remember what was learned, now that the step has succeeded."""
        for key, learned in self._learned.items():
            await self._store.put(key, learned)

    def _learn(self, sought: Sought, learned: Learned | None) -> None:
        """Note what an element is."""
        key = self._key(sought)
        self._sure.add(key)
        kept = learned.kept(record_of(sought.tab.url)) if learned is not None else None
        if kept is not None:
            self._learned[key] = kept

    def _is_same(self, known: Fingerprint, met: _Met, sought: Sought) -> bool:
        """Whether the element that a target names is the one remembered, or another record's."""
        identity = met.identity
        if identity is None or is_same(
            identity, self._call.effect, shows=known.kind == "other", counted=_is_counted(sought.target)
        ):
            return True
        now = met.learned.kept(record_of(sought.tab.url)) if met.learned is not None else None
        return identity.same_kind and now is not None and is_its_counterpart(known, now)

    async def _instead_of(
        self, sought: Sought, element: pw.Locator, known: Fingerprint, *, due: bool
    ) -> pw.Locator | None:
        """What to use where a target names something that does not look like what it meant."""
        found = await self._searched(sought, known, element)
        if found is None:
            return None
        evidence, itself = found.found.evidence, found.found.itself
        if itself and evidence is not None and is_renamed(evidence, self._call.effect):
            self._learn(sought, found.found.learned)
            return element
        if not itself and found.decision.verdict is Verdict.AUTO:
            return await self._healed(sought, found)
        seen = await _glanced(element)
        if not due and seen is not None:
            self._doubted[self._key(sought)] = seen.look
            return None
        said = f"{sought.target} on {sought.place} is not {masked(known.called)!r} any more, as earlier runs knew it"
        raise await self._changed(said, sought, found)

    async def _searched(self, sought: Sought, known: Fingerprint, named: pw.Locator | None = None) -> Search | None:
        """Look for what a target meant, in the frame it means; `named` is what it names."""
        tab, scope, effect = sought.tab, sought.scope, self._call.effect
        found = await search(scope, known, effect, named=named)
        if found is not None:
            seen = await looked_for(tab, scope, known, effect, time=sought.deadline.left)
            found = replace(_preferred(found, seen), record=record_of(tab.url))
        if found is None or found.decision.verdict is Verdict.REFUSE:
            return found
        if self._journal is not None and await self._journal.rejected(self._key(sought), found, sought.address):
            return replace(found, decision=Decision(Verdict.REFUSE, "a person said that it is another element"))
        if found.decision.verdict is Verdict.AUTO and not self._alone and not known.accepted:
            asks = "this robot asks before it acts on another element"
            return replace(found, decision=replace(found.decision, verdict=Verdict.PROPOSE, reason=asks))
        return found

    async def _noted(self, sought: Sought, found: Search) -> Finding | None:
        if self._journal is None:
            return None
        time = sought.deadline.telling
        return await self._journal.note(self._call, self._key(sought), found, sought.tab, time=time)

    async def _healed(self, sought: Sought, found: Search) -> pw.Locator:
        evidence, noted = found.found.evidence, await self._noted(sought, found)
        heal = Heal(
            target=str(sought.target),
            found=found.found.said,
            page=sought.address,
            score=evidence.score if evidence else 0,
            margin=evidence.margin if evidence else 0,
            reason=found.decision.reason,
            id=noted.id if noted else "",
            tier=found.decision.tier,
        )
        _log.warning("step.healed", **heal.model_dump())
        self.healed.append(heal)
        self._habits.add(self._habit(sought))
        return found.element

    async def _changed(self, said: str, sought: Sought, search: Search) -> ElementChangedError:
        """Say that a person must tell which element is meant, and what they are asked."""
        found, decision = search.found, search.decision
        noted = await self._noted(sought, search)
        if noted is not None and noted.picture is not None:
            self.pictures["candidate"] = noted.picture
        proposed = noted.id if noted is not None and decision.verdict is not Verdict.REFUSE else None
        likely = "" if found.itself else f"; most likely it is {found.said} now, but {decision.reason}"
        todo = f"accept that with `aether heal accept {proposed}`, or " if proposed else "look at the page and "
        evidence = found.evidence
        return ElementChangedError(
            f"{said}{likely}; {todo}correct the target",
            target=str(sought.target),
            page=sought.place,
            candidate=found.said if proposed or not found.itself else None,
            score=evidence.score if evidence else None,
            margin=evidence.margin if evidence else None,
            reason=decision.reason,
            heal=proposed,
        )

    def _habit(self, sought: Sought) -> Habit:
        return self._call.document, self._call.step, sought.page

    def _key(self, sought: Sought) -> FingerprintKey:
        call = self._call
        return FingerprintKey(document=call.document, step=call.step, target=str(sought.target), page=sought.page)


async def _glanced(element: pw.Locator) -> _Glance | None:
    answer = await asked(element, GLANCE, None)
    return _Glance.model_validate(answer) if answer is not None else None


def _preferred(known: Search, seen: Search | None) -> Search:
    """What is known by what it is or where it is, or what is seen to be it: without a key places tell too little."""
    if seen is None or (known.decision.verdict is Verdict.AUTO and known.agreeing):
        return known
    if seen.decision.verdict is not Verdict.REFUSE:
        return seen
    if known.decision.verdict is not Verdict.AUTO:
        return known
    return replace(known, decision=Decision(Verdict.PROPOSE, f"it stands in its place, but {seen.decision.reason}"))


def _is_as_it_was(seen: _Glance, known: Fingerprint) -> bool:
    fewer, more = sorted((seen.usable, known.usable))
    return seen.look == known.look and fewer >= _SAME_PAGE * more


def _is_counted(target: Target) -> bool:
    """Whether a target says which of several elements it is instead of what it is."""
    written = (target.css, target.xpath, target.selector)
    return target.nth is not None or any(words is not None and _COUNTED.search(words) for words in written)
