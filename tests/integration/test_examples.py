"""The examples and the documents of the documentation do what they say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.blocks import blocks
from tests.support.installation import Installation, installation
from tests.support.portal import EXAMPLE, PASSWORD, Portal, running_portal
from tests.support.repository import ROOT
from tests.support.runs import failure
from workers.server import ServerConfig

LANGUAGE = ROOT / "examples" / "language"
EXPECTED: dict[str, list[dict[str, Any]]] = json.loads((LANGUAGE / "expected.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    id: str
    text: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] | None
    error: str | None


def case(name: str, text: str, facts: dict[str, Any]) -> Case:
    return Case(name, text, facts.get("inputs", {}), facts.get("outputs"), facts.get("error"))


def cases() -> list[Case]:
    examples = [
        case(f"{file}-{number}", (LANGUAGE / file).read_text(encoding="utf-8"), facts)
        for file, several in EXPECTED.items()
        for number, facts in enumerate(several, 1)
    ]
    return examples + [case(block.name, block.text, block.run) for block in blocks() if block.run is not None]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal") / "portal.sqlite", slow=0.1) as portal:
        yield portal


@pytest.fixture(scope="module")
async def place(server: ServerConfig, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with installation(server, tmp_path_factory.mktemp("state")) as place:
        await place.set_secret("portal-password", PASSWORD)
        async with place.robot("examples"):
            yield place


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
async def test_a_document_comes_to_what_is_said_of_it(place: Installation, portal: Portal, case: Case) -> None:
    inputs = {name: portal.url if value == "PORTAL" else value for name, value in case.inputs.items()}

    run = await place.start(case.text, inputs, beside=LANGUAGE, parks=case.error is None)

    if case.error is None:
        assert case.outputs == (await run.result()).outputs
    else:
        assert case.error == (await failure(run)).type


def test_something_is_said_of_every_example() -> None:
    assert {path.name for path in LANGUAGE.glob("*.yaml")} == EXPECTED.keys()


async def test_the_invoices_are_entered_and_each_refusal_has_its_reason(
    place: Installation, portal: Portal, tmp_path: Path
) -> None:
    portal.clear()
    text = (EXAMPLE / "enter_invoices.yaml").read_text(encoding="utf-8")

    run = await place.start(text, {"portal": portal.url}, files={"workbook": EXAMPLE / "invoices.xlsx"})
    result = await run.result()
    results = await place.fetch(result, "results.xlsx", tmp_path / "results.xlsx")
    _, *rows = openpyxl.load_workbook(results)["Results"].iter_rows(values_only=True)

    assert {"entered": 24, "refused": 6, "total": 30, "results": "results.xlsx"} == result.outputs
    assert 30 == len(portal.submissions())
    assert wanted_invoices() == {(supplier, number, cents) for supplier, number, cents, *_ in portal.invoices()}
    assert [confirmation for *_, confirmation in portal.invoices()] == [row[5] for row in rows if row[4] == "entered"]
    assert {
        8: "Supplier S-1099 is not known.",
        12: "The amount must be greater than zero.",
        17: "Invoice RE-4121 of supplier S-1005 was already entered.",
        20: "Supplier X-2000 is not known.",
        24: "The amount must be greater than zero.",
        29: "Invoice RE-4184 of supplier S-1002 was already entered.",
    } == {row[0]: row[6] for row in rows if row[4] == "refused"}


def wanted_invoices() -> set[tuple[object, ...]]:
    """What a careful person would have entered."""
    entered: dict[tuple[object, object], tuple[object, ...]] = {}
    _, *rows = openpyxl.load_workbook(EXAMPLE / "invoices.xlsx")["Invoices"].iter_rows(values_only=True)
    for supplier, number, _, amount, *_ in rows:
        if str(supplier).startswith("S-100") and isinstance(amount, int | float) and amount > 0:
            entered.setdefault((supplier, number), (supplier, number, round(amount * 100)))
    return set(entered.values())
