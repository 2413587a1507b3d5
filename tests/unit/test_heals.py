from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.fingerprints import FingerprintKey
from activities.heals import Finding, Heals, Occasion, Outcome, Ruling, UnknownHealError, heal_id
from tests.unit.test_fingerprints import BUTTON, KEY

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


def finding(key: FingerprintKey = KEY, found: str = "<button> 'Pay'") -> Finding:
    return Finding(id=heal_id(key, found, BUTTON), key=key, before=BUTTON, after=BUTTON, found=found)


def occasion(outcome: Outcome = "healed", run: str = "run-1", *, minutes: int = 0) -> Occasion:
    at = NOON + timedelta(minutes=minutes)
    return Occasion(at=at, outcome=outcome, run=run, place="pay", effect="once", score=0.9, margin=0.3, reason="sure")


async def test_what_many_runs_met_is_one_finding(tmp_path: Path) -> None:
    heals = Heals(tmp_path)

    for number in range(3):
        await heals.note(finding(), occasion(run=f"run-{number % 2}", minutes=number))

    (heal,) = await heals.all()
    assert (3, ("run-0", "run-1"), "healed") == (len(heal.occasions), heal.runs, heal.state)


async def test_the_latest_comes_first(tmp_path: Path) -> None:
    heals = Heals(tmp_path)
    await heals.note(finding(found="old"), occasion())
    await heals.note(finding(found="new"), occasion(minutes=1))

    found = await heals.all()

    assert ["new", "old"] == [heal.finding.found for heal in found]


async def test_what_a_person_says_outlives_what_steps_find(tmp_path: Path) -> None:
    heals = Heals(tmp_path)
    heal = finding().id
    await heals.note(finding(), occasion("proposed"))

    await heals.rule(heal, Ruling(verdict="rejected", at=NOON, by="ada"))
    await heals.note(finding(), occasion("refused"))

    assert "rejected" == (await heals.get(heal)).state


async def test_an_id_may_be_shortened_as_long_as_it_names_one(tmp_path: Path) -> None:
    heals = Heals(tmp_path)
    await heals.note(finding(), occasion())

    found = await heals.get(finding().id[:3])

    assert finding().id == found.finding.id


@pytest.mark.parametrize("heal", ["", "x"])
async def test_what_nobody_recorded_is_not_guessed(tmp_path: Path, heal: str) -> None:
    heals = Heals(tmp_path)
    await heals.note(finding(), occasion())

    with pytest.raises(UnknownHealError, match="aether heal list"):
        await heals.get(heal)


async def test_records_do_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.heals._MOST", 3)
    monkeypatch.setattr("activities.heals._MOST_OCCASIONS", 2)
    heals = Heals(tmp_path)
    for number in range(5):
        await heals.note(finding(found=str(number)), occasion(minutes=number))

    for number in range(5):
        await heals.note(finding(found="4"), occasion(minutes=10 + number))

    found = await heals.all()
    assert (3, 3) == (len(found), len(found[0].occasions))


def _overwrite(directory: Path) -> None:
    for path in directory.rglob("*.json*"):
        path.write_text('{"version": 7}\n')


async def test_what_another_release_wrote_in_its_own_way_is_left_alone(tmp_path: Path) -> None:
    heals = Heals(tmp_path)
    await heals.note(finding(), occasion())
    _overwrite(tmp_path)

    assert [] == await heals.all()
