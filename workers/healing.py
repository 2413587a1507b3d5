"""What people say to what steps found in place of their elements, and fingerprints on their way between machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from activities.evidence import local_evidence
from activities.fingerprints import FingerprintKey, Kept, Known, local_fingerprints
from activities.heals import Heal, Ruling, local_heals
from activities.sealing import Seal
from activities.sessions.target import Target
from workers.settings import Settings
from workflows.call import ErrorValue
from workflows.errors import ConfigurationError


class HealRefusedError(ConfigurationError):
    """What a person wants of a heal that cannot be done."""


class Portable(Known):
    """The fingerprints of a document as one file, `flow.fingerprints.json` beside it."""

    fingerprints: Literal[1] = 1
    """The version of this format."""
    document: str
    elements: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the elements of a step had to be looked for, and what came of it."""

    document: str
    step: str
    tier: int
    healed: int
    """Acted on by itself."""
    proposed: int
    """A person was asked."""
    refused: int
    """Nothing was alike enough."""
    accepted: int
    """Findings that a person said are right."""
    rejected: int
    """Findings that a person said are wrong."""
    last: datetime

    @property
    def total(self) -> int:
        """How often in all: what heals again and again wants a better target."""
        return self.healed + self.proposed + self.refused


async def recorded(settings: Settings, *, document: str | None = None) -> Sequence[Heal]:
    """What was found, the latest first."""
    heals = await local_heals(settings.artifacts).all()
    return [heal for heal in heals if document in (None, heal.finding.key.document)]


async def picture(settings: Settings, seal: Seal, heal: Heal) -> bytes | None:
    """Give the page with what was found marked in it (PNG); None if none was taken.

    Raises:
        ArtifactLostError: it is not kept any more.
        SecretStoreError: it was sealed with another key.
    """
    entry = heal.finding.picture
    return await local_evidence(settings.artifacts, seal).read(entry) if entry is not None else None


def proposal_of(error: ErrorValue) -> str | None:
    """The id of what a step proposes that failed because its element changed; None if it proposes nothing."""
    match error.details:
        case {"heal": str(heal), "candidate": str()}:
            return heal
        case _:
            return None


async def accept(settings: Settings, heal: str, *, by: str, note: str = "", target: Target | None = None) -> Heal:
    """Have what was found be the element of its step from now on: in parked runs that try again, and in new ones.

    With a `target` that will be written into the document, it is that target's element as well.

    Raises:
        UnknownHealError: nothing of this id is recorded.
        HealRefusedError: nothing was found, or nothing may be remembered of it.
    """
    heals = local_heals(settings.artifacts)
    found = await heals.get(heal)
    after = found.finding.after
    if after is None:
        reason = (
            "its page shows a secret, so that nothing of it may be kept" if found.finding.found else "nothing was found"
        )
        raise HealRefusedError(f"heal {found.finding.id!r} cannot be accepted: {reason}; correct the target instead")
    store = local_fingerprints(settings.artifacts)
    accepted = after.model_copy(update={"accepted": True})
    key = found.finding.key
    await store.put(key, accepted)
    if target is not None:
        await store.put(FingerprintKey(**key.model_dump() | {"target": str(target)}), accepted)
    await heals.rule(found.finding.id, _ruling("accepted", by, note))
    return await heals.get(found.finding.id)


async def reject(settings: Settings, heal: str, *, by: str, note: str = "") -> Heal:
    """Have steps never take this for their element again.

    Where it was accepted before, what the step knew first is put back.

    Raises:
        UnknownHealError: nothing of this id is recorded.
        HealRefusedError: nothing was found.
    """
    heals = local_heals(settings.artifacts)
    found = await heals.get(heal)
    if not found.finding.found:
        raise HealRefusedError(f"heal {found.finding.id!r} cannot be rejected: nothing was found")
    if found.state == "accepted":
        await local_fingerprints(settings.artifacts).put(found.finding.key, found.finding.before)
    await heals.rule(found.finding.id, _ruling("rejected", by, note))
    return await heals.get(found.finding.id)


def report(heals: Iterable[Heal]) -> list[Rate]:
    """Count them per document, step and tier, what happens most often first."""
    counts: dict[tuple[str, str, int], Counter[str]] = {}
    last: dict[tuple[str, str, int], datetime] = {}
    for heal in heals:
        key = heal.finding.key
        for occasion in heal.occasions:
            where = key.document, key.step, occasion.tier
            counts.setdefault(where, Counter())[occasion.outcome] += 1
            last[where] = max(occasion.at, last.get(where, occasion.at))
        if heal.ruling is not None:
            counts[key.document, key.step, heal.occasions[-1].tier][heal.ruling.verdict] += 1
    rates = [_rate(where, count, last[where]) for where, count in counts.items()]
    return sorted(rates, key=lambda rate: (-rate.total, rate.document, rate.step, rate.tier))


async def export_fingerprints(settings: Settings, document: str) -> Portable:
    """Give all that is known of the elements of a document: what is in it everybody may see who sees its pages."""
    kept = await local_fingerprints(settings.artifacts).of(document)
    return Portable(document=document, elements=tuple(kept))


async def import_fingerprints(settings: Settings, content: str, *, replace: bool = False) -> int:
    """Learn the elements of a document from a file; how many were new. What is known already stays, unless replaced.

    Raises:
        ConfigurationError: the file does not hold fingerprints.
    """
    try:
        portable = Portable.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ConfigurationError(
            f"expected fingerprints as `aether heal export` writes them; {place}: {first['msg'].lower()}"
        ) from None
    store = local_fingerprints(settings.artifacts)
    new = [kept for kept in portable.elements if replace or await store.get(kept.key) is None]
    for kept in new:
        await store.put(kept.key, kept.fingerprint)
    return len(new)


def _ruling(verdict: Literal["accepted", "rejected"], by: str, note: str) -> Ruling:
    return Ruling(verdict=verdict, at=datetime.now(UTC), by=by, note=note)


def _rate(where: tuple[str, str, int], count: Counter[str], last: datetime) -> Rate:
    document, step, tier = where
    return Rate(
        document=document,
        step=step,
        tier=tier,
        healed=count["healed"],
        proposed=count["proposed"],
        refused=count["refused"],
        accepted=count["accepted"],
        rejected=count["rejected"],
        last=last,
    )
