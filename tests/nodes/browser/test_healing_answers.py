"""What people say to what steps found: it is asked once, with a picture, and answered for all runs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.playwright.healing.journal import Journal
from activities.drivers.playwright.healing.memory import Memory
from activities.evidence import evidence_directory, local_evidence
from activities.fingerprints import local_fingerprints
from activities.heals import Heal, local_heals
from activities.nodes.browser.click import click
from activities.sealing import Seal
from activities.sessions.target import Target
from tests.support.browser import Desk
from tests.support.steps import Steps, failure_of
from workers import healing
from workers.providers import browser_provider
from workers.settings import Settings
from workflows.call import ErrorValue, StepOutcome

FORM = """
<h1>Pay a supplier</h1>
<nav><a href=/invoices>Invoices</a> <a href=/suppliers>Suppliers</a></nav>
<form action=/paid>
  <label for=amount>Amount</label><input id=amount name=amount>
  <button id=pay type=button onclick="document.title = 'paid'">Pay now</button>
  <button id=cancel type=button onclick="document.title = 'cancelled'">Cancel</button>
</form>
"""
SKINNED = FORM.replace("id=pay", "id=b7").replace("id=cancel", "id=b8")
RENAMED = SKINNED.replace("Pay now", "Transfer")
PAY = {"target": "#pay"}
COUNT_MARKED = """async picture => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const {data} = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  let marked = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] === 224 && data[i + 1] === 0 && data[i + 2] === 122) marked++;
  return marked;
}"""


class Bureau:
    """Runs of one document in front of a page that changes, and a person who is asked."""

    def __init__(self, desk: Desk, directory: Path) -> None:
        self.desk = desk
        self.settings = Settings(artifacts=directory / "artifacts")
        self.seal = Seal(b"k" * 32)
        evidence = local_evidence(self.settings.artifacts, self.seal)
        journal = Journal(local_heals(self.settings.artifacts), evidence)
        memory = Memory(local_fingerprints(self.settings.artifacts), journal)
        self._steps = Steps(directory, browser_provider(desk.host, memory=memory), secrets={"password": "hunter2"})

    async def pay(self, page: str, run: str = "run-1", seconds: float = 5) -> StepOutcome:
        await self.desk.show(page)
        facts: dict[str, Any] = {"session": self.desk.grant, "known": ("password",), "timeout": seconds, "run": run}
        return await self._steps.outcome(click, PAY, **facts)

    async def refused(self, page: str, run: str = "run-1") -> ErrorValue:
        return await failure_of(self.pay(page, run, seconds=4))

    async def recorded(self) -> Sequence[Heal]:
        return await healing.recorded(self.settings)

    async def marked(self, heal: Heal) -> int:
        """How much of the picture of a heal is the colour that marks what was found."""
        content = await healing.picture(self.settings, self.seal, heal)
        assert content is not None
        counted: Any = await self.desk.page().evaluate(COUNT_MARKED, b64encode(content).decode(), None)
        return int(counted)


@pytest.fixture
async def bureau(desk: Desk, tmp_path: Path) -> Bureau:
    bureau = Bureau(desk, tmp_path)
    await bureau.pay(FORM)
    return bureau


async def test_what_was_healed_is_recorded_with_a_picture_and_better_targets(bureau: Bureau) -> None:
    outcome = await bureau.pay(SKINNED, "run-2")

    (heal,) = await bureau.recorded()
    assert ("healed", heal.finding.id, ("run-2",)) == (heal.state, outcome.healed[0].id, heal.runs)
    assert ("pay", "b7") == (heal.finding.before.id, heal.finding.after.id if heal.finding.after else None)
    assert {"role": "button", "name": "Pay now"} == heal.finding.targets[0].target
    assert await bureau.marked(heal) > 100


async def test_what_a_step_asks_about_is_accepted_once_for_all_runs(bureau: Bureau) -> None:
    first = await bureau.refused(RENAMED, "run-2")
    second = await bureau.refused(RENAMED, "run-3")
    (asked,) = await bureau.recorded()

    await healing.accept(bureau.settings, asked.finding.id[:6], by="ada")
    outcomes = [await bureau.pay(RENAMED, run) for run in ("run-2", "run-3")]

    assert ("configuration", asked.finding.id) == (first.kind, healing.proposal_of(first))
    assert (healing.proposal_of(first), "candidate" in first.evidence) == (
        healing.proposal_of(second),
        "candidate" in second.evidence,
    )
    assert ("proposed", ("run-2", "run-3")) == (asked.state, asked.runs)
    assert [1, 1] == [len(outcome.healed) for outcome in outcomes]
    assert ["accepted"] == [heal.state for heal in await bureau.recorded() if heal.finding.id == asked.finding.id]
    assert "paid" == await bureau.desk.title()


async def test_what_was_rejected_is_never_acted_upon_again(bureau: Bureau) -> None:
    outcome = await bureau.pay(SKINNED, "run-2")

    await healing.reject(bureau.settings, outcome.healed[0].id, by="ada", note="that pays the wrong one")
    error = await bureau.refused(SKINNED, "run-3")

    assert "ElementNotFoundError" == error.type
    assert "not healed: a person said that it is another element" in error.message


async def test_what_was_accepted_can_still_be_rejected(bureau: Bureau) -> None:
    error = await bureau.refused(RENAMED)
    proposal = healing.proposal_of(error) or ""
    await healing.accept(bureau.settings, proposal, by="ada")

    await healing.reject(bureau.settings, proposal, by="bob")
    await bureau.refused(RENAMED)

    assert "Test page" == await bureau.desk.title()


async def test_a_target_that_will_replace_the_old_one_knows_its_element_already(bureau: Bureau) -> None:
    proposal = healing.proposal_of(await bureau.refused(RENAMED)) or ""
    target = "[id=b7]"

    await healing.accept(bureau.settings, proposal, by="ada", target=Target.model_validate(target))

    exported = await healing.export_fingerprints(bureau.settings, "test")
    assert {"selector '#pay'", "selector '[id=b7]'"} == {kept.key.target for kept in exported.elements}


async def test_fingerprints_travel_as_a_file(bureau: Bureau, tmp_path: Path) -> None:
    elsewhere = Settings(artifacts=tmp_path / "elsewhere")
    content = (await healing.export_fingerprints(bureau.settings, "test")).model_dump_json()

    new = [await healing.import_fingerprints(elsewhere, content) for _ in range(2)]

    assert [1, 0] == new
    assert content == (await healing.export_fingerprints(elsewhere, "test")).model_dump_json()


async def test_pictures_are_sealed(bureau: Bureau) -> None:
    await bureau.pay(SKINNED)

    kept = [path.read_bytes() for path in evidence_directory(bureau.settings.artifacts).rglob("*") if path.is_file()]

    assert 1 == len(kept)
    assert not kept[0].startswith(b"\x89PNG")
