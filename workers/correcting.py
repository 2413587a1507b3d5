"""Writing what was found in place of an element into its document, and having its parked runs go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue
from temporalio.client import Client

from activities.heals import Heal
from workers.healing import HealRefusedError
from workers.incidents import Incident, find_incidents, start_fix
from workers.rewriting import rewritten
from workers.targets import written_targets
from workflows.answers import FixRequest
from workflows.incidents import FixOrder, FixProgress
from workflows.plan import Plan
from workflows.source import Source
from workflows.spec import NodeSpec

_CANARY = 3
_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Correction:
    """What parked runs go on with."""

    by: str
    note: str
    plan: Plan | None = None
    """The corrected document; None where only what was found is accepted."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """What became of the parked runs of an incident."""

    fixed: int
    refused: int
    stopped: str | None
    """Why the others were left as they are; None where none were."""


def corrected(source: Source, specs: Mapping[str, NodeSpec], heal: Heal, target: JsonValue) -> str:
    """The text of a document in which the step of a heal has another target.

    Raises:
        HealRefusedError: the step has no such target, or an expression makes it.
    """
    key = heal.finding.key
    places = [
        each.path for each in written_targets(source, specs) if (each.step, str(each.target)) == (key.step, key.target)
    ]
    if not places:
        raise HealRefusedError(
            f"{source.file!r} has no step {key.step!r} with the target {key.target}; if an expression makes it, or it "
            "was corrected already, accept the heal without a document"
        )
    return rewritten(source.text, dict.fromkeys(places, target))


async def waiting_for(client: Client, heal: Heal) -> Sequence[Incident]:
    """The parked runs that wait for an answer to a heal, by what they say of it."""
    key, met = heal.finding.key, set(heal.runs)
    found = [
        each
        for each in await find_incidents(client)
        if (each.cause.document, each.cause.step) == (key.document, key.step)
    ]
    return [each for each in found if met & {run.run for run in each.runs}]


async def go_on(client: Client, incident: Incident, correction: Correction) -> Advance:
    """Have the runs of an incident try their step again: a few first, then the others.

    Those that cannot take the corrected document go on with their own: what was found is accepted for them, too.
    """
    progress = await _fixed(client, incident, correction)
    if not progress.refused or correction.plan is None:
        return _advance(progress)
    others = await _fixed(client, incident, Correction(correction.by, correction.note))
    return _advance(others, before=progress.fixed)


def _advance(progress: FixProgress, *, before: int = 0) -> Advance:
    stopped = progress.reason if progress.phase == "stopped" else None
    return Advance(before + progress.fixed, progress.refused, stopped)


async def _fixed(client: Client, incident: Incident, correction: Correction) -> FixProgress:
    request = FixRequest(
        number=0,
        action="retry",
        by=correction.by,
        note=correction.note,
        plan=correction.plan,
        source=correction.source,
    )
    order = FixOrder(cause=incident.cause, request=request, canary=_CANARY, patience=_PATIENCE)
    handle, _ = await start_fix(client, order)
    return await handle.result()
