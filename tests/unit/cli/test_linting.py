"""How long the targets of a document will last, without a browser."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from activities.fingerprints import local_fingerprints
from cli.main import invoke
from tests.unit.test_fingerprints import BUTTON, KEY

DOCUMENT = """\
aether: 1
name: pay
needs: [browser]
steps:
  - id: portal
    do: browser.open
    with: {url: "https://example.com/"}
  - id: each
    for_each: [1, 2]
    do:
      - id: pay
        do: browser.click
        with:
          target: {css: ".btn > a", nth: "${{ item }}"}
        verify: {do: browser.exists, with: {target: {text: Paid}}}
  - id: offers
    do: browser.extract
    with:
      each: {role: article}
      fields: {title: h2, price: {test_id: price}}
  - id: note
    for_each: [1, 2]
    do: browser.read
    with: {target: "#${{ item }}"}
"""


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_ARTIFACTS", "state/artifacts")
    Path("pay.yaml").write_text(DOCUMENT, encoding="utf-8")
    return "pay.yaml"


def linted(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert 0 == invoke(["lint", *words, "-o", "json"])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_every_target_is_found_wherever_it_is_written(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = linted(capsys, document)

    assert {
        ("pay", "with.target", 14, 19),
        ("pay", "verify.with.target", 15, 53),
        ("offers", "with.each", 19, 13),
        ("offers", "with.fields.title", 20, 23),
        ("offers", "with.fields.price", 20, 34),
        ("note", "with.target", 24, 20),
    } == {(each["step"], each["field"], each["line"], each["column"]) for each in found}


def test_the_target_that_breaks_first_comes_first(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = linted(capsys, document)

    assert found == sorted(found, key=lambda each: each["stability"])
    assert ("pay", {"css": ".btn > a", "nth": 1}) == (found[0]["step"], found[0]["target"])
    assert "leans on a class" in found[0]["reason"]
    assert {"a class": 1, "what is inside of what": 1, "a number among all that match": 1} == found[0]["leans"]


def test_a_check_can_demand_a_stability(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [invoke(["lint", document, "--at-least", least]) for least in ("10", "90")]

    assert [0, 1] == codes
    assert "6 targets, 4 of them below 90" in capsys.readouterr().err


def test_people_see_where_each_target_is(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["lint", document])

    shown = capsys.readouterr()
    assert "pay.yaml:20:34" in shown.out
    assert "{test_id: price}" in shown.out


def test_a_document_that_cannot_run_is_not_judged(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(document).write_text(DOCUMENT.replace("browser.read", "browser.raed"), encoding="utf-8")

    assert 2 == invoke(["lint", document])
    assert "pay.yaml:23:9: step 'note'" in capsys.readouterr().err


def test_what_the_robot_remembers_makes_a_better_target(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = KEY.model_copy(update={"document": "pay", "step": "offers", "target": "selector 'h2'"})
    asyncio.run(local_fingerprints(Path("state", "artifacts")).put(key, BUTTON))

    found = linted(capsys, document)
    invoke(["lint", document])

    assert {"role": "button", "name": "pay", "exact": False} in [each["better"] for each in found]
    assert "{role: button, name: pay, exact: false}" in capsys.readouterr().out


DESKTOP = """\
aether: 1
name: sums
needs: [desktop]
steps:
  - {id: calculator, do: desktop.launch, with: {program: gnome-calculator}}
  - {id: seven, do: desktop.click, with: {target: {control_type: Button, name: "7"}}}
  - {id: sum, do: desktop.read, with: {target: {control_type: Edit, found_index: "${{ 1 }}"}}}
"""


def test_targets_of_programs_are_judged_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sums.yaml").write_text(DESKTOP, encoding="utf-8")

    found = linted(capsys, "sums.yaml")

    assert [
        ("sum", {"control_type": "Edit", "found_index": 1}),
        ("seven", {"control_type": "Button", "name": "7"}),
    ] == [(each["step"], each["target"]) for each in found]
