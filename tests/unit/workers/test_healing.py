from __future__ import annotations

from pathlib import Path

import pytest

from activities.heals import Finding, Ruling, heal_id, local_heals
from tests.unit.test_fingerprints import BUTTON, KEY
from tests.unit.test_heals import NOON, finding, occasion
from workers import healing
from workers.settings import Settings
from workflows.call import ErrorValue
from workflows.errors import ConfigurationError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(artifacts=tmp_path)


async def test_the_report_begins_with_what_heals_again_and_again(settings: Settings) -> None:
    heals = local_heals(settings.artifacts)
    often = KEY.model_copy(update={"step": "often"})
    await heals.note(finding(), occasion("proposed"))
    await heals.rule(finding().id, Ruling(verdict="accepted", at=NOON, by="ada"))
    for minutes in range(2):
        await heals.note(finding(often), occasion("healed", minutes=minutes))
    await heals.note(finding(often, "another"), occasion("refused", minutes=2))

    rates = healing.report(await healing.recorded(settings))

    assert [("often", 2, 0, 1, 3), ("submit", 0, 1, 0, 1)] == [
        (rate.step, rate.healed, rate.proposed, rate.refused, rate.total) for rate in rates
    ]
    assert [0, 1] == [rate.accepted for rate in rates]


async def test_heals_of_other_documents_are_left_out(settings: Settings) -> None:
    await local_heals(settings.artifacts).note(finding(), occasion())

    found = [await healing.recorded(settings, document=document) for document in ("pay", "other")]

    assert [1, 0] == [len(heals) for heals in found]


@pytest.mark.parametrize(("found", "reason"), [("", "nothing was found"), ("<b>", "its page shows a secret")])
async def test_what_cannot_be_remembered_cannot_be_accepted(settings: Settings, found: str, reason: str) -> None:
    nothing = Finding(id=heal_id(KEY, found, None), key=KEY, before=BUTTON, after=None, found=found)
    await local_heals(settings.artifacts).note(nothing, occasion("refused"))

    with pytest.raises(healing.HealRefusedError, match=reason):
        await healing.accept(settings, nothing.id, by="ada")


async def test_nothing_cannot_be_rejected(settings: Settings) -> None:
    nothing = Finding(id=heal_id(KEY, "", None), key=KEY, before=BUTTON, after=None, found="")
    await local_heals(settings.artifacts).note(nothing, occasion("refused"))

    with pytest.raises(healing.HealRefusedError, match="nothing was found"):
        await healing.reject(settings, nothing.id, by="ada")


@pytest.mark.parametrize(
    ("details", "expected"),
    [({"heal": "a1", "candidate": "<b>"}, "a1"), ({"heal": None, "candidate": "<b>"}, None), (None, None)],
    ids=str,
)
def test_only_a_step_that_found_a_candidate_proposes_something(details: None, expected: str | None) -> None:
    error = ErrorValue(type="ElementChangedError", kind="configuration", message="it changed", details=details)

    assert expected == healing.proposal_of(error)


async def test_a_file_that_holds_no_fingerprints_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="expected fingerprints as `aether heal export` writes them; document"):
        await healing.import_fingerprints(settings, '{"elements": []}')
